package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/watch"
)

var _ action.ActionWithConfigure = (*watchSwitchAction)(nil)

// watchSwitchAction looks after a switch who was cut off, and who came back.
type watchSwitchAction struct{ services *services }

const (
	defaultSwitchTimeout = 30 * time.Minute
	defaultWatchFor      = 10 * time.Minute
	defaultPollInterval  = 15 * time.Second
	minPollInterval      = 100 * time.Millisecond
	defaultLookBack      = 10 * time.Minute

	titleWatch = "Cannot Watch the CA Switch of %q"
)

func (a *watchSwitchAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_watch_switch"
}

func (a *watchSwitchAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (a *watchSwitchAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Run this action after a switch of the CA. It waits until the DB instance presents a server certificate from the target CA, then watches the log for a while (and the sessions, if the provider has a `postgres` login). If the switch has cut clients off, the action fails and names them. " +
			"It ends early once three checks in a row show that every client seen before the switch has either connected again or failed its TLS handshake. Sessions from before the switch stay open and prove nothing, so only connections made after the switch count. " +
			"Trigger it on the `after_update` event of the DB instance, in an `action_trigger` block. It requires Terraform 1.14 or later, and changes nothing. " +
			"Requires a network route to the endpoint, `rds:DescribeDBInstances`, `rds:DescribeCertificates`, `rds:DescribeDBParameters`, `rds:DescribeDBLogFiles` and `rds:DownloadDBLogFilePortion`; for a member of a DB cluster, also `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`.",
		Attributes: schemaOf[schema.Attribute](attributes{
			"db_instance_identifier":    {kind: text, required: true, strings: notEmpty(), description: "Identifier of the DB instance."},
			"target_ca_cert_identifier": {kind: text, required: true, strings: notEmpty(), description: "CA that the DB instance is switched to, such as `rds-ca-rsa2048-g1`."},
			"region":                    {kind: text, strings: regionNames(), description: regionDescription},
			"timeout":                   {kind: text, strings: oneDuration(), description: "How long to wait for the DB instance to present a certificate from the target CA. If RDS reports for a minute that no switch to that CA is under way or scheduled, the action ends earlier, with a warning. Default: `30m`."},
			"watch_for":                 {kind: text, strings: oneDuration(), description: "How long to watch once the target CA is presented. Default: `10m`."},
			"poll_interval":             {kind: text, strings: oneInterval(minPollInterval), description: "Time between two reads of the log, at least `100ms`. Default: `15s`."},
			"look_back":                 {kind: text, strings: oneDuration(), description: "How far back the action looks for TLS handshakes that failed before it started. Some of these may already be due to the switch, since other parts of the apply may have run between the switch and the action. Default: `10m`."},
			"log_line_prefix":           {kind: text, description: "The server's `log_line_prefix`. Default: the value in the parameter group."},
			"observations": {kind: objects, description: "The clients that were seen before the switch: `observation` outputs of `sslready_client_census`, `sslready_connection_log` and `sslready_clients`. Default: none; the action then watches for the whole of `watch_for`, and gives only the addresses of clients that failed the TLS handshake.", nested: attributes{
				"sessions": {kind: objects, description: "The clients that were seen. Default: none.", nested: attributes{
					"username":         {kind: text, description: "User."},
					"database":         {kind: text, description: "Database."},
					"application_name": {kind: text, description: "`application_name` of the session."},
					"client_addr":      {kind: text, description: "Address of the client."},
				}},
			}},
		}),
	}
}

// Invoke waits, watches and reports.
func (a *watchSwitchAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	given := fieldsIn(ctx, req.Config.Schema.Type(), req.Config.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := given.text("db_instance_identifier")
	say := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}
	began := a.services.now()
	at := path.Root("db_instance_identifier")
	endpoint, since, err := a.awaitTarget(ctx, given, began, say)
	if idle, is := errors.AsType[*notBegunError](err); is {
		idle.report(id, &resp.Diagnostics)
		return
	}
	if unknown, is := errors.AsType[*notOfferedError](err); is {
		resp.Diagnostics.Append(notOffered(path.Root("target_ca_cert_identifier"), given.text("target_ca_cert_identifier"), unknown.offered))
		return
	}
	switch {
	case errors.Is(err, errNotSwitched):
		resp.Diagnostics.AddAttributeError(path.Root("timeout"), fmt.Sprintf("%q Is Not on the Target CA", id), fmt.Sprintf(
			"%s It is therefore not known whether clients survive the switch. Check whether the change of the CA is waiting for the maintenance window. If it is, apply the change immediately; otherwise, raise \"timeout\".", readiness.Sentence(err.Error())))
		return
	case errors.Is(err, context.Canceled):
		resp.Diagnostics.AddAttributeError(at, fmt.Sprintf(titleWatch, id), "The action was interrupted before the DB instance presented a certificate from the target CA. It is therefore not known whether clients survive the switch.")
		return
	case err != nil:
		resp.Diagnostics.Append(awsDiagnostic(at, fmt.Sprintf(titleWatch, id), err))
		return
	}
	say("%s now presents a certificate from the CA %q.", endpoint, given.text("target_ca_cert_identifier"))
	watched, err := a.watch(ctx, given, began, since, say)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			resp.Diagnostics.AddAttributeError(at, fmt.Sprintf(titleWatch, id), "The action was interrupted while it was watching. To find clients that have failed the TLS handshake since the switch, use the data source sslready_connection_log.")
			return
		}
		resp.Diagnostics.Append(logDiagnostic(at, err))
		return
	}
	watched.report(id, &resp.Diagnostics)
}

// bulleted lists names, the first of many.
func bulleted(names []string) string {
	const shown = 50
	text := "- " + strings.Join(names[:min(len(names), shown)], "\n- ")
	if more := len(names) - shown; more > 0 {
		text += fmt.Sprintf("\n- and %d more", more)
	}
	return text
}

// standingOf is what RDS reports of an instance's CA. In a Multi-AZ DB cluster,
// the CA is the cluster's. What cannot be read is not known.
func standingOf(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance) watch.Standing {
	if onMultiAZ(instance) {
		fleet, err := reader.Fleet(ctx, rdsapi.FleetQuery{Identifiers: []string{instance.Identifier}, Engines: []string{instance.Engine}})
		if err != nil || len(fleet.Gaps) > 0 || len(fleet.Instances) != 1 {
			return watch.Standing{}
		}
		instance = fleet.Instances[0].DBInstance
	}
	return watch.Standing{CA: instance.CAIdentifier, PendingCA: instance.PendingCAIdentifier, Settled: instance.Settled()}
}

// notBegunError: there is no switch to wait for.
type notBegunError struct {
	target   string
	standing watch.Standing
}

func (e *notBegunError) Error() string {
	return fmt.Sprintf("the DB instance is on the CA %q and no switch to %q is under way or scheduled", e.standing.CA, e.target)
}

// report warns: where a gate holds the switch back, that is the right result.
func (e *notBegunError) report(id string, diags *diag.Diagnostics) {
	instead := ""
	if e.standing.PendingCA != "" {
		instead = fmt.Sprintf(" A switch to %q is scheduled instead.", e.standing.PendingCA)
	}
	diags.AddAttributeWarning(path.Root("db_instance_identifier"), fmt.Sprintf("The CA of %q Was Not Switched", id), fmt.Sprintf(
		"For a whole minute, RDS kept reporting that %v.%s The action therefore had nothing to watch, and it is not known whether clients would survive the switch. "+
			"This is expected while a gate holds the switch back: the gate's warning says why. Otherwise, check that the action names both the DB instance that was changed and its new CA.", e, instead))
}
