package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
)

// imageAttributes are of a client that is read where it is deployed.
func imageAttributes() attributes {
	return attributes{
		"image":    {kind: text, strings: notEmpty(), description: "The image that the client runs in: " + referenceDescription + ". With `image`, the client gets its files, variables, runtimes and driver versions from the image, and needs no `trust_store`. Anything that you declare in addition takes precedence, and a contradiction is reported as a finding. Default: no image; only what you declare counts."},
		"archives": {kind: texts, lists: named(), description: "Instead of `image`: the zip files of an AWS Lambda function. List the function's layers in order, then the function itself."},
		"platform": {kind: text, strings: notEmpty(), description: "Platform of `image`, as os/architecture or os/architecture/variant. Default: `linux/amd64`."},
		"command":  {kind: texts, description: "Entry point and command of the deployment, as a list of words: `entryPoint` and `command` of an ECS task, or `command` and `args` in Kubernetes. Set this argument if the deployment overrides those of the image. The provider looks in this command for options of `java` and `node`, and reads the shell scripts that the command runs. Default: the image's own."},
		"limits":   {kind: object, nested: imageLimits(), description: "Limits on reading `image` or `archives`. If one is exceeded, the client's outcome is `indeterminate`."},
	}
}

// validateImage refuses a client that says twice where it is deployed.
func validateImage(client fields, at path.Path, name string) diag.Diagnostics {
	var diags diag.Diagnostics
	if client.isSet("image") && client.isSet("archives") {
		diags.AddAttributeError(at.AtName("archives"), "Ambiguous Client Image", fmt.Sprintf(
			"Client %q: both \"image\" and \"archives\" are set, so it is not clear which one the client runs in. Keep one.", name))
	}
	return diags
}

// completeByImages completes the clients by what is deployed, and says what was
// found. An image that cannot be read leaves its client undecided.
func completeByImages(ctx context.Context, s *services, declared map[string]attr.Value, clients []readiness.Client) []readiness.Finding {
	var findings []readiness.Finding
	for i := range clients {
		client := fieldsOf(declared[clients[i].Name])
		if !client.isSet("image") && !client.isSet("archives") {
			continue
		}
		query := imageQueryOf(client)
		findings = append(findings, s.images.complete(ctx, query, client, &clients[i])...)
	}
	return findings
}

func (r *imageReader) complete(ctx context.Context, query imageQuery, declared fields, client *readiness.Client) []readiness.Finding {
	contents, err := r.inspect(ctx, query, "")
	if err != nil {
		client.Unknown = fmt.Sprintf("the image %s cannot be read: %v. %s", query, err, imageRemedy(err))
		return nil
	}
	image := contents.image
	config := configOf(image)
	if declared.isSet("command") {
		config.Entrypoint, config.Cmd = nil, declared.texts("command")
	}
	found := deployment.ClientOf(image.Files(ctx), config, client.Settings, func() (*deployment.Deployment, error) { return contents.Deployment, nil })
	client.Settings = found.Settings
	if found.StorePath != "" {
		client.Store.Content = found.Store
	}
	if found.Unknown != "" {
		client.Unknown = "image " + query.String() + ": " + found.Unknown
	}
	findings := []readiness.Finding{{Severity: readiness.Info, Code: readiness.FindingImage, Client: client.Name, Detail: evidenceOf(query, image, found)}}
	for _, contradiction := range found.Contradictions {
		findings = append(findings, readiness.Finding{Severity: readiness.Warning, Code: readiness.FindingContradictsImage, Client: client.Name, Detail: readiness.Sentence(contradiction)})
	}
	return findings
}

// evidenceOf says what the client's verdict rests on.
func evidenceOf(query imageQuery, image *artifact.Image, found deployment.Client) string {
	text := "The verdict is based on the image " + query.String()
	if image.Digest != "" {
		text += " (" + image.Digest + ")"
	}
	driver := strings.TrimSpace(found.Settings.Driver + " " + found.Settings.Version)
	if found.Settings.Runtime != "" {
		driver += " on " + found.Settings.Runtime
	}
	text += ": " + driver
	switch {
	case found.Unknown != "":
		return text + ". The verdict is indeterminate: " + found.Unknown + "."
	case found.StorePath != "":
		return text + ", and the trust store " + found.StorePath + "."
	case found.Settings.StoreDeclared:
		return text + ", and the declared trust store."
	default:
		return text + ". No trust store was found where the client's settings point."
	}
}
