package provider

import (
	"context"
	"fmt"

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
	_ datasource.DataSourceWithConfigure        = (*serverCertificateDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*serverCertificateDataSource)(nil)
)

// serverCertificateDataSource reads what a server presents.
type serverCertificateDataSource struct{ services *services }

type serverCertificateModel struct {
	DBInstanceIdentifier types.String             `tfsdk:"db_instance_identifier"`
	Region               types.String             `tfsdk:"region"`
	Host                 types.String             `tfsdk:"host"`
	Port                 types.Int64              `tfsdk:"port"`
	Negotiation          types.String             `tfsdk:"negotiation"`
	Timeout              types.String             `tfsdk:"timeout"`
	AllowUnreachable     types.Bool               `tfsdk:"allow_unreachable"`
	Reachable            types.Bool               `tfsdk:"reachable"`
	ChainPEM             types.String             `tfsdk:"chain_pem"`
	Certificates         []storedCertificateModel `tfsdk:"certificates"`
	DNSNames             []types.String           `tfsdk:"dns_names"`
	IPAddresses          []types.String           `tfsdk:"ip_addresses"`
	NotAfter             types.String             `tfsdk:"not_after"`
	NextRenewal          types.String             `tfsdk:"next_renewal"`
	TLSVersion           types.String             `tfsdk:"tls_version"`
	Cipher               types.String             `tfsdk:"cipher"`
	AcceptsRSA           types.Bool               `tfsdk:"accepts_rsa"`
	RSATLSVersion        types.String             `tfsdk:"rsa_tls_version"`
	RSACipher            types.String             `tfsdk:"rsa_cipher"`
	AcceptsECDSA         types.Bool               `tfsdk:"accepts_ecdsa"`
	ECDSATLSVersion      types.String             `tfsdk:"ecdsa_tls_version"`
	ECDSACipher          types.String             `tfsdk:"ecdsa_cipher"`
	CACertIdentifier     types.String             `tfsdk:"ca_cert_identifier"`
	CARegion             types.String             `tfsdk:"ca_region"`
	Verified             types.Bool               `tfsdk:"verified"`
}

func (d *serverCertificateDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_server_certificate"
}

func (d *serverCertificateDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *serverCertificateDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the certificates that a PostgreSQL server presents in a TLS handshake, without logging in: the certificate chain, its names and dates, and the RDS CA that it belongs to. If the server is already on the target CA, pass `chain_pem` to `canary_server_certificate_chain_pem` of `sslready_trust_store_validation` (the gate) or `sslready_readiness`, since the other DB instances in the Region will present the same root. With `db_instance_identifier`, `rds:DescribeDBInstances` is required.",
		Attributes: map[string]schema.Attribute{
			"db_instance_identifier": schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the DB instance, whose endpoint is read from RDS. Set either this or `host`."},
			"region":                 regionalAttribute(regionalWithoutAWS),
			"host":                   schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Name or address of the server. With it, no AWS access is needed."},
			"port":                   schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)}, MarkdownDescription: "Port of the server. Default: what RDS reports, else 5432."},
			"negotiation":            schema.StringAttribute{Optional: true, Validators: oneOf(negotiationRequest, negotiationDirect), MarkdownDescription: "How TLS is started: `sslrequest` (default), or `direct`, which PostgreSQL 17 and later accept."},
			"timeout":                schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Time limit for each connection. Default: `10s`."},
			"allow_unreachable":      schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to return `reachable = false` instead of an error if the server cannot be reached. Default: `false`."},
			"reachable":              schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the server could be reached. If not, everything else is null."},
			"chain_pem":              schema.StringAttribute{Computed: true, MarkdownDescription: "The certificates that the server presents, in PEM, server certificate first, as sent. Null when unreachable."},
			"certificates":           schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The presented certificates, server certificate first. Null when unreachable.", NestedObject: schema.NestedAttributeObject{Attributes: presentedCertificateAttributes()}},
			"dns_names":              schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "DNS names in the server certificate. Null when unreachable."},
			"ip_addresses":           schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "IP addresses in the server certificate. Null when unreachable."},
			"not_after":              schema.StringAttribute{Computed: true, MarkdownDescription: "When the server certificate expires, RFC 3339. Null when unreachable."},
			"next_renewal":           schema.StringAttribute{Computed: true, MarkdownDescription: "Approximate time at which RDS renews the server certificate by itself, about halfway through its validity period, RFC 3339. Null when it is not an RDS certificate, or when unreachable."},
			"tls_version":            schema.StringAttribute{Computed: true, MarkdownDescription: "TLS version that a modern client negotiates. Null when unreachable."},
			"cipher":                 schema.StringAttribute{Computed: true, MarkdownDescription: "Cipher suite that a modern client negotiates. Null when unreachable."},
			"accepts_rsa":            schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a TLS 1.2 client that offers only RSA suites can connect. Null when unreachable."},
			"rsa_tls_version":        schema.StringAttribute{Computed: true, MarkdownDescription: "TLS version that a client with only RSA suites negotiates. Null when it cannot connect, or when unreachable."},
			"rsa_cipher":             schema.StringAttribute{Computed: true, MarkdownDescription: "Cipher suite that a client with only RSA suites negotiates. Null when it cannot connect, or when unreachable."},
			"accepts_ecdsa":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a TLS 1.2 client that offers only ECDSA suites can connect. Null when unreachable."},
			"ecdsa_tls_version":      schema.StringAttribute{Computed: true, MarkdownDescription: "TLS version that a client with only ECDSA suites negotiates. Null when it cannot connect, or when unreachable."},
			"ecdsa_cipher":           schema.StringAttribute{Computed: true, MarkdownDescription: "Cipher suite that a client with only ECDSA suites negotiates. Null when it cannot connect, or when unreachable."},
			"ca_cert_identifier":     schema.StringAttribute{Computed: true, MarkdownDescription: "Identifier of the RDS CA in whose root the chain ends. Null when it is not in the provider's own list of RDS CAs, or when unreachable."},
			"ca_region":              schema.StringAttribute{Computed: true, MarkdownDescription: "AWS Region of that CA. Null when it is not in the provider's own list of RDS CAs, or when unreachable."},
			"verified":               schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the chain ends in a root from the provider's own list of RDS CAs, and all its signatures are valid. Null when unreachable."},
		},
	}
}

func (d *serverCertificateDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("db_instance_identifier"), path.MatchRoot("host")),
	}
}

// Read makes the handshakes.
func (d *serverCertificateDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model serverCertificateModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	at := path.Root("host")
	endpoint := postgres.Endpoint{Host: model.Host.ValueString()}
	if !model.DBInstanceIdentifier.IsNull() {
		at = path.Root("db_instance_identifier")
		found, err := d.endpoint(ctx, model)
		if err != nil {
			resp.Diagnostics.Append(awsDiagnostic(at, titleServerCertificate, err))
			return
		}
		endpoint, model.Region = found, types.StringValue(d.services.region(ctx, model.Region))
	}
	if !model.Port.IsNull() {
		endpoint.Port = portOf(int(model.Port.ValueInt64()))
	}
	endpoint.Timeout = durationOf(model.Timeout.ValueString())
	if err := model.handshake(ctx, endpoint, d.services); err != nil {
		if !model.AllowUnreachable.ValueBool() {
			resp.Diagnostics.AddAttributeError(at, titleServerCertificate, fmt.Sprintf(
				"%v. It is therefore not known what clients would have to trust. %s", err, postgresRemedy(err, false)))
			return
		}
		resp.Diagnostics.AddAttributeWarning(at, titleServerCertificate, fmt.Sprintf("%v. The result says nothing about the server's certificate. %s", err, postgresRemedy(err, true)))
		model.unreachable()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

const (
	titleServerCertificate = "Cannot Read the Server Certificate"

	negotiationRequest = "sslrequest"
	negotiationDirect  = "direct"
)

func (d *serverCertificateDataSource) endpoint(ctx context.Context, m serverCertificateModel) (postgres.Endpoint, error) {
	reader, err := d.services.rds(ctx, m.Region)
	if err != nil {
		return postgres.Endpoint{}, err
	}
	instance, err := postgreSQL(ctx, reader, m.DBInstanceIdentifier.ValueString())
	if err == nil && instance.Endpoint == nil {
		err = errNoEndpoint
	}
	return endpointOf(instance), err
}

// unreachable leaves everything null, also what an earlier handshake showed.
func (m *serverCertificateModel) unreachable() {
	*m = serverCertificateModel{
		DBInstanceIdentifier: m.DBInstanceIdentifier, Region: m.Region, Host: m.Host, Port: m.Port, Negotiation: m.Negotiation, Timeout: m.Timeout,
		AllowUnreachable: m.AllowUnreachable, Reachable: types.BoolValue(false),
	}
}
