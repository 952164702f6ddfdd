// Command docs writes the reference documentation: it builds the provider,
// asks Terraform or OpenTofu for its schema, and gives that to tfplugindocs
// with the prose of templates and the configurations of examples. The tables of
// codes and drivers it makes from the domain's lists. It then validates what came out.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

func main() {
	tool := flag.String("tfplugindocs", "tfplugindocs", "path of tfplugindocs")
	flag.Parse()
	command.Main("docs", func(ctx context.Context, dir string) error { return generate(ctx, dir, *tool) })
}

const configuration = `terraform {
  required_providers {
    sslready = { source = "registry.terraform.io/sslready/sslready" }
  }
}
`

func generate(ctx context.Context, dir, tool string) error {
	plugins := filepath.Join(dir, "plugins")
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady); err != nil {
		return err
	}
	workspace, err := tfcli.NewWorkspace(ctx, dir, plugins, []byte(configuration))
	if err != nil {
		return err
	}
	output, _, err := command.Measure(workspace.Command(ctx, "providers", "schema", "-json"))
	if err != nil {
		return err
	}
	schemaFile := filepath.Join(dir, "schema.json")
	// The object starts after what development overrides warn of; tfplugindocs
	// looks for the provider among HashiCorp's.
	document := string(output[max(0, bytes.IndexByte(output, '{')):])
	document = strings.Replace(document, "registry.terraform.io/sslready/sslready", "registry.terraform.io/hashicorp/sslready", 1)
	if err := os.WriteFile(schemaFile, []byte(document), 0o600); err != nil {
		return err
	}
	for _, arguments := range [][]string{
		{"generate", "--provider-name", "sslready", "--rendered-provider-name", "sslready", "--providers-schema", schemaFile},
		{"validate", "--provider-name", "sslready", "--providers-schema", schemaFile},
	} {
		if _, _, err := command.Measure(exec.CommandContext(ctx, tool, arguments...)); err != nil {
			return fmt.Errorf("%s: %w", arguments[0], err)
		}
		if arguments[0] == "generate" {
			if err := errors.Join(fill("docs"), groupArguments("docs")); err != nil {
				return err
			}
		}
	}
	return nil
}
