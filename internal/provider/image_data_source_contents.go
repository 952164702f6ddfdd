package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

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

func imageRuntimeAttributes() attributes {
	return attributes{
		"name":    {kind: text, description: "`java`, `node`, `python`, `ruby`, `php`, `dotnet`, `openssl` or `libpq`."},
		"version": {kind: text, description: "Version. For libpq, if the image contains the library but no PostgreSQL package, this is only the major version of PostgreSQL."},
		"path":    {kind: text, description: "Where the version was found."},
	}
}

func imageDriverAttributes() attributes {
	return attributes{
		"name":            {kind: text, description: "Name of the driver; set it as the `driver` of a client."},
		"version":         {kind: text, description: "Version of the driver; null when it has none of its own."},
		"package":         {kind: text, description: "Name of the package, such as `psycopg2-binary`, if it differs from the driver's name; null otherwise."},
		"runtime_version": {kind: text, description: "Version of the runtime or library that the driver uses; set it as the `runtime_version` of a client. For a Go driver, it is the version of Go that the program was built with. Null when it is not known."},
		"path":            {kind: text, description: "Path of the file in which the driver was found. For a file inside an archive, it has the form `app.jar!/lib/driver.jar`."},
	}
}

func imageTrustStoreAttributes() attributes {
	return attributes{
		"path":     {kind: text, description: "Path of the trust store. For a store inside an archive, it has the form `app.jar!/truststore.jks`."},
		"format":   {kind: text, description: "Format, as detected from the content; null when none was detected."},
		"used_by":  {kind: texts, description: "What reads the store by default: `openssl`, `go`, `dotnet`, `jvm` or `node`. Empty for a file that is read only if settings name it."},
		"held":     {kind: texts, description: "Identifiers of the roots of `region` that the store contains. Without `region`, identifiers of all RDS roots that the store contains, each in the form `region/identifier`."},
		"missing":  {kind: texts, description: "Identifiers of the roots of `region` that the store does not contain as trusted certificates. Empty without `region`."},
		"problems": {kind: texts, description: "Stable codes for what is wrong with the store, the same as those of `sslready_trust_store`."},
	}
}

func imageUnreadAttributes() attributes {
	return attributes{"path": {kind: text, description: "Path of what could not be read."}, "reason": {kind: text, description: "Why it could not be read."}}
}

func imageDraftAttributes() attributes {
	return attributes{
		"name":           {kind: text, description: "Name of the client."},
		"driver":         {kind: text, description: "Name of the driver."},
		"driver_version": {kind: text, description: "Version of the driver; null when it has none of its own."},
		"configuration":  {kind: text, description: "The client's declaration in HCL, ready for the argument `clients` of `sslready_trust_store_validation` (the gate) or `sslready_readiness`."},
	}
}

// contentsOf translates what was found.
func contentsOf(image *artifact.Image, found *imageContents) fields {
	d := found.Deployment
	return fields{
		"digest": optionalText(image.Digest), "user": optionalText(d.User), "home": optionalText(d.Home),
		"working_directory": shown(d.WorkingDir), "environment": shownMap(d.Environment),
		"runtimes": imageRuntimeAttributes().list(each(d.Runtimes, func(r deployment.Runtime) fields {
			return fields{"name": shown(r.Name), "version": shown(r.Version), "path": shown(r.Path)}
		})),
		"drivers": imageDriverAttributes().list(each(d.Drivers, func(f deployment.Driver) fields {
			return fields{"name": shown(f.Name), "version": optionalText(f.Version), "package": optionalText(f.Package), "runtime_version": optionalText(f.Runtime), "path": shown(f.Path)}
		})),
		"trust_stores": imageTrustStoreAttributes().list(each(d.Stores, func(s deployment.Store) fields {
			return fields{
				"path": shown(s.Path), "format": optionalText(s.Format),
				"used_by": textList(s.Uses), "held": textList(s.Held), "missing": textList(s.Missing), "problems": textList(s.Problems),
			}
		})),
		"unread": imageUnreadAttributes().list(each(d.Unread, func(u deployment.Unread) fields {
			return fields{"path": shown(u.Path), "reason": shown(u.Reason)}
		})),
		"drafts": imageDraftAttributes().list(each(d.Drafts(found.source), func(draft deployment.Draft) fields {
			return fields{
				"name": shown(draft.Name), "driver": shown(draft.Driver), "driver_version": optionalText(draft.DriverVersion), "configuration": shown(draft.Configuration),
			}
		})),
	}
}

// imageContents is a deployment, with the argument that names it.
type imageContents struct {
	*deployment.Deployment
	source string
}
