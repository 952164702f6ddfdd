package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/rdsca"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

var (
	_ datasource.DataSourceWithConfigure        = (*trustStoreDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*trustStoreDataSource)(nil)
)

// trustStoreDataSource lists what is inside a trust store.
type trustStoreDataSource struct{ services *services }

type trustStoreModel struct {
	Path            types.String             `tfsdk:"path"`
	Content         types.String             `tfsdk:"content"`
	ContentBase64   types.String             `tfsdk:"content_base64"`
	Format          types.String             `tfsdk:"format"`
	Password        types.String             `tfsdk:"password"`
	PasswordEnv     types.String             `tfsdk:"password_env"`
	Region          types.String             `tfsdk:"region"`
	MinimumValidity types.String             `tfsdk:"minimum_validity"`
	EvaluationTime  types.String             `tfsdk:"evaluation_time"`
	AllowUnreadable types.Bool               `tfsdk:"allow_unreadable"`
	Readable        types.Bool               `tfsdk:"readable"`
	Certificates    []storedCertificateModel `tfsdk:"certificates"`
	Anchors         *validatorAnchorsModel   `tfsdk:"anchors"`
	Problems        []storeProblemModel      `tfsdk:"problems"`
	MissingRDSRoots []missingRootModel       `tfsdk:"missing_rds_roots"`
	DetectedFormat  types.String             `tfsdk:"detected_format"`
}

func (d *trustStoreDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_trust_store"
}

func (d *trustStoreDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *trustStoreDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	formats := formatNames()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists what is in a trust store, which of its certificates each kind of client accepts as trust anchors, and what is wrong with it. OpenSSL, Java and Go may accept different certificates from the same file. Needs no AWS access and no network.",
		Attributes: map[string]schema.Attribute{
			"path":              schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "File or directory on the machine where Terraform runs. Relative paths are resolved from the directory where Terraform runs. Set exactly one of `path`, `content` and `content_base64`."},
			"content":           schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Content of the store as text (PEM). Not kept in the state."},
			"content_base64":    schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Content of the store in Base64, for binary formats. Not kept in the state."},
			"format":            schema.StringAttribute{Optional: true, Validators: oneOf(formats...), MarkdownDescription: "Format to read: " + codeList(formats) + ". Default: `auto`, which detects the format from the content."},
			"password":          schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: "Password of the store. Not kept in the state. Default: no password, which is not the same as an empty password."},
			"password_env":      schema.StringAttribute{Optional: true, Validators: oneVariable(), MarkdownDescription: "Name of an environment variable of the provider's process that holds the password."},
			"region":            schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "AWS Region whose RDS roots the store should contain. Default: no roots are expected."},
			"minimum_validity":  schema.StringAttribute{Optional: true, Validators: oneDuration(), MarkdownDescription: "Certificates that expire within this time are reported as a problem. A Go duration such as `720h`, with `h` as the largest unit. Default: only certificates that have expired are reported."},
			"evaluation_time":   schema.StringAttribute{Optional: true, Validators: oneTimestamp(), MarkdownDescription: "Expiry is judged as of this time, RFC 3339. Default: now."},
			"allow_unreadable":  schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether to return `readable = false` and a problem instead of an error if the store cannot be read. Default: `false`."},
			"readable":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the store could be read."},
			"detected_format":   schema.StringAttribute{Computed: true, MarkdownDescription: "Format, as detected from the content; null when none was detected."},
			"certificates":      schema.ListNestedAttribute{Computed: true, MarkdownDescription: "All certificates that can be read, whether or not a client accepts them.", NestedObject: schema.NestedAttributeObject{Attributes: storedCertificateAttributes()}},
			"anchors":           schema.SingleNestedAttribute{Computed: true, MarkdownDescription: "SHA-256 fingerprints of the certificates that each kind of client accepts as trust anchors.", Attributes: validatorAnchorAttributes()},
			"problems":          schema.ListNestedAttribute{Computed: true, MarkdownDescription: "What is wrong with the store.", NestedObject: schema.NestedAttributeObject{Attributes: storeProblemAttributes()}},
			"missing_rds_roots": schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The roots of `region` that the store does not contain as trusted certificates. Null without `region`, or when the store is not readable.", NestedObject: schema.NestedAttributeObject{Attributes: missingRootAttributes()}},
		},
	}
}

func (d *trustStoreDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("path"), path.MatchRoot("content"), path.MatchRoot("content_base64")),
		// Terraform prints the line of the first: not the password.
		datasourcevalidator.Conflicting(path.MatchRoot("password_env"), path.MatchRoot("password")),
	}
}

// Read reads the store, and lists it.
func (d *trustStoreDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model trustStoreModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if region := model.Region.ValueString(); region != "" && len(rdsca.Roots(region)) == 0 {
		resp.Diagnostics.AddAttributeError(path.Root("region"), "Region Not Known", fmt.Sprintf(
			"The provider's own list of RDS CAs has no root CA of Region %q, so the provider cannot say what is missing from the store. Correct the Region, or leave it out.", region))
		return
	}
	at, store := model.source(ctx)
	contents, err := d.inspect(model, store)
	if err != nil {
		tell := resp.Diagnostics.AddAttributeError
		if model.AllowUnreadable.ValueBool() {
			tell = resp.Diagnostics.AddAttributeWarning
			contents.Problems = append([]truststore.Problem{unreadable(err, contents.Problems)}, contents.Problems...)
		}
		tell(at, "Cannot Read the Trust Store", fmt.Sprintf(
			"%v. No client would be able to trust anything in it either. %s", err, storeRemedy(err, contents.Problems)))
	}
	model.fill(contents, err == nil)
	// Data sources have no write-only attributes: the secrets go out here.
	model.Content, model.ContentBase64, model.Password = types.StringNull(), types.StringNull(), types.StringNull()
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
	}
}

// source is the store's content, and the attribute that says where it is.
func (m *trustStoreModel) source(ctx context.Context) (path.Path, readiness.Store) {
	given := fields{
		"path": m.Path, "content": m.Content, "content_base64": m.ContentBase64,
		"password": m.Password, "password_env": m.PasswordEnv,
	}
	at := path.Root("content")
	switch {
	case given.isSet("path"):
		at = path.Root("path")
	case given.isSet("content_base64"):
		at = path.Root("content_base64")
	}
	return at, newStoreReader(ctx).read(given)
}

var errUnavailable = errors.New("the trust store is not available")

func (d *trustStoreDataSource) inspect(m trustStoreModel, store readiness.Store) (truststore.Contents, error) {
	if store.Unavailable != "" {
		return truststore.Contents{}, fmt.Errorf("%w: %s", errUnavailable, store.Unavailable)
	}
	at := d.services.now()
	if !m.EvaluationTime.IsNull() {
		at = timeOf(m.EvaluationTime.ValueString())
	}
	return truststore.Inspect(store.Content, truststore.InspectOptions{
		Format: truststore.Format(m.Format.ValueString()), Password: store.Password, At: at,
		MinimumValidity: durationOf(m.MinimumValidity.ValueString()), Region: m.Region.ValueString(),
	})
}

// unreadableCodes are the codes of the problem that says why nothing of a store
// can be read.
func unreadableCodes() []string {
	return []string{
		string(readiness.TrustStoreUnreadable), string(readiness.WrongTrustStorePassword), string(readiness.TrustStorePasswordNeeded),
		string(readiness.TrustStoreNotCovered), string(readiness.TrustStoreNotAvailable),
	}
}

// unreadable is the first problem of a store of which nothing can be read.
func unreadable(err error, others []truststore.Problem) truststore.Problem {
	code := string(readiness.TrustStoreUnreadable)
	switch {
	case errors.Is(err, truststore.ErrWrongPassword):
		code = string(readiness.WrongTrustStorePassword)
	case errors.Is(err, truststore.ErrPasswordNeeded):
		code = string(readiness.TrustStorePasswordNeeded)
	case errors.Is(err, truststore.ErrUnsupportedFormat), errors.Is(err, truststore.ErrTooLarge):
		code = string(readiness.TrustStoreNotCovered)
	case errors.Is(err, errUnavailable):
		code = string(readiness.TrustStoreNotAvailable)
	}
	return truststore.Problem{Code: code, Detail: err.Error(), Remedy: storeRemedy(err, others)}
}

// storeRemedy says what to do about a store that cannot be read: what its first
// problem says, else what the error asks for.
func storeRemedy(err error, problems []truststore.Problem) string {
	for _, p := range problems {
		if p.Remedy != "" {
			return p.Remedy
		}
	}
	switch {
	case errors.Is(err, errUnavailable):
		return "Use a store and a password that are available where Terraform runs."
	case errors.Is(err, truststore.ErrWrongPassword), errors.Is(err, truststore.ErrPasswordNeeded):
		return "Set the password that the store was written with."
	default:
		return "Write the store again, in a format that its clients read."
	}
}

func formatNames() []string {
	var names []string
	for _, f := range truststore.Formats() {
		names = append(names, string(f))
	}
	return names
}
