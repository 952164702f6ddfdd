package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// terraform runs the demo's configuration with the provider and the stand-in
// for hashicorp/aws, both just built.
type terraform struct{ workspace *tfcli.Workspace }

func newTerraform(ctx context.Context, dir string) (*terraform, error) {
	plugins := filepath.Join(dir, "plugins")
	workspace, err := tfcli.NewWorkspace(ctx, dir, plugins)
	if err != nil {
		return nil, err
	}
	if err := tfcli.BuildProviders(ctx, plugins); err != nil {
		return nil, err
	}
	configuration, err := examples.Files.ReadFile("demo/main.tf")
	if err != nil {
		return nil, err
	}
	return &terraform{workspace: workspace}, os.WriteFile(filepath.Join(workspace.Dir, "main.tf"), configuration, 0o600)
}

func (t *terraform) run(ctx context.Context, arguments ...string) (string, error) {
	output, err := t.workspace.Command(ctx, arguments...).CombinedOutput()
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
