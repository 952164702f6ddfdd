package provider

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

var (
	_ resource.ResourceWithConfigure        = (*trustStoreResource)(nil)
	_ resource.ResourceWithModifyPlan       = (*trustStoreResource)(nil)
	_ resource.ResourceWithConfigValidators = (*trustStoreResource)(nil)
	_ resource.ResourceWithImportState      = (*trustStoreResource)(nil)
)

// trustStoreResource builds a trust store from certificates.
type trustStoreResource struct{ managed }

type builtStoreModel struct {
	Format           types.String `tfsdk:"format"`
	CertificatesPEM  types.List   `tfsdk:"certificates_pem"`
	Stores           types.List   `tfsdk:"stores"`
	RDSRoots         types.Object `tfsdk:"rds_roots"`
	KeepCertificates types.Bool   `tfsdk:"keep_certificates"`
	PasswordWO       types.String `tfsdk:"password_wo"`
	Path             types.String `tfsdk:"path"`
	FileMode         types.String `tfsdk:"file_mode"`
	ContentBase64    types.String `tfsdk:"content_base64"`
	SHA256           types.String `tfsdk:"sha256"`
	Certificates     types.List   `tfsdk:"certificate_sha256"`
}

func (r *trustStoreResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Builds a trust store from PEM certificates, other stores, and RDS roots selected from a bundle, in a form that OpenSSL, Java and Go accept. Because clients must trust the old CA until the switch is over, certificates that the store already contains stay in it, unless `keep_certificates = false`. As long as the certificates and the password stay the same, the store stays the same byte for byte. If a source cannot be read completely, that is an error, so that no certificate goes missing silently. Destroying the resource removes the file, unless something else has changed it.",
		Attributes: schemaOf[schema.Attribute](attributes{
			"format":           {kind: text, required: true, strings: oneOf(builtFormats...), description: "Format of the store: " + codeList(builtFormats, " or ") + "."},
			"certificates_pem": {kind: texts, description: "Certificates in PEM; every block must be a certificate. Default: none."},
			"stores": {kind: objects, description: "Other stores whose trusted certificates are added, in any format that the data source `sslready_trust_store` reads. Default: none.", nested: attributes{
				"path":           {kind: text, strings: notEmpty(), description: "File or directory on the machine where Terraform runs. Relative paths are relative to the directory where Terraform runs. Set exactly one of `path`, `content` and `content_base64`."},
				"content":        {kind: text, sensitive: true, writeOnly: true, description: "Content as text; never stored."},
				"content_base64": {kind: text, sensitive: true, writeOnly: true, description: "Content in Base64; never stored."},
				"password_wo":    {kind: text, sensitive: true, writeOnly: true, description: "Password of this source store; write-only, never stored."},
				"password_env":   {kind: text, strings: oneVariable(), description: "Name of the environment variable that holds the password. The provider reads this variable from its own environment."},
			}},
			"rds_roots": {kind: object, description: "RDS roots to take from a bundle. Default: none.", nested: attributes{
				"bundle_pem":          {kind: text, required: true, writeOnly: true, description: "Content of a bundle of RDS CAs, in PEM; the provider does not download it. Never stored, since it is large."},
				"regions":             {kind: texts, required: true, lists: []validator.List{listvalidator.SizeAtLeast(1)}, description: "AWS Regions whose roots are taken from the bundle."},
				"ca_cert_identifiers": {kind: texts, description: "Identifiers of the CAs whose roots are taken from the bundle. Default: all CAs of the Regions."},
			}},
			"keep_certificates":  {kind: boolean, description: "Whether to keep the certificates that are already in the store, including those in a file that already exists at `path`. Default: `true`."},
			"password_wo":        {kind: text, sensitive: true, writeOnly: true, description: "Password of the store; write-only, never stored. Needed for `jks`; use at least six characters, as `keytool` requires. Without a password, a `pkcs12` store is neither encrypted nor protected against changes. A `pem` store has no password. To change the password, set the new one here and, for a single apply, also list the existing file in `stores` with its old password and set `keep_certificates = false`."},
			"path":               {kind: text, replaces: true, strings: notEmpty(), description: "File to write on the machine where Terraform runs. The file is replaced atomically. Relative paths are relative to the directory where Terraform runs. The folder must exist. An existing file keeps its mode (unless `file_mode` is set) and its owner (if the provider is allowed to set the owner). If the path is a link, its target is written. It is an error if the existing file contains a private key, or if another resource has the same path. Default: no file; the store is in `content_base64`."},
			"file_mode":          {kind: text, strings: []validator.String{stringvalidator.RegexMatches(octalMode, "must be an octal mode such as 0644"), stringvalidator.AlsoRequires(path.MatchRoot("path"))}, description: "Mode of the file at `path`, octal, such as `0644`. Default: the mode of the existing file, else `0600`, so that only the user who runs Terraform can read it."},
			"content_base64":     {kind: text, computed: true, description: "The store in Base64; null with `path`. It contains only certificates, no keys."},
			"sha256":             {kind: text, computed: true, description: "SHA-256 of the store's content, lower-case hexadecimal. Null if the file has disappeared, until the next apply writes it again."},
			"certificate_sha256": {kind: texts, computed: true, description: "SHA-256 of each certificate in the store, lower-case hexadecimal."},
		}),
	}
}

func (r *trustStoreResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.AtLeastOneOf(path.MatchRoot("certificates_pem"), path.MatchRoot("stores"), path.MatchRoot("rds_roots")),
	}
}

// ModifyPlan builds the store from the configuration, where write-only values
// still are, so that the plan says whether its bytes change.
func (r *trustStoreResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var config, plan builtStoreModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.Config.Raw.IsFullyKnown() {
		plan.wait()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	var before builtStoreModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &before)...)
	}
	built, diags := build(ctx, config, before)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.claim(ctx, req.Private, plan.Path)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(leftBehind(config, before, built)...)
	plan.take(built)
	if !plan.Path.IsNull() && otherMode(ctx, plan.Path.ValueString(), plan.FileMode) {
		plan.SHA256 = types.StringUnknown() // So that there is something to apply.
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

// ImportState takes a file that is there already, by its path. The next plan
// says whether the configuration changes it.
func (r *trustStoreResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	store := readPath(ctx, req.ID)
	if store.Unavailable != "" {
		resp.Diagnostics.AddError("Cannot Read the Trust Store", readiness.Sentence(store.Unavailable)+" Import needs the path of a file.")
		return
	}
	format := string(truststore.Detect(store.Content))
	if !slices.Contains(builtFormats, format) {
		resp.Diagnostics.AddError("Cannot Import a Trust Store of This Format", fmt.Sprintf(
			"The detected format of %s is %s, but this resource writes only %s. Instead of importing the file, list it in \"stores\" of a new sslready_trust_store resource.", req.ID, format, codeList(builtFormats, " and ")))
		return
	}
	for name, value := range map[string]string{"path": req.ID, "format": format, "sha256": sha256Of(store.Content)} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// Create builds and writes the store.
func (r *trustStoreResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, ownerKey, []byte(strconv.Quote(rand.Text())))...)
	r.apply(ctx, req.Config, req.Plan, builtStoreModel{}, resp.Private, &resp.State, &resp.Diagnostics)
}

// Update builds and writes the store anew.
func (r *trustStoreResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var before builtStoreModel
	resp.Diagnostics.Append(req.State.Get(ctx, &before)...)
	r.apply(ctx, req.Config, req.Plan, before, resp.Private, &resp.State, &resp.Diagnostics)
}

func (r *trustStoreResource) apply(ctx context.Context, configured tfsdk.Config, planned tfsdk.Plan, before builtStoreModel, private privateState, state *tfsdk.State, diags *diag.Diagnostics) {
	var config, plan builtStoreModel
	diags.Append(configured.Get(ctx, &config)...)
	diags.Append(planned.Get(ctx, &plan)...)
	if diags.HasError() {
		return
	}
	diags.Append(r.claim(ctx, private, plan.Path)...)
	if diags.HasError() {
		return
	}
	diags.Append(plan.write(ctx, config, before)...)
	if !diags.HasError() {
		diags.Append(private.SetKey(ctx, writtenKey, []byte(strconv.Quote(plan.SHA256.ValueString())))...)
		diags.Append(state.Set(ctx, &plan)...)
	}
}

// write builds the store, and fails where that is not what was planned.
func (m *builtStoreModel) write(ctx context.Context, config, before builtStoreModel) diag.Diagnostics {
	built, diags := build(ctx, config, before)
	if diags.HasError() {
		return diags
	}
	if !m.SHA256.IsUnknown() && m.SHA256.ValueString() != built.sha256() {
		diags.AddError("Trust Store Changed Since the Plan", "What goes into the store, or what was already in it, has changed since the plan. Nothing was written. Plan again.")
		return diags
	}
	m.take(built)
	if m.Path.IsNull() || isWritten(ctx, m.Path.ValueString(), built.content, m.FileMode) {
		return diags
	}
	diags.Append(writeFile(ctx, m.Path.ValueString(), built.content, m.FileMode)...)
	return diags
}

// Read notices that the file changed or is gone. It does not fail: the next
// plan speaks.
func (r *trustStoreResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state builtStoreModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || state.Path.IsNull() {
		return
	}
	state.SHA256 = types.StringNull()
	if store := readPath(ctx, state.Path.ValueString()); store.Unavailable == "" {
		state.SHA256 = types.StringValue(sha256Of(store.Content))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Delete removes the file that Create wrote, unless somebody changed it.
func (r *trustStoreResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state builtStoreModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || state.Path.IsNull() {
		return
	}
	// The state has what the last refresh found; what was written is beside it.
	sum := state.SHA256.ValueString()
	written, diags := req.Private.GetKey(ctx, writtenKey)
	resp.Diagnostics.Append(diags...)
	if written != nil {
		sum = string(bytes.Trim(written, `"`))
	}
	resp.Diagnostics.Append(removeFile(ctx, state.Path.ValueString(), sum)...)
	if r.services != nil {
		r.services.written.release(state.Path.ValueString())
	}
}

// claim makes sure that no other resource of this run writes the same file. A
// resource that has no owner yet is planned, or of a version without one.
func (r *trustStoreResource) claim(ctx context.Context, private privateState, file types.String) diag.Diagnostics {
	if r.services == nil || file.IsNull() || file.IsUnknown() {
		return nil
	}
	owner, diags := private.GetKey(ctx, ownerKey)
	if len(owner) > 0 {
		diags.Append(r.services.written.claim(ctx, file.ValueString(), string(owner))...)
	}
	return diags
}

// ownerKey is where a resource keeps an identifier of its own, as JSON.
const ownerKey = "owner"

// octalMode is three octal digits, with or without a zero before them.
var octalMode = regexp.MustCompile(`^0?[0-7]{3}$`)

// writtenKey is where the SHA-256 of what was last written is kept, as JSON.
const writtenKey = "written_sha256"

// keeps says whether certificates that the store held before stay.
func (m *builtStoreModel) keeps() bool {
	return m.KeepCertificates.IsNull() || m.KeepCertificates.ValueBool()
}

// wait leaves the outputs to the apply.
func (m *builtStoreModel) wait() {
	m.ContentBase64, m.SHA256 = types.StringUnknown(), types.StringUnknown()
	m.Certificates = types.ListUnknown(types.StringType)
	if !m.Path.IsNull() && !m.Path.IsUnknown() {
		m.ContentBase64 = types.StringNull()
	}
}

// take fills in the outputs.
func (m *builtStoreModel) take(built builtStore) {
	m.SHA256, m.Certificates, m.ContentBase64 = types.StringValue(built.sha256()), textList(built.fingerprints), types.StringNull()
	if m.Path.IsNull() {
		m.ContentBase64 = types.StringValue(base64.StdEncoding.EncodeToString(built.content))
	}
}
