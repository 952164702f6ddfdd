package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
)

var (
	_ datasource.DataSourceWithConfigure        = (*forceSSLDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*forceSSLDataSource)(nil)
)

// How certain the answer is.
const (
	certaintyProbed    = "probed"
	certaintyInForce   = "in_force"
	certaintyUncertain = "uncertain"
)

// forceSSLDataSource reads rds.force_ssl of a DB instance or DB cluster.
type forceSSLDataSource struct{ services *services }

type forceSSLModel struct {
	DBInstanceIdentifier types.String `tfsdk:"db_instance_identifier"`
	DBClusterIdentifier  types.String `tfsdk:"db_cluster_identifier"`
	Region               types.String `tfsdk:"region"`
	Probe                types.Bool   `tfsdk:"probe"`
	AllowUnreachable     types.Bool   `tfsdk:"allow_unreachable"`
	Enforced             types.Bool   `tfsdk:"enforced"`
	Certainty            types.String `tfsdk:"certainty"`
	Reachable            types.Bool   `tfsdk:"reachable"`
	Value                types.String `tfsdk:"value"`
	Source               types.String `tfsdk:"source"`
	ParameterGroupName   types.String `tfsdk:"parameter_group_name"`
	ApplyType            types.String `tfsdk:"apply_type"`
	ParameterApplyStatus types.String `tfsdk:"parameter_apply_status"`
	MemberApplyStatuses  types.Map    `tfsdk:"member_apply_statuses"`
	PendingReboot        types.Bool   `tfsdk:"pending_reboot"`
	Engine               types.String `tfsdk:"engine"`
	EngineVersion        types.String `tfsdk:"engine_version"`
	EngineDefault        types.Bool   `tfsdk:"engine_default"`
}

func (d *forceSSLDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_force_ssl"
}

func (d *forceSSLDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *forceSSLDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the `rds.force_ssl` parameter of a DB instance or DB cluster: whether the server refuses connections without TLS, and how certain that is. Requires `rds:DescribeDBInstances` and `rds:DescribeDBParameters`; for clusters, `rds:DescribeDBClusters` and `rds:DescribeDBClusterParameters`.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB instance. For a member of a cluster, the cluster's parameter group is read. Set either this or `db_cluster_identifier`."},
			"db_cluster_identifier":  schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the Aurora or Multi-AZ DB cluster."},
			"region":                 regionalAttribute(""),
			"probe":                  schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to probe the server itself as well, with a plaintext connection attempt that carries no credentials and stops before authentication. Requires a network route to the endpoint. The server's log then shows one or two attempts by a user `sslready`. Default: `false`."},
			"allow_unreachable":      schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to return `reachable = false` instead of an error if the probe cannot reach the server. Default: `false`."},
			"enforced":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the server currently refuses connections without TLS. Null when that is uncertain; `probe = true` then finds out."},
			"certainty":              schema.StringAttribute{Computed: true, MarkdownDescription: "`probed`: the server itself was probed. `in_force`: RDS reports that the parameter group is in force on the server. `uncertain`: a reboot, an upgrade or a change is pending, or the members of a cluster differ."},
			"reachable":              schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the probe reached the server. Null without `probe`."},
			"value":                  schema.StringAttribute{Computed: true, MarkdownDescription: "Value in the parameter group, `0` or `1`. Null when the group has no value."},
			"source":                 schema.StringAttribute{Computed: true, MarkdownDescription: "Where the value comes from: `user`, `system` or `engine-default`. Null when the group has no such parameter."},
			"parameter_group_name":   schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the DB parameter group; for clusters and their members, that of the DB cluster parameter group."},
			"apply_type":             schema.StringAttribute{Computed: true, MarkdownDescription: "`dynamic` or `static`. Null when the group has no such parameter."},
			"parameter_apply_status": schema.StringAttribute{Computed: true, MarkdownDescription: "Whether the parameter group is in force on the instance, as RDS reports it: `in-sync`, `pending-reboot`, `applying`, `failed-to-apply`, `pending-database-upgrade`. Null when the members of a cluster differ, when the cluster has no members, or when RDS does not report it."},
			"member_apply_statuses":  schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The `parameter_apply_status` of each member of the cluster, by DB instance identifier. Null for a DB instance."},
			"pending_reboot":         schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether an instance must be rebooted before its parameter group takes effect. RDS does not do that by itself in the maintenance window."},
			"engine":                 schema.StringAttribute{Computed: true, MarkdownDescription: "Engine: `postgres` or `aurora-postgresql`."},
			"engine_version":         schema.StringAttribute{Computed: true, MarkdownDescription: "Engine version."},
			"engine_default":         schema.BoolAttribute{Computed: true, MarkdownDescription: "RDS's own default for the engine version. Null when that is not known."},
		},
	}
}

func (d *forceSSLDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier")),
	}
}

// Read asks RDS, and the server itself where a probe is wanted.
func (d *forceSSLDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model forceSSLModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	reader, err := d.services.rds(ctx, model.Region)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(model.identifiedBy(), titleForceSSL, err))
		return
	}
	setting, endpoint, err := model.ask(ctx, reader)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(model.identifiedBy(), titleForceSSL, err))
		return
	}
	if !slices.Contains([]string{rdsapi.EnginePostgreSQL, rdsapi.EngineAuroraPostgreSQL}, setting.Engine) {
		resp.Diagnostics.Append(notPostgreSQL(model.identifiedBy(), "DB instance or cluster", cmp.Or(model.DBInstanceIdentifier.ValueString(), model.DBClusterIdentifier.ValueString()), setting.Engine))
		return
	}
	model.Region = types.StringValue(d.services.region(ctx, model.Region))
	model.fill(setting)
	if model.Probe.ValueBool() {
		resp.Diagnostics.Append(model.probe(ctx, endpoint)...)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

const titleForceSSL = "Cannot Read rds.force_ssl"

// identifiedBy is the attribute that says whose setting is read.
func (m *forceSSLModel) identifiedBy() path.Path {
	if m.DBInstanceIdentifier.IsNull() {
		return path.Root("db_cluster_identifier")
	}
	return path.Root("db_instance_identifier")
}

// ask returns the setting and where the server answers; a zero endpoint is
// one that is being created.
func (m *forceSSLModel) ask(ctx context.Context, reader *rdsapi.Reader) (rdsapi.ForceSSL, postgres.Endpoint, error) {
	if m.DBInstanceIdentifier.IsNull() {
		id := m.DBClusterIdentifier.ValueString()
		cluster, err := reader.DBCluster(ctx, id)
		if err != nil {
			return rdsapi.ForceSSL{}, postgres.Endpoint{}, err
		}
		setting, err := reader.ClusterForceSSL(ctx, id)
		return setting, postgres.Endpoint{Host: cluster.Endpoint, Port: portOf(cluster.Port)}, err
	}
	id := m.DBInstanceIdentifier.ValueString()
	instance, err := reader.DBInstance(ctx, id)
	if err != nil {
		return rdsapi.ForceSSL{}, postgres.Endpoint{}, err
	}
	setting, err := reader.ForceSSL(ctx, id)
	return setting, endpointOf(instance), err
}

func (m *forceSSLModel) fill(setting rdsapi.ForceSSL) {
	m.Value, m.Source = optionalText(setting.Value), optionalText(setting.Source)
	m.ParameterGroupName, m.ApplyType = optionalText(setting.ParameterGroupName), optionalText(setting.ApplyType)
	m.ParameterApplyStatus, m.PendingReboot = optionalText(setting.ParameterApplyStatus), types.BoolValue(setting.PendingReboot)
	m.Engine, m.EngineVersion = shown(setting.Engine), shown(setting.EngineVersion)
	m.EngineDefault, m.Enforced = types.BoolNull(), types.BoolNull()
	if byDefault, known := rdsca.ForceSSLDefault(setting.Engine, setting.EngineVersion); known {
		m.EngineDefault = types.BoolValue(byDefault)
	}
	m.Certainty, m.Reachable = types.StringValue(certaintyUncertain), types.BoolNull()
	if enforced, certain := effectiveForceSSL(setting); certain && setting.Effect == rdsapi.EffectInForce {
		m.Enforced, m.Certainty = types.BoolValue(enforced), types.StringValue(certaintyInForce)
	}
	m.MemberApplyStatuses = types.MapNull(types.StringType)
	if setting.MemberStatuses != nil {
		m.MemberApplyStatuses = stringMap(setting.MemberStatuses)
	}
}

// probe asks the server itself. An answer that proves nothing leaves what RDS
// says.
func (m *forceSSLModel) probe(ctx context.Context, endpoint postgres.Endpoint) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("probe")
	m.Reachable = types.BoolValue(false)
	if endpoint.Host == "" {
		diags.AddAttributeWarning(at, "Nothing to Probe", "RDS reports no endpoint: the server is still being created. Only the configured value is reported.")
		return diags
	}
	found, err := postgres.Probe(ctx, endpoint)
	if err != nil {
		tell := diags.AddAttributeError
		if m.AllowUnreachable.ValueBool() {
			tell = diags.AddAttributeWarning
		}
		tell(at, "Cannot Probe the Server", fmt.Sprintf(
			"%v. It is therefore not known whether the server accepts plaintext. %s", err, postgresRemedy(err, m.AllowUnreachable.ValueBool())))
		return diags
	}
	m.Reachable = types.BoolValue(true)
	if found.Inconclusive {
		diags.AddAttributeWarning(at, "Probe Proves Nothing", fmt.Sprintf(
			"The server's answer to a connection without TLS does not show whether TLS is required (%s). The configured value is reported instead.", found.Reason))
		return diags
	}
	m.Enforced, m.Certainty = types.BoolValue(found.Enforced), types.StringValue(certaintyProbed)
	return diags
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
