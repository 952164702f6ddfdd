package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsapi"
	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

var _ datasource.DataSourceWithConfigure = (*caCertificateDataSource)(nil)

// caCertificateDataSource reads one CA of the Region.
type caCertificateDataSource struct{ services *services }

type caCertificateModel struct {
	CACertIdentifier          types.String   `tfsdk:"ca_cert_identifier"`
	DBInstanceIdentifier      types.String   `tfsdk:"db_instance_identifier"`
	Region                    types.String   `tfsdk:"region"`
	Thumbprint                types.String   `tfsdk:"thumbprint"`
	SHA256                    types.String   `tfsdk:"sha256"`
	ValidFrom                 types.String   `tfsdk:"valid_from"`
	ValidTill                 types.String   `tfsdk:"valid_till"`
	DefaultForNewLaunches     types.Bool     `tfsdk:"default_for_new_launches"`
	CustomerOverride          types.Bool     `tfsdk:"customer_override"`
	CustomerOverrideValidTill types.String   `tfsdk:"customer_override_valid_till"`
	KeyType                   types.String   `tfsdk:"key_type"`
	InFactTable               types.Bool     `tfsdk:"in_fact_table"`
	Supported                 types.Bool     `tfsdk:"supported"`
	Findings                  []findingModel `tfsdk:"findings"`
}

func (d *caCertificateDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_ca_certificate"
}

func (d *caCertificateDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *caCertificateDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one CA of the Region as RDS reports it, compares it with the provider's own list of RDS CAs, and says whether a DB instance can use it. Requires `rds:DescribeCertificates` and, if `db_instance_identifier` is set, `rds:DescribeDBInstances` and `rds:DescribeDBEngineVersions`.",
		Attributes: map[string]schema.Attribute{
			"ca_cert_identifier":           schema.StringAttribute{Optional: true, Computed: true, Validators: notEmpty(), MarkdownDescription: "Identifier of the CA. Default: the CA of new DB instances in this account and Region."},
			"db_instance_identifier":       schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "DB instance for which to check whether its engine version supports the CA. Default: none."},
			"region":                       regionalAttribute(""),
			"thumbprint":                   schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-1 of the root CA as RDS reports it, lower-case hexadecimal; null when RDS reports none."},
			"sha256":                       schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-256 of the root CA from the provider's own list of RDS CAs, lower-case hexadecimal; null when RDS reports no thumbprint, or when that list has no thumbprint or a different one for this CA."},
			"valid_from":                   schema.StringAttribute{Computed: true, MarkdownDescription: "Start of validity, RFC 3339; null when RDS does not report it."},
			"valid_till":                   schema.StringAttribute{Computed: true, MarkdownDescription: "End of validity, RFC 3339; null when RDS does not report it."},
			"default_for_new_launches":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether new DB instances of the account get this CA."},
			"customer_override":            schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the account has chosen this CA as its default."},
			"customer_override_valid_till": schema.StringAttribute{Computed: true, MarkdownDescription: "When the account's own default ends, RFC 3339; null when the account has not chosen one."},
			"key_type":                     schema.StringAttribute{Computed: true, MarkdownDescription: "Key type from the provider's own list of RDS CAs, such as `RSA2048`; null when RDS reports no thumbprint, or when that list has no thumbprint or a different one for this CA."},
			"in_fact_table":                schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the provider's own list of RDS CAs has the same thumbprint for this CA in the Region."},
			"supported":                    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the engine version of the DB instance can use the CA; null without `db_instance_identifier`, when RDS does not report it, or when the permission to read it is missing (a finding then says so)."},
			"findings":                     schema.ListNestedAttribute{Computed: true, MarkdownDescription: "What does not match. A thumbprint that contradicts the provider's own list of RDS CAs is an `error`.", NestedObject: schema.NestedAttributeObject{Attributes: findingAttributes().dataSource()}},
		},
	}
}

// Read asks RDS and compares with the fact table.
func (d *caCertificateDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model caCertificateModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d.services.readData(req.Config)
	at := path.Root("ca_cert_identifier")
	reader, err := d.services.rds(ctx, model.Region)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(at, titleCA, err))
		return
	}
	var instance *rdsapi.DBInstance
	if !model.DBInstanceIdentifier.IsNull() {
		found, err := reader.DBInstance(ctx, model.DBInstanceIdentifier.ValueString())
		if err != nil {
			resp.Diagnostics.Append(awsDiagnostic(path.Root("db_instance_identifier"), "Cannot Read the DB Instance", err))
			return
		}
		instance = &found
	}
	offered, err := reader.Certificates(ctx)
	if err != nil {
		resp.Diagnostics.Append(awsDiagnostic(at, titleCA, err))
		return
	}
	if model.CACertIdentifier.IsNull() {
		model.CACertIdentifier = optionalText(offered.DefaultForNewLaunches)
	}
	ca, exists := offered.ByIdentifier(model.CACertIdentifier.ValueString())
	if !exists {
		resp.Diagnostics.AddAttributeError(at, "Unknown CA Identifier", fmt.Sprintf(
			"The Region offers no CA %q, so no DB instance can be switched to it. Choose one that it offers: %s.", model.CACertIdentifier.ValueString(), strings.Join(identifiers(offered), ", ")))
		return
	}
	model.Region = types.StringValue(d.services.region(ctx, model.Region))
	model.fill(ca, offered.DefaultForNewLaunches)
	model.compare(ca, model.Region.ValueString())
	if instance != nil {
		model.ask(ctx, reader, *instance)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

const titleCA = "Cannot Read the CA"

func (m *caCertificateModel) fill(ca rdsapi.CACertificate, byDefault string) {
	m.Thumbprint, m.Findings = optionalText(ca.Thumbprint), []findingModel{}
	m.ValidFrom, m.ValidTill = optionalTime(ca.ValidFrom), optionalTime(ca.ValidTill)
	m.DefaultForNewLaunches = types.BoolValue(ca.Identifier == byDefault)
	m.CustomerOverride, m.CustomerOverrideValidTill = types.BoolValue(ca.CustomerOverride), optionalTime(ca.CustomerOverrideValidTill)
	m.SHA256, m.KeyType, m.InFactTable, m.Supported = types.StringNull(), types.StringNull(), types.BoolValue(false), types.BoolNull()
}

// compare holds RDS's thumbprint against the fact table.
func (m *caCertificateModel) compare(ca rdsapi.CACertificate, region string) {
	fact, agreement := rdsca.CompareThumbprint(region, ca.Identifier, ca.Thumbprint)
	switch agreement {
	case rdsca.NotInTable:
		m.find(readiness.Warning, readiness.FindingNotInFactTable, "The provider's own list of RDS CAs does not have this thumbprint: either the CA is newer than the list, or the answer does not come from RDS.")
	case rdsca.Contradicts:
		m.find(readiness.Blocking, readiness.FindingContradicts, fmt.Sprintf(
			"RDS reports the thumbprint %s for %s in %s, but the provider's own list of RDS CAs has %s for %s in %s. Either the answer does not come from RDS, or it comes from another Region.",
			ca.Thumbprint, ca.Identifier, region, fact.SHA1, fact.Identifier, fact.Region))
	case rdsca.Agrees:
		m.InFactTable = types.BoolValue(true)
		m.SHA256, m.KeyType = types.StringValue(fact.SHA256), types.StringValue(fact.KeyType)
	}
}

func (m *caCertificateModel) find(severity readiness.Severity, code, detail string) {
	m.Findings = append(m.Findings, findingModel{
		Severity: types.StringValue(string(severity)), Code: types.StringValue(code), Client: types.StringNull(), Detail: shown(detail),
	})
}

// ask says whether the instance's engine version supports the CA. Where that
// may not be read it is null, and a finding says why.
func (m *caCertificateModel) ask(ctx context.Context, reader *rdsapi.Reader, instance rdsapi.DBInstance) {
	version, err := reader.EngineVersion(ctx, instance.Engine, instance.EngineVersion)
	switch {
	case err != nil:
		m.find(readiness.Warning, readiness.FindingFactNotRead, fmt.Sprintf("%s. Whether %s %s can use the CA is not known. %s", awsCause(err), instance.Engine, instance.EngineVersion, awsRemedy(err)))
	case len(version.SupportedCAs) > 0:
		m.Supported = types.BoolValue(slices.Contains(version.SupportedCAs, m.CACertIdentifier.ValueString()))
	}
}

// optionalTime is null for the zero time.
func optionalTime(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}
