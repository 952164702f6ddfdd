package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tfcli"
)

// terraform runs the demo's configuration with the provider and the stand-in
// for hashicorp/aws, both just built.
type terraform struct {
	program, dir, cliConfig string
}

func newTerraform(ctx context.Context, dir string) (*terraform, error) {
	program, err := tfcli.Find(ctx)
	if err != nil {
		return nil, err
	}
	plugins := filepath.Join(dir, "plugins")
	for name, source := range map[string]string{
		"terraform-provider-sslready": ".",
		"terraform-provider-aws":      "./internal/lab/awsprovider/cmd/terraform-provider-aws",
	} {
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(plugins, name), source)
		if output, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w: %s", name, err, output)
		}
	}
	t := &terraform{program: program, dir: filepath.Join(dir, "configuration"), cliConfig: filepath.Join(dir, "cli.tfrc")}
	if err := os.WriteFile(t.cliConfig, []byte(overrides(plugins)), 0o600); err != nil {
		return nil, err
	}
	configuration, err := examples.Files.ReadFile("demo/main.tf")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(t.dir, 0o750); err != nil {
		return nil, err
	}
	return t, os.WriteFile(filepath.Join(t.dir, "main.tf"), configuration, 0o600)
}

// overrides is a CLI configuration that takes both providers from a folder,
// for Terraform and for OpenTofu.
func overrides(plugins string) string {
	var b strings.Builder
	b.WriteString("provider_installation {\n  dev_overrides {\n")
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		fmt.Fprintf(&b, "    %q = %q\n    %q = %q\n", host+"/sslready/sslready", plugins, host+"/hashicorp/aws", plugins)
	}
	b.WriteString("  }\n  direct {}\n}\n")
	return b.String()
}

func (t *terraform) run(ctx context.Context, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, t.program, append([]string{"-chdir=" + t.dir}, arguments...)...)
	command.Env = append(cleanEnvironment(), "TF_CLI_CONFIG_FILE="+t.cliConfig, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	output, err := command.CombinedOutput()
	return string(output), err
}

func (t *terraform) plan(ctx context.Context, variables []string) (string, error) {
	return t.run(ctx, append([]string{"plan", "-input=false", "-no-color"}, withVar(variables)...)...)
}

func (t *terraform) apply(ctx context.Context, variables []string) error {
	output, err := t.run(ctx, append([]string{"apply", "-input=false", "-no-color", "-auto-approve"}, withVar(variables)...)...)
	if err != nil {
		return fmt.Errorf("terraform apply: %w\n%s", err, output)
	}
	return nil
}

type outputs struct {
	Enforced, Summary, CACertIdentifier string
	Connected                           []string
}

func (t *terraform) outputs(ctx context.Context) (outputs, error) {
	var all outputs
	for name, into := range map[string]any{
		"enforced": &all.Enforced, "summary": &all.Summary, "ca_cert_identifier": &all.CACertIdentifier, "connected": &all.Connected,
	} {
		output, err := t.run(ctx, "output", "-json", "-no-color", name)
		if err != nil {
			return all, fmt.Errorf("terraform output: %w\n%s", err, output)
		}
		if err := json.Unmarshal(bytes.TrimSpace([]byte(output)), into); err != nil {
			return all, err
		}
	}
	return all, nil
}

func withVar(variables []string) []string {
	arguments := make([]string, len(variables))
	for i, v := range variables {
		arguments[i] = "-var=" + v
	}
	return arguments
}

// diagnostics are the errors of Terraform's output, without the rest.
func diagnostics(output string) string {
	if _, errors, found := strings.Cut(output, "Error: "); found {
		return "Error: " + strings.TrimSpace(errors)
	}
	return strings.TrimSpace(output)
}

// cleanEnvironment is the environment without what would change the meaning
// of the demo: a user's own settings of Terraform, AWS and PostgreSQL.
func cleanEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "PG") {
			kept = append(kept, entry)
		}
	}
	return kept
}
