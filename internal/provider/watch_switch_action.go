package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ action.ActionWithConfigure = (*watchSwitchAction)(nil)

// watchSwitchAction looks after a switch who was cut off, and who came back.
type watchSwitchAction struct{ services *services }

type watchSwitchModel struct {
	DBInstanceIdentifier   types.String `tfsdk:"db_instance_identifier"`
	TargetCACertIdentifier types.String `tfsdk:"target_ca_cert_identifier"`
	Region                 types.String `tfsdk:"region"`
	Timeout                types.String `tfsdk:"timeout"`
	WatchFor               types.String `tfsdk:"watch_for"`
	PollInterval           types.String `tfsdk:"poll_interval"`
	LookBack               types.String `tfsdk:"look_back"`
	LogLinePrefix          types.String `tfsdk:"log_line_prefix"`
	Observations           types.List   `tfsdk:"observations"`
}

const (
	defaultSwitchTimeout = 30 * time.Minute
	defaultWatchFor      = 10 * time.Minute
	defaultPollInterval  = 15 * time.Second
	minPollInterval      = 100 * time.Millisecond
	defaultLookBack      = 10 * time.Minute

	titleWatch = "Cannot Watch the Switch of %q"
)

func (a *watchSwitchAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_watch_switch"
}

func (a *watchSwitchAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (a *watchSwitchAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	duration := func(description string) schema.Attribute {
		return schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Run this action after a switch of the CA. It waits until the DB instance presents a server certificate from the target CA, then watches the log for a while (and the sessions, if the provider has a `postgres` login). If the switch has cut clients off, it fails and names them. " +
			"It ends early once three checks in a row find all clients that were seen before connected again. Sessions from before the switch stay open and prove nothing, so only connections made after it count. " +
			"Trigger it on the `after_update` event of the DB instance, in an `action_trigger` block. It requires Terraform 1.14 or later, and changes nothing. " +
			"Requires a network route to the endpoint, `rds:DescribeDBInstances`, `rds:DescribeCertificates`, `rds:DescribeDBParameters`, `rds:DescribeDBLogFiles` and `rds:DownloadDBLogFilePortion`; for a member of a DB cluster, also `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier":    schema.StringAttribute{Required: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB instance."},
			"target_ca_cert_identifier": schema.StringAttribute{Required: true, Validators: notEmpty(), MarkdownDescription: "CA that the DB instance is switched to, such as `rds-ca-rsa2048-g1`."},
			"region":                    schema.StringAttribute{Optional: true, Validators: regionNames(), MarkdownDescription: regionDescription},
			"timeout":                   duration("How long to wait until the DB instance presents a certificate from the target CA. Default: `30m`."),
			"watch_for":                 duration("How long to watch from then on. Default: `10m`."),
			"poll_interval":             schema.StringAttribute{Optional: true, Validators: []validator.String{interval{minPollInterval}}, MarkdownDescription: "Time between two reads of the log, at least `100ms`. Default: `15s`."},
			"look_back":                 duration("How far back to look for refusals before the action started, since other parts of the apply may have run between the switch and the action. Default: `10m`."),
			"log_line_prefix":           text("The server's `log_line_prefix`. Default: the value in the parameter group."),
			"observations": schema.ListNestedAttribute{Optional: true, MarkdownDescription: "The clients that were seen before the switch: `observation` outputs of `sslready_client_census`, `sslready_connection_log` and `sslready_clients`. Default: none; the action then waits for no clients, and names refused clients by their address.", NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"sessions": schema.ListNestedAttribute{Optional: true, MarkdownDescription: "The clients. Default: nobody.", NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"username":         text("User."),
					"database":         text("Database."),
					"application_name": text("`application_name` of the session."),
					"client_addr":      text("Address of the client."),
				}}},
			}}},
		},
	}
}

// Invoke waits, watches and reports.
func (a *watchSwitchAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model watchSwitchModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.DBInstanceIdentifier.ValueString()
	say := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}
	began := a.services.now()
	at := path.Root("db_instance_identifier")
	endpoint, since, err := a.awaitTarget(ctx, model, began, say)
	switch {
	case errors.Is(err, errNotSwitched):
		resp.Diagnostics.AddAttributeError(path.Root("timeout"), fmt.Sprintf("%q Is Not on the Target CA", id), fmt.Sprintf(
			"%v. It is therefore not known whether clients survive the switch. Check whether the change is waiting for the maintenance window; apply it immediately, or raise timeout.", err))
		return
	case errors.Is(err, context.Canceled):
		resp.Diagnostics.AddAttributeError(at, fmt.Sprintf(titleWatch, id), "The action was interrupted before the DB instance presented a certificate from the target CA. It is therefore not known whether clients survive the switch.")
		return
	case err != nil:
		resp.Diagnostics.Append(awsDiagnostic(at, fmt.Sprintf(titleWatch, id), err))
		return
	}
	say("%s presents the CA %q now.", endpoint, model.TargetCACertIdentifier.ValueString())
	watched, err := a.watch(ctx, model, began, since, say)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			resp.Diagnostics.AddAttributeError(at, fmt.Sprintf(titleWatch, id), "The action was interrupted while it was watching. To find clients that have been refused since then, use the data source sslready_connection_log.")
			return
		}
		resp.Diagnostics.Append(logDiagnostic(at, err))
		return
	}
	watched.report(id, &resp.Diagnostics)
}

// firstDuration is the given one, or the default.
func firstDuration(given types.String, otherwise time.Duration) time.Duration {
	if given.IsNull() {
		return otherwise
	}
	return durationOf(given.ValueString())
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
