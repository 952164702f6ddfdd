package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

// referenceDescription is of every attribute that names an image.
const referenceDescription = "a registry reference with a tag or a digest, or `oci:FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:TAG]`, `dir:FOLDER` or `zip:FILE`"

// imageDataSource reads what is deployed.
func imageDataSource() datasource.DataSource {
	return &answeringSource{local: true, read: readImage, dataSource: dataSource{
		name: "image", attributes: imageSourceAttributes(),
		description: "Reads what is deployed: the PostgreSQL drivers in a container image or an AWS Lambda function, the runtimes that they use, and the trust stores that they would find. Nothing in the image or function is executed. " +
			"The provider logs in to registries with Docker's configuration and credential helpers, and to private registries of Amazon ECR with its own AWS credentials (`ecr:GetAuthorizationToken`, `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`). " +
			"Layers are kept in a cache folder (by default, that of the user who runs Terraform), so an unchanged image needs only one request, for its manifest.",
		rules: []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("image"), path.MatchRoot("archives"))},
	}}
}

func imageSourceAttributes() attributes {
	return attributes{
		"image":             {kind: text, strings: notEmpty(), description: "The image: " + referenceDescription + ". Set either this or `archives`."},
		"archives":          {kind: texts, lists: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(notEmpty()...)}, description: "The zip files of an AWS Lambda function: first its layers in order (their files appear under `/opt`), then the function itself (its files appear under `/var/task`)."},
		"platform":          {kind: text, strings: notEmpty(), description: "Platform, as os/architecture or os/architecture/variant. Only Linux images can be read. Default: `linux/amd64`."},
		"region":            {kind: text, strings: notEmpty(), description: "AWS Region whose RDS root CAs the trust stores should contain. Default: no roots are expected."},
		"limits":            {kind: object, nested: imageLimits(), description: "Limits on what is read from the image. Exceeding one is an error."},
		"digest":            {kind: text, computed: true, description: "Digest of the image's manifest for the platform, `sha256:…`; for a docker-archive, the image's ID; for a zip file, the digest of the file; for several archives, a digest of their digests. Null for `dir:`."},
		"user":              {kind: text, computed: true, description: "User that the image's command runs as; null means root."},
		"home":              {kind: text, computed: true, description: "Home directory: the value that a container runtime such as Docker gives to `HOME`. Null when it is not known."},
		"working_directory": {kind: text, computed: true, description: "Working directory of the image's command; relative paths in the command's settings are relative to this directory."},
		"environment":       {kind: textMap, computed: true, description: "The image's environment variables that drivers, TLS libraries or runtimes read. A variable that contains a secret is left out."},
		"runtimes": {kind: objects, computed: true, description: "Runtimes and libraries in the image.", nested: attributes{
			"name":    {kind: text, description: "`java`, `node`, `python`, `ruby`, `php`, `dotnet`, `openssl` or `libpq`."},
			"version": {kind: text, description: "Version. For libpq, if the image contains the library but no PostgreSQL package, this is only the major version of PostgreSQL."},
			"path":    {kind: text, description: "Where the version was found."},
		}},
		"drivers": {kind: objects, computed: true, description: "PostgreSQL drivers.", nested: attributes{
			"name":            {kind: text, description: "Name of the driver; set it as the `driver` of a client."},
			"version":         {kind: text, description: "Version of the driver; null when it has none of its own."},
			"package":         {kind: text, description: "Name of the package, such as `psycopg2-binary`, if it differs from the driver's name; null otherwise."},
			"runtime_version": {kind: text, description: "Version of the runtime or library that the driver uses; set it as the `runtime_version` of a client. For a Go driver, it is the version of Go that the program was built with. Null when it is not known."},
			"path":            {kind: text, description: "Path of the file in which the driver was found. For a file inside an archive, it has the form `app.jar!/lib/driver.jar`."},
		}},
		"trust_stores": {kind: objects, computed: true, description: "The trust stores of the operating system and of the runtimes, and every file that contains RDS certificates.", nested: attributes{
			"path":     {kind: text, description: "Path of the trust store. For a store inside an archive, it has the form `app.jar!/truststore.jks`."},
			"format":   {kind: text, description: "Format, as detected from the content; null when none was detected."},
			"used_by":  {kind: texts, description: "What reads the store by default: `openssl`, `go`, `dotnet`, `jvm` or `node`. Empty for a file that is read only if settings name it."},
			"held":     {kind: texts, description: "Identifiers of the roots of `region` that the store contains. Without `region`, identifiers of all RDS roots that the store contains, each in the form `region/identifier`."},
			"missing":  {kind: texts, description: "Identifiers of the roots of `region` that the store does not contain as trusted certificates. Empty without `region`."},
			"problems": {kind: texts, description: "Stable codes for what is wrong with the store, the same as those of `sslready_trust_store`."},
		}},
		"unread": {kind: objects, computed: true, description: "Parts that could not be read. Drivers and trust stores in them may have been missed.", nested: attributes{
			"path":   {kind: text, description: "Path of what could not be read."},
			"reason": {kind: text, description: "Why it could not be read."},
		}},
		"drafts": {kind: objects, computed: true, description: "For each driver, a draft of a client declaration. If a driver that is built on libpq was found, there is no draft for libpq itself.", nested: attributes{
			"name":           {kind: text, description: "Name of the client."},
			"driver":         {kind: text, description: "Name of the driver."},
			"driver_version": {kind: text, description: "Version of the driver; null when it has none of its own."},
			"configuration":  {kind: text, description: "The client's declaration in HCL, ready for the argument `clients` of `sslready_trust_store_validation` (the gate) or `sslready_readiness`."},
		}},
	}
}

// readImage finds the image, and looks through all of its files.
func readImage(ctx context.Context, s *services, given fields, diags *diag.Diagnostics) fields {
	query := imageQueryOf(given)
	at := path.Root("image")
	if query.archives != "" {
		at = path.Root("archives")
	}
	found, err := s.images.inspect(ctx, query, given.text("region"))
	if err != nil {
		diags.Append(imageDiagnostic(at, query.String(), err))
		return nil
	}
	return contentsOf(found)
}

// imageLimits are of everything that reads an image.
func imageLimits() attributes {
	positive := []validator.Int64{int64validator.AtLeast(1)}
	return attributes{
		"max_bytes":   {kind: number, numbers: positive, description: "Maximum total size of everything that is unpacked, in bytes. Default: 34359738368 (32 GiB)."},
		"max_entries": {kind: number, numbers: positive, description: "Maximum number of files, folders and links in all layers. Default: 500000."},
		"max_depth":   {kind: number, numbers: positive, description: "Maximum number of folders in a path. Default: 255."},
		"timeout":     {kind: text, strings: oneDuration(), description: "Time limit for finding the image, and for reading each layer; a Go duration such as `90s`. Default: `10m`."},
	}
}

// contentsOf translates what was found.
func contentsOf(found *imageContents) fields {
	d, as := found.Deployment, imageSourceAttributes()
	return fields{
		"digest": optionalText(found.image.Digest), "user": optionalText(d.User), "home": optionalText(d.Home),
		"working_directory": shown(d.WorkingDir), "environment": shownMap(d.Environment),
		"runtimes": as["runtimes"].nested.list(each(d.Runtimes, func(r deployment.Runtime) fields {
			return fields{"name": shown(r.Name), "version": shown(r.Version), "path": shown(r.Path)}
		})),
		"drivers": as["drivers"].nested.list(each(d.Drivers, func(f deployment.Driver) fields {
			return fields{"name": shown(f.Name), "version": optionalText(f.Version), "package": optionalText(f.Package), "runtime_version": optionalText(f.Runtime), "path": shown(f.Path)}
		})),
		"trust_stores": as["trust_stores"].nested.list(each(d.Stores, func(s deployment.Store) fields {
			return fields{
				"path": shown(s.Path), "format": optionalText(s.Format),
				"used_by": textList(s.Uses), "held": textList(s.Held), "missing": textList(s.Missing), "problems": textList(s.Problems),
			}
		})),
		"unread": as["unread"].nested.list(each(d.Unread, func(u deployment.Unread) fields {
			return fields{"path": shown(u.Path), "reason": shown(u.Reason)}
		})),
		"drafts": as["drafts"].nested.list(each(d.Drafts(found.source), func(draft deployment.Draft) fields {
			return fields{
				"name": shown(draft.Name), "driver": shown(draft.Driver), "driver_version": optionalText(draft.DriverVersion), "configuration": shown(draft.Configuration),
			}
		})),
	}
}

// imageContents is a deployment, with its image and the argument that names it.
type imageContents struct {
	*deployment.Deployment

	image  *artifact.Image
	source string
}
