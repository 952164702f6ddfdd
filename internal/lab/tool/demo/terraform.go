package main

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/tfcli"
)

// newWorkspace has the demo's configuration, the provider and the stand-in for
// hashicorp/aws, both just built.
func newWorkspace(ctx context.Context, dir string) (*tfcli.Workspace, error) {
	plugins := filepath.Join(dir, "plugins")
	if err := tfcli.BuildProviders(ctx, plugins, tfcli.SSLReady, tfcli.AWS); err != nil {
		return nil, err
	}
	configuration, err := examples.Files.ReadFile("demo/main.tf")
	if err != nil {
		return nil, err
	}
	return tfcli.NewWorkspace(ctx, dir, plugins, configuration)
}

// variables say what a step wants.
type variables struct{ target, onUnready, team string }

// terraform runs a step; its error has what was printed.
func (d *demo) terraform(ctx context.Context, v variables, arguments ...string) (string, error) {
	for name, value := range map[string]string{
		"api": d.rds.URL, "region": regionName, "root_certificates": d.store("roots"), "stores": d.stores, "target": v.target, "on_unready": v.onUnready, "team": v.team,
	} {
		arguments = append(arguments, "-var="+name+"="+value)
	}
	output, _, err := command.Measure(d.Command(ctx, append(arguments, "-input=false", "-no-color")...))
	return string(output), err
}

func (d *demo) apply(ctx context.Context, v variables) error {
	_, err := d.terraform(ctx, v, "apply", "-auto-approve")
	return err
}

// output is a text that the configuration gives.
func (d *demo) output(ctx context.Context, name string) (text string, err error) {
	err = d.Output(ctx, name, &text)
	return text, err
}

// diagnostics are the errors of Terraform's output, without the rest.
func diagnostics(output string) string {
	if _, errors, found := strings.Cut(output, "Error: "); found {
		return "Error: " + strings.TrimSpace(errors)
	}
	return strings.TrimSpace(output)
}
