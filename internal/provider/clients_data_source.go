package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/postgres"
)

var (
	_ datasource.DataSourceWithConfigure        = (*clientsDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*clientsDataSource)(nil)
)

// clientsDataSource reads who is connected, and how.
type clientsDataSource struct{ services *services }

type clientsModel struct {
	DBInstanceIdentifier types.String    `tfsdk:"db_instance_identifier"`
	DBClusterIdentifier  types.String    `tfsdk:"db_cluster_identifier"`
	Region               types.String    `tfsdk:"region"`
	Host                 types.String    `tfsdk:"host"`
	Port                 types.Int64     `tfsdk:"port"`
	ObserveFor           types.String    `tfsdk:"observe_for"`
	SampleInterval       types.String    `tfsdk:"sample_interval"`
	Timeout              types.String    `tfsdk:"timeout"`
	AllowUnreachable     types.Bool      `tfsdk:"allow_unreachable"`
	Reachable            types.Bool      `tfsdk:"reachable"`
	Complete             types.Bool      `tfsdk:"complete"`
	Clients              []sessionsModel `tfsdk:"clients"`
	SSLSessions          types.Int64     `tfsdk:"ssl_sessions"`
	PlaintextSessions    types.Int64     `tfsdk:"plaintext_sessions"`
	HiddenSessions       types.Int64     `tfsdk:"hidden_sessions"`
	Samples              types.Int64     `tfsdk:"samples"`
	ServerVersion        types.String    `tfsdk:"server_version"`
	Unreachable          []types.String  `tfsdk:"unreachable"`

	Observation *observationModel `tfsdk:"observation"`
}

type sessionsModel struct {
	Instance        types.String `tfsdk:"instance"`
	Database        types.String `tfsdk:"database"`
	Username        types.String `tfsdk:"username"`
	ApplicationName types.String `tfsdk:"application_name"`
	ClientAddr      types.String `tfsdk:"client_addr"`
	SSL             types.Bool   `tfsdk:"ssl"`
	TLSVersion      types.String `tfsdk:"tls_version"`
	Cipher          types.String `tfsdk:"cipher"`
	Bits            types.Int64  `tfsdk:"bits"`
	ClientDN        types.String `tfsdk:"client_dn"`
	Sessions        types.Int64  `tfsdk:"sessions"`
	Samples         types.Int64  `tfsdk:"samples"`
	FirstSeen       types.String `tfsdk:"first_seen"`
	LastSeen        types.String `tfsdk:"last_seen"`
}

func (d *clientsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_clients"
}

func (d *clientsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *clientsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads who is connected to a DB instance, or to any member of a DB cluster, and whether they use TLS (`pg_stat_ssl` joined with `pg_stat_activity`). " +
			"One query is one sample and shows only the sessions of that moment; with `observe_for`, samples are taken over a longer time. The provider's PostgreSQL role needs `pg_read_all_stats` to see all sessions. Without it, `complete` is false, and `hidden_sessions` is the number of sessions that it cannot see. " +
			"`rdsadmin`, the provider's own sessions (those of its role with the `application_name` `sslready`) and the server's background processes are left out; replication sessions are included. " +
			"Supports PostgreSQL 9.6 to 18; tested on servers of versions 10 to 18; 9.6 was only checked against the definitions of its system views. Requires `rds:DescribeDBInstances` for identifiers, `rds:DescribeDBClusters` for clusters, and `rds-db:connect` for `iam_auth`.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB instance, whose endpoint is read from RDS. Set exactly one of this, `db_cluster_identifier` and `host`."},
			"db_cluster_identifier":  schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB cluster. Every member is queried, since each one shows only its own sessions."},
			"region":                 regionalAttribute(" IAM tokens are created for this Region as well." + regionalWithoutAWS),
			"host":                   schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Name or address of the server. With it, no AWS access is needed."},
			"port":                   schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)}, MarkdownDescription: "Port of the server. Default: what RDS reports, else 5432."},
			"observe_for":            schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time between the first and the last sample, such as `30s`. Default: a single sample."},
			"sample_interval":        schema.StringAttribute{Optional: true, Validators: []validator.String{interval{postgres.MinSampleInterval}}, MarkdownDescription: "Time between two samples, at least `10ms`. Sessions shorter than this can be missed. Default: `1s`."},
			"timeout":                schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for everything that is done on one server. Default: the connect and statement timeouts plus `observe_for`."},
			"allow_unreachable":      schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to return `reachable = false` and `complete = false` instead of an error if a server cannot be queried. Default: `false`."},
			"reachable":              schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether every server could be queried."},
			"complete":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the role can see every session on every server. Only then does an empty list mean that nobody is connected."},
			"ssl_sessions":           schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of sessions with TLS. Null when a server could not be queried."},
			"plaintext_sessions":     schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of sessions over the network without TLS. Null when a server could not be queried."},
			"hidden_sessions":        schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of sessions, with or without TLS, that the role is not allowed to see. Null when a server could not be queried."},
			"samples":                schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of samples taken; for several servers, the smallest number. Zero when no server could be queried."},
			"server_version":         schema.StringAttribute{Computed: true, MarkdownDescription: "Version that the server reports; for a cluster, that of its first member. Null when no server could be queried."},
			"unreachable":            schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The servers that could not be queried; empty when all could."},
			"observation":            observationOutput().dataSource(),
			"clients": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The sessions, in groups: sessions that differ only in their counts and times form one entry. The order is stable.",
				NestedObject: schema.NestedAttributeObject{Attributes: sessionAttributes()},
			},
		},
	}
}

func sessionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"instance":         schema.StringAttribute{Computed: true, MarkdownDescription: "DB instance identifier of the server; null with `host`."},
		"database":         schema.StringAttribute{Computed: true, MarkdownDescription: "Database; null for a session without one, such as replication."},
		"username":         schema.StringAttribute{Computed: true, MarkdownDescription: "User; null when not visible."},
		"application_name": schema.StringAttribute{Computed: true, MarkdownDescription: "`application_name` of the session; null when the client sets none, or when it is not visible."},
		"client_addr":      schema.StringAttribute{Computed: true, MarkdownDescription: "Address of the client, or of the proxy or pooler in between; null for a Unix socket, or when not visible."},
		"ssl":              schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the session uses TLS; null when not visible."},
		"tls_version":      schema.StringAttribute{Computed: true, MarkdownDescription: "TLS version such as `TLSv1.3`; null without TLS."},
		"cipher":           schema.StringAttribute{Computed: true, MarkdownDescription: "Cipher suite; null without TLS."},
		"bits":             schema.Int64Attribute{Computed: true, MarkdownDescription: "Bits of the cipher's key; null without TLS."},
		"client_dn":        schema.StringAttribute{Computed: true, MarkdownDescription: "Subject of the client certificate, at most 63 bytes; null without one."},
		"sessions":         schema.Int64Attribute{Computed: true, MarkdownDescription: "Highest number of such sessions in any one sample."},
		"samples":          schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of samples with such a session."},
		"first_seen":       schema.StringAttribute{Computed: true, MarkdownDescription: "First sample with such a session, RFC 3339, by the server's clock; null when not visible."},
		"last_seen":        schema.StringAttribute{Computed: true, MarkdownDescription: "Last sample with such a session, RFC 3339, by the server's clock; null when not visible."},
	}
}

func (d *clientsDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("db_cluster_identifier"), path.MatchRoot("host")),
	}
}

// Read asks every server at once, and merges what they say.
func (d *clientsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model clientsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	servers, err := d.servers(ctx, model)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(model.identifiedBy(), titleClients, err))
		return
	}
	if mode := d.services.postgres("", 0, model.Region).LoweredBy(); mode != "" && len(servers) > 0 {
		resp.Diagnostics.AddAttributeWarning(model.identifiedBy(), "PGSSLMODE Weakens Verification", fmt.Sprintf(
			"The environment variable PGSSLMODE is %q where Terraform runs, so the provider's own login verifies less than it would by default (verify-full). Unless the server's certificate chain is verified, no IAM token is sent, and a password is sent only with SCRAM and channel binding. Set postgres.sslmode in the provider, or unset the variable.", mode))
	}
	if model.Host.IsNull() {
		model.Region = optionalText(d.services.region(ctx, model.Region))
	}
	model.start()
	from := d.services.now()
	seenAll := d.observe(ctx, model, servers)
	model.Observation = observationModelOf(observationBy(seenAll, from, d.services.now()))
	for _, seen := range seenAll {
		if seen.err != nil {
			if !model.AllowUnreachable.ValueBool() {
				resp.Diagnostics.Append(postgresDiagnostic(model.identifiedBy(), titleClients, seen.named()))
				continue
			}
			resp.Diagnostics.AddAttributeWarning(model.identifiedBy(), titleClients, fmt.Sprintf(
				"%v. The result is therefore incomplete: it says nothing about the sessions on this server. %s", seen.named(), postgresRemedy(seen.err, true)))
		}
		model.add(seen)
		if seen.err == nil && !seen.observation.Complete {
			resp.Diagnostics.AddAttributeWarning(model.identifiedBy(), "Not All Sessions Are Visible", fmt.Sprintf(
				"%s: the role is not allowed to see %d sessions, which may or may not use TLS. Clients that are not listed may be connected, so complete is false. Grant pg_read_all_stats to the role.",
				seen.name(), seen.observation.HiddenSessions))
		}
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

const titleClients = "Cannot Read the Clients"

func (m *clientsModel) identifiedBy() path.Path {
	switch {
	case !m.Host.IsNull():
		return path.Root("host")
	case !m.DBClusterIdentifier.IsNull():
		return path.Root("db_cluster_identifier")
	default:
		return path.Root("db_instance_identifier")
	}
}

// look is how long and how often.
func (m *clientsModel) look() postgres.Look {
	return postgres.Look{ObserveFor: durationOf(m.ObserveFor.ValueString()), SampleInterval: durationOf(m.SampleInterval.ValueString())}
}

// start is the answer before any server was asked.
func (m *clientsModel) start() {
	m.Reachable, m.Complete = types.BoolValue(true), types.BoolValue(true)
	m.Clients, m.Unreachable = []sessionsModel{}, []types.String{}
	m.SSLSessions, m.PlaintextSessions, m.HiddenSessions = types.Int64Value(0), types.Int64Value(0), types.Int64Value(0)
	m.Samples, m.ServerVersion = types.Int64Null(), types.StringNull()
}

func seenAt(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339Nano))
}
