package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
)

var (
	_ datasource.DataSourceWithConfigure        = (*imageDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*imageDataSource)(nil)
)

// imageDataSource reads what is deployed.
type imageDataSource struct{ services *services }

type imageModel struct {
	Image            types.String       `tfsdk:"image"`
	Archives         []types.String     `tfsdk:"archives"`
	Platform         types.String       `tfsdk:"platform"`
	Region           types.String       `tfsdk:"region"`
	Limits           *imageLimitsModel  `tfsdk:"limits"`
	Digest           types.String       `tfsdk:"digest"`
	User             types.String       `tfsdk:"user"`
	Home             types.String       `tfsdk:"home"`
	WorkingDirectory types.String       `tfsdk:"working_directory"`
	Environment      types.Map          `tfsdk:"environment"`
	Runtimes         []imageRuntime     `tfsdk:"runtimes"`
	Drivers          []imageDriver      `tfsdk:"drivers"`
	TrustStores      []imageTrustStore  `tfsdk:"trust_stores"`
	Unread           []imageUnreadModel `tfsdk:"unread"`
	Drafts           []imageDraft       `tfsdk:"drafts"`
}

type imageLimitsModel struct {
	MaxBytes   types.Int64  `tfsdk:"max_bytes"`
	MaxEntries types.Int64  `tfsdk:"max_entries"`
	MaxDepth   types.Int64  `tfsdk:"max_depth"`
	Timeout    types.String `tfsdk:"timeout"`
}

func (m *imageLimitsModel) limits() artifact.Limits {
	if m == nil {
		return artifact.Limits{}
	}
	return artifact.Limits{
		Octets: m.MaxBytes.ValueInt64(), Entries: int(m.MaxEntries.ValueInt64()), Depth: int(m.MaxDepth.ValueInt64()), Time: durationOf(m.Timeout.ValueString()),
	}
}

func (d *imageDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_image"
}

func (d *imageDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.services = servicesFrom(req.ProviderData, &resp.Diagnostics)
}

// referenceDescription is of every attribute that names an image.
const referenceDescription = "a registry reference with a tag or a digest, or `oci:FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:TAG]`, `dir:FOLDER` or `zip:FILE`"

func (d *imageDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads what is deployed: the PostgreSQL drivers in a container image or an AWS Lambda function, the runtimes that they use, and the trust stores that they would find. Nothing in it is executed. " +
			"The provider logs in to registries with docker's credential helpers and configuration, and to private registries of Amazon ECR with its own AWS credentials (`ecr:GetAuthorizationToken`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`). " +
			"Layers are kept in the user's cache folder, so an unchanged image needs only one request, for its manifest.",
		Attributes: map[string]schema.Attribute{
			"image":             schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "The image: " + referenceDescription + ". Set either this or `archives`."},
			"archives":          schema.ListAttribute{Optional: true, ElementType: types.StringType, Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(notEmpty()...)}, MarkdownDescription: "The zip files of an AWS Lambda function: its layers in order, found under `/opt`, then the function itself, found under `/var/task`."},
			"platform":          schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "Platform, as os/architecture or os/architecture/variant. Only Linux is read. Default: `linux/amd64`."},
			"region":            schema.StringAttribute{Optional: true, Validators: notEmpty(), MarkdownDescription: "AWS Region whose RDS roots the trust stores should contain. Default: no roots are expected."},
			"limits":            schema.SingleNestedAttribute{Optional: true, MarkdownDescription: "Limits on what is read from the image. Exceeding one is an error.", Attributes: imageLimits().dataSource()},
			"digest":            schema.StringAttribute{Computed: true, MarkdownDescription: "Digest of the image's manifest for the platform, `sha256:…`; for a docker-archive, the image's ID; for a zip file, the digest of the file. Null for `dir:`."},
			"user":              schema.StringAttribute{Computed: true, MarkdownDescription: "User that the image's command runs as; null means root."},
			"home":              schema.StringAttribute{Computed: true, MarkdownDescription: "Home directory, as the container's runtime sets `HOME`; null when it is not known."},
			"working_directory": schema.StringAttribute{Computed: true, MarkdownDescription: "Directory from which relative paths are resolved."},
			"environment":       schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "The image's variables that drivers, TLS libraries and runtimes read. A variable that contains a secret is left out."},
			"runtimes":          schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Runtimes and libraries in the image.", NestedObject: schema.NestedAttributeObject{Attributes: imageRuntimeAttributes()}},
			"drivers":           schema.ListNestedAttribute{Computed: true, MarkdownDescription: "PostgreSQL drivers.", NestedObject: schema.NestedAttributeObject{Attributes: imageDriverAttributes()}},
			"trust_stores":      schema.ListNestedAttribute{Computed: true, MarkdownDescription: "The trust stores of the operating system and of the runtimes, and every file that contains RDS certificates.", NestedObject: schema.NestedAttributeObject{Attributes: imageTrustStoreAttributes()}},
			"unread":            schema.ListNestedAttribute{Computed: true, MarkdownDescription: "What could not be read. Drivers and trust stores in it may have been missed.", NestedObject: schema.NestedAttributeObject{Attributes: imageUnreadAttributes()}},
			"drafts":            schema.ListNestedAttribute{Computed: true, MarkdownDescription: "A draft of a client declaration for each driver.", NestedObject: schema.NestedAttributeObject{Attributes: imageDraftAttributes()}},
		},
	}
}

func (d *imageDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("image"), path.MatchRoot("archives"))}
}

// Read finds the image, and looks through all of its files.
func (d *imageDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model imageModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	query := newImageQuery(model.Image.ValueString(), stringsOf(model.Archives), model.Platform.ValueString(), model.Limits.limits())
	at := path.Root("image")
	if query.archives != "" {
		at = path.Root("archives")
	}
	image, err := d.services.images.open(ctx, query)
	if err == nil {
		var found *imageContents
		if found, err = d.services.images.inspect(ctx, query, model.Region.ValueString()); err == nil {
			model.fill(image, found)
		}
	}
	if err != nil {
		resp.Diagnostics.Append(imageDiagnostic(at, query.String(), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
