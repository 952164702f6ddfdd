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

// contentsOf translates what was found.
func contentsOf(image *artifact.Image, found *imageContents) fields {
	d, as := found.Deployment, imageSourceAttributes()
	return fields{
		"digest": optionalText(image.Digest), "user": optionalText(d.User), "home": optionalText(d.Home),
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

// imageContents is a deployment, with the argument that names it.
type imageContents struct {
	*deployment.Deployment
	source string
}
