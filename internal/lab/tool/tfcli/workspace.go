package tfcli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// The providers that a configuration of the lab may use, by the names that
// their binaries must have.
const (
	SSLReady = "terraform-provider-sslready"
	AWS      = "terraform-provider-aws"
)

// Workspace is a folder with a configuration in which Terraform runs with the
// providers of another folder.
type Workspace struct {
	// Program is terraform or tofu.
	Program string
	// Dir is where the configuration lies.
	Dir string
	// Environment is the whole environment of the program.
	Environment []string
}

// NewWorkspace makes the folder "configuration" in dir with a configuration, and
// beside it a CLI configuration that takes both providers from the folder plugins.
// The environment is this process's without a user's own settings of Terraform,
// AWS and PostgreSQL, and with the given entries.
func NewWorkspace(ctx context.Context, dir, plugins string, configuration []byte, environment ...string) (*Workspace, error) {
	program, err := Find(ctx)
	if err != nil {
		return nil, err
	}
	settings := filepath.Join(dir, "cli.tfrc")
	w := &Workspace{Program: program, Dir: filepath.Join(dir, "configuration")}
	w.Environment = append(CleanEnvironment(), "TF_CLI_CONFIG_FILE="+settings, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	w.Environment = append(w.Environment, environment...)
	return w, errors.Join(os.MkdirAll(w.Dir, 0o750), os.WriteFile(settings, []byte(overrides(plugins)), 0o600), w.Configure("main.tf", configuration))
}

// Configure writes a file of the configuration.
func (w *Workspace) Configure(name string, content []byte) error {
	return os.WriteFile(filepath.Join(w.Dir, name), content, 0o600)
}

// Command is Terraform with arguments in the workspace.
func (w *Workspace) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	terraform := exec.CommandContext(ctx, w.Program, append([]string{"-chdir=" + w.Dir}, arguments...)...)
	terraform.Env = w.Environment
	return terraform
}

// Planned reads an output from the plan that was saved as "plan".
func (w *Workspace) Planned(ctx context.Context, output string, into any) error {
	var plan struct {
		PlannedValues struct {
			Outputs map[string]struct {
				Value json.RawMessage `json:"value"`
			} `json:"outputs"`
		} `json:"planned_values"`
	}
	shown, _, err := command.Measure(w.Command(ctx, "show", "-json", "plan"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(shown, &plan); err != nil {
		return err
	}
	return json.Unmarshal(plan.PlannedValues.Outputs[output].Value, into)
}

// Output reads an output from the state.
func (w *Workspace) Output(ctx context.Context, output string, into any) error {
	written, _, err := command.Measure(w.Command(ctx, "output", "-json", "-no-color", output))
	if err != nil {
		return err
	}
	return json.Unmarshal(written, into)
}

// BuildProviders builds the provider, and the stand-in for hashicorp/aws where it
// is wanted, into the folder plugins. It builds as go test does: other flags, such
// as a release's -trimpath, would compile all that they depend on once more.
func BuildProviders(ctx context.Context, plugins string, names ...string) error {
	const module = "github.com/sslready/terraform-provider-sslready"
	sources := map[string]string{SSLReady: module, AWS: module + "/internal/lab/standin/awsprovider/cmd/terraform-provider-aws"}
	for _, name := range names {
		if _, _, err := command.Measure(exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(plugins, name), sources[name])); err != nil {
			return fmt.Errorf("build %s: %w", name, err)
		}
	}
	return nil
}

// CleanEnvironment is this process's environment without what would change
// the meaning of a run: a user's own settings of Terraform, AWS and
// PostgreSQL.
func CleanEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "PG") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// AWSEnvironment is the clean environment with an API in the place of AWS's.
func AWSEnvironment(api, region string) []string {
	return append(CleanEnvironment(), "LC_ALL=C", "AWS_ENDPOINT_URL="+api, "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region,
		"AWS_ACCESS_KEY_ID=lab", "AWS_SECRET_ACCESS_KEY=lab", "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=")
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
