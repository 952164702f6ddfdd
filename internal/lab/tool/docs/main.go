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

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

func main() {
	tool := flag.String("tfplugindocs", "tfplugindocs", "path of tfplugindocs")
	flag.Parse()
	if err := generate(context.Background(), *tool); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const configuration = `terraform {
  required_providers {
    sslready = { source = "registry.terraform.io/sslready/sslready" }
  }
}
`

func generate(ctx context.Context, tool string) (err error) {
	dir, err := os.MkdirTemp("", "sslready-docs-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program, err := tfcli.Find(ctx)
	if err != nil {
		return err
	}
	plugins := filepath.Join(dir, "plugins")
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(plugins, "terraform-provider-sslready"), ".").CombinedOutput(); err != nil { //nolint:gosec // Our own arguments.
		return fmt.Errorf("build the provider: %w: %s", err, output)
	}
	cliConfig := filepath.Join(dir, "cli.tfrc")
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"registry.terraform.io/sslready/sslready\" = %q\n  }\n  direct {}\n}\n", plugins)
	if err := errors.Join(
		os.WriteFile(cliConfig, []byte(overrides), 0o600),
		os.WriteFile(filepath.Join(dir, "main.tf"), []byte(configuration), 0o600),
	); err != nil {
		return err
	}
	schema := exec.CommandContext(ctx, program, "-chdir="+dir, "providers", "schema", "-json") //nolint:gosec // Our own arguments.
	schema.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+cliConfig, "CHECKPOINT_DISABLE=1")
	output, err := schema.Output()
	if err != nil {
		return fmt.Errorf("read the provider's schema: %w", err)
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
		docs := exec.CommandContext(ctx, tool, arguments...) //nolint:gosec // Our own arguments.
		output, err := docs.CombinedOutput()
		if err != nil {
			return fmt.Errorf("tfplugindocs %s: %w\n%s", arguments[0], err, output)
		}
		if arguments[0] == "generate" {
			if err := errors.Join(fill("docs"), groupArguments("docs")); err != nil {
				return err
			}
		}
	}
	return nil
}
