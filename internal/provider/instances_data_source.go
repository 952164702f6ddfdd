package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
)

var (
	_ datasource.DataSourceWithConfigure        = (*instancesDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*instancesDataSource)(nil)
)

// instancesDataSource reads the fleet of a Region.
type instancesDataSource struct{ services *services }

type instancesModel struct {
	Region            types.String    `tfsdk:"region"`
	Regions           []types.String  `tfsdk:"regions"`
	Identifiers       types.List      `tfsdk:"identifiers"`
	Engines           types.List      `tfsdk:"engines"`
	CACertIdentifiers types.List      `tfsdk:"ca_cert_identifiers"`
	Tags              types.Map       `tfsdk:"tags"`
	Instances         []instanceModel `tfsdk:"instances"`
	Clusters          []clusterModel  `tfsdk:"clusters"`
	Total             types.Int64     `tfsdk:"total"`
	ByCA              types.Map       `tfsdk:"by_ca"`
	ByState           types.Map       `tfsdk:"by_state"`
	Complete          types.Bool      `tfsdk:"complete"`
	Findings          []findingModel  `tfsdk:"findings"`
	Unread            []unreadModel   `tfsdk:"unread"`
}

// unreadModel is a Region of which nothing is known.
type unreadModel struct {
	Region types.String `tfsdk:"region"`
	Detail types.String `tfsdk:"detail"`
}

type instanceModel struct {
	Identifier                 types.String `tfsdk:"identifier"`
	Region                     types.String `tfsdk:"region"`
	AccountID                  types.String `tfsdk:"account_id"`
	ARN                        types.String `tfsdk:"arn"`
	Engine                     types.String `tfsdk:"engine"`
	EngineVersion              types.String `tfsdk:"engine_version"`
	Status                     types.String `tfsdk:"status"`
	Host                       types.String `tfsdk:"host"`
	Port                       types.Int64  `tfsdk:"port"`
	CACertIdentifier           types.String `tfsdk:"ca_cert_identifier"`
	PendingCACertIdentifier    types.String `tfsdk:"pending_ca_cert_identifier"`
	PendingMaintenance         types.List   `tfsdk:"pending_maintenance"`
	ServerCertificateValidTill types.String `tfsdk:"server_certificate_valid_till"`
	SupportedCACertIdentifiers types.List   `tfsdk:"supported_ca_cert_identifiers"`
	RotationRestarts           types.Bool   `tfsdk:"rotation_restarts"`
	RotationRestartReason      types.String `tfsdk:"rotation_restart_reason"`
	MaintenanceWindow          types.String `tfsdk:"maintenance_window"`
	ForceSSLValue              types.String `tfsdk:"force_ssl_value"`
	ForceSSLEnforced           types.Bool   `tfsdk:"force_ssl_enforced"`
	ForceSSLCertainty          types.String `tfsdk:"force_ssl_certainty"`
	ClusterIdentifier          types.String `tfsdk:"db_cluster_identifier"`
	ClusterRole                types.String `tfsdk:"cluster_role"`
}

type clusterModel struct {
	Identifier                 types.String `tfsdk:"identifier"`
	Region                     types.String `tfsdk:"region"`
	ARN                        types.String `tfsdk:"arn"`
	Engine                     types.String `tfsdk:"engine"`
	EngineVersion              types.String `tfsdk:"engine_version"`
	Members                    types.List   `tfsdk:"members"`
	CAs                        types.List   `tfsdk:"ca_cert_identifiers"`
	MixedCAs                   types.Bool   `tfsdk:"mixed_cas"`
	CACertIdentifier           types.String `tfsdk:"ca_cert_identifier"`
	PendingCACertIdentifier    types.String `tfsdk:"pending_ca_cert_identifier"`
	PendingMaintenance         types.List   `tfsdk:"pending_maintenance"`
	ServerCertificateValidTill types.String `tfsdk:"server_certificate_valid_till"`
	MaintenanceWindow          types.String `tfsdk:"maintenance_window"`
}

func (d *instancesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_instances"
}

func (d *instancesDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *instancesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the PostgreSQL and Aurora PostgreSQL instances of a Region: the CA of each, its pending changes, whether a switch of the CA restarts it, and whether it enforces TLS. It makes as few API calls as possible. " +
			"Requires `rds:DescribeDBInstances`. Without `rds:DescribeDBClusters`, `rds:DescribeDBParameters`, `rds:DescribeDBClusterParameters`, `rds:DescribeDBEngineVersions` or `rds:DescribePendingMaintenanceActions`, the attributes that depend on them are null, and a finding names the missing permission.",
		Attributes: map[string]schema.Attribute{
			"region":              regionalAttribute(" Null when `regions` is set."),
			"regions":             schema.ListAttribute{Optional: true, ElementType: types.StringType, Validators: regionLists(), MarkdownDescription: "AWS Regions to read, or `[\"*\"]` for all Regions that the account has enabled, which requires `account:ListRegions`. Several Regions are read in parallel. If a Region cannot be read, it is listed in `unread` and a warning says so; the other Regions are still read. Default: only `region`."},
			"identifiers":         schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Identifiers of the DB instances to read. It is an error if one does not exist. Default: all."},
			"engines":             schema.ListAttribute{Optional: true, Validators: []validator.List{listvalidator.ValueStringsAre(stringvalidator.OneOf("postgres", "aurora-postgresql"))}, ElementType: types.StringType, MarkdownDescription: "Engines to read: `postgres`, `aurora-postgresql`. Default: both."},
			"ca_cert_identifiers": schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Read only the DB instances that are currently on one of these CAs. Default: any CA."},
			"tags":                schema.MapAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: "Read only DB instances with these tags; an empty value matches any value. Default: no tags required."},
			"instances":           schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The DB instances, sorted by Region (in the order of `regions`) and then by identifier.", NestedObject: schema.NestedAttributeObject{Attributes: instanceAttributes()}},
			"clusters":            schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The DB clusters that these instances belong to, sorted by Region and then by identifier, like `instances`.", NestedObject: schema.NestedAttributeObject{Attributes: clusterAttributes()}},
			"total":               schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of DB instances."},
			"by_ca":               schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Number of DB instances by current CA; the empty key counts those for which RDS reports no CA."},
			"by_state":            schema.MapAttribute{Computed: true, ElementType: types.Int64Type, MarkdownDescription: "Number of DB instances by state: `settled`, `pending` (a change of the certificate is waiting) and `unknown` (the permission that this requires is missing)."},
			"complete":            schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every fact about every Region could be read."},
			"unread":              schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The Regions that could not be read. Their DB instances are neither listed in `instances` nor counted. Empty when all could be read.", NestedObject: schema.NestedAttributeObject{Attributes: unreadAttributes()}},
			"findings":            schema.ListNestedAttribute{Computed: true, MarkdownDescription: "What could not be read, and why.", NestedObject: schema.NestedAttributeObject{Attributes: findingAttributes().dataSource()}},
		},
	}
}

func instanceAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	list := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"identifier":                    text("Identifier of the DB instance."),
		"region":                        text("AWS Region of the DB instance."),
		"account_id":                    text("AWS account of the DB instance; null when RDS reports no ARN."),
		"arn":                           text("ARN; null when RDS does not report it."),
		"engine":                        text("Engine: `postgres` or `aurora-postgresql`."),
		"engine_version":                text("Engine version."),
		"status":                        text("Status, such as `available`; null when RDS does not report it."),
		"host":                          text("Endpoint; null while the instance is being created."),
		"port":                          schema.Int64Attribute{Computed: true, MarkdownDescription: "Port; null while the instance is being created."},
		"ca_cert_identifier":            text("CA of the current server certificate; null when RDS does not report it."),
		"pending_ca_cert_identifier":    text("CA to which the DB instance switches in the next maintenance window; null when no switch is pending."),
		"pending_maintenance":           list("Pending maintenance actions, such as `ca-certificate-rotation`; null when the permission to read them is missing."),
		"server_certificate_valid_till": text("When the server certificate expires, RFC 3339; null when RDS does not report it."),
		"supported_ca_cert_identifiers": list("CAs that the engine version can use; null when RDS does not report them, or the permission to read them is missing."),
		"rotation_restarts":             schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a new server certificate restarts the server, which depends on the engine version and on Babelfish; null when RDS does not report it, or the permission to read it is missing."},
		"rotation_restart_reason":       text("Why a new server certificate restarts the server, or does not; null when that is not known."),
		"maintenance_window":            text("Maintenance window in UTC; null when RDS does not report it."),
		"force_ssl_value":               text("Value of `rds.force_ssl` in the parameter group; null when the group has none, or the permission to read it is missing."),
		"force_ssl_enforced":            schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the server currently refuses plaintext; null when that is uncertain, or the permission to read it is missing."},
		"force_ssl_certainty":           text("`in_force` or `uncertain`; null when the permission to read it is missing."),
		"db_cluster_identifier":         text("DB cluster that it belongs to; null outside a cluster."),
		"cluster_role":                  text("`writer` or `reader`; null outside a cluster, or when the permission to read it is missing."),
	}
}

func clusterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"identifier":                    schema.StringAttribute{Computed: true, MarkdownDescription: "Identifier of the DB cluster."},
		"region":                        schema.StringAttribute{Computed: true, MarkdownDescription: "AWS Region of the DB cluster."},
		"arn":                           schema.StringAttribute{Computed: true, MarkdownDescription: "ARN; null when RDS does not report it."},
		"engine":                        schema.StringAttribute{Computed: true, MarkdownDescription: "Engine: `aurora-postgresql`, or `postgres` for a Multi-AZ DB cluster."},
		"engine_version":                schema.StringAttribute{Computed: true, MarkdownDescription: "Engine version; null when RDS does not report it."},
		"members":                       schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "DB instances of the cluster."},
		"ca_cert_identifiers":           schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The CAs of all members that could be read, including those that the filters leave out."},
		"mixed_cas":                     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the members have different CAs, so that the certificate behind the cluster endpoint can change with a failover. Null when some members could not be read and all others have the same CA."},
		"ca_cert_identifier":            schema.StringAttribute{Computed: true, MarkdownDescription: "CA of a Multi-AZ DB cluster. Null for Aurora, where every DB instance has its own."},
		"pending_ca_cert_identifier":    schema.StringAttribute{Computed: true, MarkdownDescription: "CA to which a Multi-AZ DB cluster switches in the next maintenance window; null when no switch is pending, and for Aurora."},
		"pending_maintenance":           schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Maintenance actions that are pending for the cluster itself; null when the permission to read them is missing."},
		"server_certificate_valid_till": schema.StringAttribute{Computed: true, MarkdownDescription: "When the server certificate of a Multi-AZ DB cluster expires, RFC 3339; null when RDS does not report it, and for Aurora."},
		"maintenance_window":            schema.StringAttribute{Computed: true, MarkdownDescription: "Maintenance window of the cluster in UTC; null when RDS does not report it."},
	}
}

func unreadAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"region": schema.StringAttribute{Computed: true, MarkdownDescription: "AWS Region."},
		"detail": schema.StringAttribute{Computed: true, MarkdownDescription: "Why it could not be read, and what to do."},
	}
}

func (d *instancesDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.Conflicting(path.MatchRoot("region"), path.MatchRoot("regions")),
		datasourcevalidator.Conflicting(path.MatchRoot("identifiers"), path.MatchRoot("regions")),
	}
}

// Read asks for the whole fleet at once.
func (d *instancesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model instancesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	regions, err := d.services.regions(ctx, model.Regions)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(path.Root("regions"), titleInstances, err))
		return
	}
	if model.Regions == nil {
		model.Region = optionalText(d.services.region(ctx, model.Region))
		regions = []types.String{model.Region}
	}
	given := fields{"identifiers": model.Identifiers, "engines": model.Engines, "cas": model.CACertIdentifiers, "tags": model.Tags}
	fleets := d.services.fleets(ctx, regions, rdsapi.FleetQuery{
		Identifiers: given.texts("identifiers"), Engines: given.texts("engines"), CAIdentifiers: given.texts("cas"), Tags: given.textMap("tags"),
		ForceSSL: true, EngineVersions: true, Babelfish: true, PendingMaintenance: true,
	})
	resp.Diagnostics.Append(model.fill(fleets)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

const titleInstances = "Cannot Read the DB Instances"
