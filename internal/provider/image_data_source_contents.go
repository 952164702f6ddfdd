package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

type (
	imageRuntime struct {
		Name    types.String `tfsdk:"name"`
		Version types.String `tfsdk:"version"`
		Path    types.String `tfsdk:"path"`
	}
	imageDriver struct {
		Name    types.String `tfsdk:"name"`
		Version types.String `tfsdk:"version"`
		Package types.String `tfsdk:"package"`
		Runtime types.String `tfsdk:"runtime_version"`
		Path    types.String `tfsdk:"path"`
	}
	imageTrustStore struct {
		Path     types.String   `tfsdk:"path"`
		Format   types.String   `tfsdk:"format"`
		Uses     []types.String `tfsdk:"used_by"`
		Held     []types.String `tfsdk:"held"`
		Missing  []types.String `tfsdk:"missing"`
		Problems []types.String `tfsdk:"problems"`
	}
	imageUnreadModel struct {
		Path   types.String `tfsdk:"path"`
		Reason types.String `tfsdk:"reason"`
	}
	imageDraft struct {
		Name          types.String `tfsdk:"name"`
		Driver        types.String `tfsdk:"driver"`
		DriverVersion types.String `tfsdk:"driver_version"`
		Configuration types.String `tfsdk:"configuration"`
	}
)

func computedText(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

func computedTexts(description string) schema.Attribute {
	return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

// imageLimits are of everything that reads an image.
func imageLimits() attributes {
	positive := []validator.Int64{int64validator.AtLeast(1)}
	return attributes{
		"max_bytes":   {kind: number, numbers: positive, description: "Size of everything that is unpacked, in bytes. Default: 34359738368 (32 GiB)."},
		"max_entries": {kind: number, numbers: positive, description: "Number of files, folders and links in all layers. Default: 500000."},
		"max_depth":   {kind: number, numbers: positive, description: "Number of folders in a path. Default: 255."},
		"timeout":     {kind: text, strings: oneDuration(), description: "Time limit for finding the image, and for reading each layer; a Go duration such as `90s`. Default: `10m`."},
	}
}

func imageRuntimeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":    computedText("`java`, `node`, `python`, `ruby`, `php`, `dotnet`, `openssl` or `libpq`."),
		"version": computedText("Version; for libpq, only PostgreSQL's major version if the image contains just the library."),
		"path":    computedText("Where the version was found."),
	}
}

func imageDriverAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":            computedText("Name of the driver, for `driver` of a client."),
		"version":         computedText("Version of the driver; null when it has none of its own."),
		"package":         computedText("Name of the package, if it differs from the driver's name, such as `psycopg2-binary`; null otherwise."),
		"runtime_version": computedText("Version of the runtime or library that it uses, for `runtime_version` of a client; for Go, the version that it was built with. Null when it is not known."),
		"path":            computedText("The file in which the driver was found; inside an archive, such as `app.jar!/lib/driver.jar`."),
	}
}

func imageTrustStoreAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"path":     computedText("Path; inside an archive, such as `app.jar!/truststore.jks`."),
		"format":   computedText("Format, as detected from the content; null when none was detected."),
		"used_by":  computedTexts("What reads it by default: `openssl`, `go`, `dotnet`, `jvm` or `node`. Empty for a file that is read only if settings name it."),
		"held":     computedTexts("Identifiers of the roots of `region` that it contains; without `region`, of all Regions, as `region/identifier`."),
		"missing":  computedTexts("Identifiers of the roots of `region` that it does not contain as trusted certificates. Empty without `region`."),
		"problems": computedTexts("Stable codes for what is wrong with it, the same as those of `sslready_trust_store`."),
	}
}

func imageUnreadAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{"path": computedText("Path."), "reason": computedText("Why it could not be read.")}
}

func imageDraftAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"name":           computedText("Name of the client."),
		"driver":         computedText("Name of the driver."),
		"driver_version": computedText("Version of the driver; null when it has none of its own."),
		"configuration":  computedText("The client in HCL, ready for `clients`."),
	}
}

// fill translates what was found.
func (m *imageModel) fill(image *artifact.Image, found *imageContents) {
	d := found.Deployment
	m.Digest, m.User, m.Home = optionalText(image.Digest), optionalText(d.User), optionalText(d.Home)
	m.WorkingDirectory, m.Environment = shown(d.WorkingDir), shownMap(d.Environment)
	m.Runtimes, m.Drivers, m.TrustStores = []imageRuntime{}, []imageDriver{}, []imageTrustStore{}
	m.Unread, m.Drafts = []imageUnreadModel{}, []imageDraft{}
	for _, r := range d.Runtimes {
		m.Runtimes = append(m.Runtimes, imageRuntime{shown(r.Name), shown(r.Version), shown(r.Path)})
	}
	for _, f := range d.Drivers {
		m.Drivers = append(m.Drivers, imageDriver{
			Name: shown(f.Name), Version: optionalText(f.Version), Package: optionalText(f.Package), Runtime: optionalText(f.Runtime), Path: shown(f.Path),
		})
	}
	for _, s := range d.Stores {
		m.TrustStores = append(m.TrustStores, imageTrustStore{
			Path: shown(s.Path), Format: optionalText(s.Format), Uses: texted(s.Uses), Held: texted(s.Held), Missing: texted(s.Missing), Problems: texted(s.Problems),
		})
	}
	for _, u := range d.Unread {
		m.Unread = append(m.Unread, imageUnreadModel{shown(u.Path), shown(u.Reason)})
	}
	for _, draft := range d.Drafts(found.source) {
		m.Drafts = append(m.Drafts, imageDraft{
			Name: shown(draft.Name), Driver: shown(draft.Driver), DriverVersion: optionalText(draft.DriverVersion), Configuration: shown(draft.Configuration),
		})
	}
}

// imageContents is a deployment, with the argument that names it.
type imageContents struct {
	*deployment.Deployment
	source string
}
