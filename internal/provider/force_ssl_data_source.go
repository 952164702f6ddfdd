package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// How certain the answer is.
const (
	certaintyProbed    = "probed"
	certaintyInForce   = "in_force"
	certaintyUncertain = "uncertain"
)

// forceSSLDataSource reads rds.force_ssl of a DB instance or DB cluster.
func forceSSLDataSource() datasource.DataSource {
	return &answeringSource{read: readForceSSL, dataSource: dataSource{
		name:        "force_ssl",
		description: "Reads the `rds.force_ssl` parameter of a DB instance or DB cluster: whether the server refuses connections without TLS, and how certain that is. Requires `rds:DescribeDBInstances` and `rds:DescribeDBParameters`; for clusters, `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`; for a member of a cluster, these two and `rds:DescribeDBInstances`.",
		rules: []datasource.ConfigValidator{
			datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier")),
		},
		attributes: attributes{
			"db_instance_identifier": {kind: text, strings: notEmpty(), description: "Identifier of the DB instance. For a member of a cluster, the cluster's parameter group is read. Set either this or `db_cluster_identifier`."},
			"db_cluster_identifier":  {kind: text, strings: notEmpty(), description: "Identifier of the Aurora or Multi-AZ DB cluster."},
			"region":                 regionalAttribute(""),
			"probe":                  {kind: boolean, description: "Whether to probe the server itself with a plaintext connection attempt, in addition to asking RDS. The attempt carries no credentials and stops before authentication. It requires a network route to the endpoint. The probe leaves one or two attempts by a user `sslready` in the server's log. Default: `false`."},
			"allow_unreachable":      {kind: boolean, description: "Whether to return `reachable = false` instead of an error if the probe cannot reach the server. Default: `false`."},
			"enforced":               {kind: boolean, computed: true, description: "Whether the server currently refuses connections without TLS. Null when that is uncertain; set `probe = true` to find out."},
			"certainty":              {kind: text, computed: true, description: "`probed`: the server itself was probed. `in_force`: RDS reports that the parameter group is in force on the server. `uncertain`: neither applies, for example because a reboot, an upgrade or a change is pending, or because the members of a cluster are in different states."},
			"reachable":              {kind: boolean, computed: true, description: "Whether the probe reached the server. Null without `probe`."},
			"value":                  {kind: text, computed: true, description: "Value in the parameter group, `0` or `1`. Null when the group has no value."},
			"source":                 {kind: text, computed: true, description: "Where the value comes from: `user`, `system` or `engine-default`. Null when the parameter group does not list `rds.force_ssl`."},
			"parameter_group_name":   {kind: text, computed: true, description: "Name of the DB parameter group; for clusters and their members, that of the DB cluster parameter group."},
			"apply_type":             {kind: text, computed: true, description: "Apply type of `rds.force_ssl`: `dynamic` or `static`. Null when the parameter group does not list it."},
			"parameter_apply_status": {kind: text, computed: true, description: "State of the parameter group on the instance, as RDS reports it: `in-sync` (in force), `pending-reboot`, `applying`, `failed-to-apply` or `pending-database-upgrade`. Null when the members of a cluster are in different states, when the cluster has no members, or when RDS does not report the state."},
			"member_apply_statuses":  {kind: textMap, computed: true, description: "The `parameter_apply_status` of each member of the cluster, by DB instance identifier. Null for a DB instance."},
			"pending_reboot":         {kind: boolean, computed: true, description: "Whether an instance must be rebooted before its parameter group takes effect. RDS does not reboot it automatically in the maintenance window."},
			"engine":                 {kind: text, computed: true, description: "Engine: `postgres` or `aurora-postgresql`."},
			"engine_version":         {kind: text, computed: true, description: "Engine version."},
			"engine_default":         {kind: boolean, computed: true, description: "What RDS does by default for this engine version: true if it refuses connections without TLS, false if it accepts them. Null if that is not known."},
		},
	}}
}

// readForceSSL asks RDS, and the server itself where a probe is wanted.
func readForceSSL(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	at := identifiedBy(given)
	reader, err := s.rds(ctx, given.text("region"))
	if err != nil {
		diags.Append(awsDiagnostic(at, titleForceSSL, err))
		return nil
	}
	setting, endpoint, err := askForceSSL(ctx, reader, given)
	if err != nil {
		diags.Append(awsDiagnostic(at, titleForceSSL, err))
		return nil
	}
	if !slices.Contains([]string{rdsapi.EnginePostgreSQL, rdsapi.EngineAuroraPostgreSQL}, setting.Engine) {
		kind := "DB instance"
		if given.isSet("db_cluster_identifier") {
			kind = "DB cluster"
		}
		diags.Append(notPostgreSQL(at, kind, cmp.Or(given.text("db_instance_identifier"), given.text("db_cluster_identifier")), setting.Engine))
		return nil
	}
	answer := fields{
		"region": types.StringValue(s.region(ctx, given.text("region"))), "value": optionalText(setting.Value), "source": optionalText(setting.Source),
		"parameter_group_name": optionalText(setting.ParameterGroupName), "apply_type": optionalText(setting.ApplyType),
		"parameter_apply_status": optionalText(setting.ParameterApplyStatus), "pending_reboot": types.BoolValue(setting.PendingReboot),
		"engine": shown(setting.Engine), "engine_version": shown(setting.EngineVersion), "certainty": types.StringValue(certaintyUncertain),
	}
	if byDefault, known := rdsca.ForceSSLDefault(setting.Engine, setting.EngineVersion); known {
		answer["engine_default"] = types.BoolValue(byDefault)
	}
	if enforced, certain := effectiveForceSSL(setting); certain && setting.Effect == rdsapi.EffectInForce {
		answer["enforced"], answer["certainty"] = types.BoolValue(enforced), types.StringValue(certaintyInForce)
	}
	if setting.MemberStatuses != nil {
		answer["member_apply_statuses"] = stringMap(setting.MemberStatuses)
	}
	if given.flag("probe") {
		probe(ctx, endpoint, given.flag("allow_unreachable"), answer, diags)
	}
	return answer
}

const titleForceSSL = "Cannot Read rds.force_ssl"

// askForceSSL returns the setting and where the server answers; a zero endpoint
// is one that is being created.
func askForceSSL(ctx context.Context, reader *rdsapi.Reader, given fields) (rdsapi.ForceSSL, postgres.Endpoint, error) {
	if !given.isSet("db_instance_identifier") {
		id := given.text("db_cluster_identifier")
		cluster, err := reader.DBCluster(ctx, id)
		if err != nil {
			return rdsapi.ForceSSL{}, postgres.Endpoint{}, err
		}
		setting, err := reader.ClusterForceSSL(ctx, id)
		return setting, postgres.Endpoint{Host: cluster.Endpoint, Port: portOf(cluster.Port)}, err
	}
	id := given.text("db_instance_identifier")
	instance, err := reader.DBInstance(ctx, id)
	if err != nil {
		return rdsapi.ForceSSL{}, postgres.Endpoint{}, err
	}
	setting, err := reader.ForceSSL(ctx, id)
	return setting, endpointOf(instance), err
}

// probe asks the server itself. An answer that proves nothing leaves what RDS
// says.
func probe(ctx context.Context, endpoint postgres.Endpoint, allowUnreachable bool, answer fields, diags *diag.Diagnostics) {
	at := path.Root("probe")
	answer["reachable"] = types.BoolValue(false)
	if endpoint.Host == "" {
		diags.AddAttributeWarning(at, "Nothing to Probe", "RDS reports no endpoint: the server is still being created. Only the configured value of rds.force_ssl is reported.")
		return
	}
	found, err := postgres.Probe(ctx, endpoint)
	if err != nil {
		tell := diags.AddAttributeError
		if allowUnreachable {
			tell = diags.AddAttributeWarning
		}
		tell(at, "Cannot Probe the Server", fmt.Sprintf(
			"%s It is therefore not known whether the server accepts plaintext. %s", readiness.Sentence(err.Error()), postgresRemedy(err, allowUnreachable)))
		return
	}
	answer["reachable"] = types.BoolValue(true)
	if found.Inconclusive {
		diags.AddAttributeWarning(at, "Probe Proves Nothing", fmt.Sprintf(
			"The probe does not show whether the server requires TLS (reason: %s). The configured value of rds.force_ssl is reported instead.", found.Reason))
		return
	}
	answer["enforced"], answer["certainty"] = types.BoolValue(found.Enforced), types.StringValue(certaintyProbed)
}

func endpointOf(instance rdsapi.DBInstance) postgres.Endpoint {
	if instance.Endpoint == nil {
		return postgres.Endpoint{}
	}
	return postgres.Endpoint{Host: instance.Endpoint.Host, Port: portOf(instance.Endpoint.Port)}
}

// portOf is 0, PostgreSQL's default, for what is no port.
func portOf(port int) uint16 {
	if port < 0 || port > 65535 {
		return 0
	}
	return uint16(port)
}
