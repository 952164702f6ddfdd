package tfcli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// NewWorkspace makes the folder "configuration" in dir, and beside it a CLI
// configuration that takes both providers from the folder plugins. The
// environment is this process's without a user's own settings of Terraform,
// AWS and PostgreSQL, and with the given entries.
func NewWorkspace(ctx context.Context, dir, plugins string, environment ...string) (*Workspace, error) {
	program, err := Find(ctx)
	if err != nil {
		return nil, err
	}
	settings := filepath.Join(dir, "cli.tfrc")
	if err := os.WriteFile(settings, []byte(overrides(plugins)), 0o600); err != nil {
		return nil, err
	}
	w := &Workspace{Program: program, Dir: filepath.Join(dir, "configuration")}
	w.Environment = append(CleanEnvironment(), "TF_CLI_CONFIG_FILE="+settings, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	w.Environment = append(w.Environment, environment...)
	return w, os.MkdirAll(w.Dir, 0o750)
}

// Command is Terraform with arguments in the workspace.
func (w *Workspace) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.Program, append([]string{"-chdir=" + w.Dir}, arguments...)...)
	command.Env = w.Environment
	return command
}

// BuildProviders builds the provider and the stand-in for hashicorp/aws into
// the folder plugins. It builds as go test does: other flags, such as a release's
// -trimpath, would compile all that they depend on once more.
func BuildProviders(ctx context.Context, plugins string) error {
	const module = "github.com/sslready/terraform-provider-sslready"
	for name, source := range map[string]string{SSLReady: module, AWS: module + "/internal/lab/standin/awsprovider/cmd/terraform-provider-aws"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(plugins, name), source)
		if output, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", name, err, output)
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
