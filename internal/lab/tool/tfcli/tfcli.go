// Package tfcli finds the program that runs Terraform configurations on this
// machine, and builds OpenTofu from its Go module where there is none.
package tfcli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/command"
)

// OpenTofuVersion is the OpenTofu that is built, and that the README names.
const OpenTofuVersion = "v1.12.6"

const openTofu = "github.com/opentofu/opentofu"

// Find returns the path of terraform or tofu: the program that
// TF_ACC_TERRAFORM_PATH names, else terraform or tofu of PATH, else an
// OpenTofu that an earlier call built, else one that it builds now, which
// takes some minutes.
func Find(ctx context.Context) (string, error) {
	if named := os.Getenv("TF_ACC_TERRAFORM_PATH"); named != "" {
		return named, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return filepath.Abs(found)
		}
	}
	return OpenTofu(ctx)
}

// OpenTofu returns the path of an OpenTofu built from its Go module. It is
// built once and kept in the user's cache directory.
func OpenTofu(ctx context.Context) (string, error) {
	return built("OpenTofu", "opentofu-"+OpenTofuVersion, "tofu", func(partial string) error {
		source, err := download(ctx, openTofu, OpenTofuVersion)
		if err != nil {
			return err
		}
		// The module has a replace directive, so it builds in its own folder only.
		return build(ctx, source, "-mod=readonly", "-o", partial, "./cmd/tofu")
	})
}

// built returns the path of a program that compile builds, once, into the user's
// cache directory. Another process may build it at the same time.
func built(title, folder, program string, compile func(partial string) error) (string, error) {
	cache, err := judge.CacheDir()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, folder, program)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	fmt.Fprintln(os.Stderr, "Building "+title+" from its Go module, once: this takes some minutes.")
	if err := os.MkdirAll(filepath.Dir(binary), 0o750); err != nil {
		return "", err
	}
	partial := fmt.Sprintf("%s.%d.partial", binary, os.Getpid())
	if err := compile(partial); err != nil {
		return "", fmt.Errorf("build %s: %w", title, err)
	}
	return binary, os.Rename(partial, binary)
}

func build(ctx context.Context, dir string, arguments ...string) error {
	program := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath"}, arguments...)...)
	program.Dir = dir
	program.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	_, _, err := command.Measure(program)
	return err
}

// download returns the folder of a module in the module cache.
func download(ctx context.Context, name, version string) (string, error) {
	program := exec.CommandContext(ctx, "go", "mod", "download", "-json", name+"@"+version)
	program.Dir = os.TempDir() // Outside of any module.
	output, _, err := command.Measure(program)
	var module struct{ Dir string }
	if err == nil {
		err = json.Unmarshal(output, &module)
	}
	if err != nil {
		return "", fmt.Errorf("download %s: %w", name, err)
	}
	return module.Dir, nil
}

const terraform = "github.com/hashicorp/terraform"

// replaced finds the modules inside Terraform's that its archive leaves out:
// the backends for remote state, and what they need.
var replaced = regexp.MustCompile(`(?m)^replace (github\.com/hashicorp/terraform/\S+) => (\./\S+)$`)

// Terraform returns the path of a Terraform release built from its Go module.
// It is built once and kept in the user's cache directory. It has no backends
// for remote state.
func Terraform(ctx context.Context, version string) (string, error) {
	return built("Terraform "+version, "terraform-"+version, "terraform", func(partial string) error {
		source, err := download(ctx, terraform, version)
		if err != nil {
			return err
		}
		elsewhere, err := os.MkdirTemp("", "terraform-module-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(elsewhere) //nolint:errcheck // A temporary folder.
		if err := replaceModules(source, elsewhere); err != nil {
			return err
		}
		return build(ctx, source, "-mod=mod", "-modfile="+filepath.Join(elsewhere, "go.mod"), "-o", partial, ".")
	})
}

// replaceModules writes Terraform's go.mod and go.sum elsewhere, with empty
// modules in the place of those that are left out.
func replaceModules(source, elsewhere string) error {
	sums, err := os.ReadFile(filepath.Join(source, "go.sum")) //nolint:gosec // In the module cache.
	if err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(source, "go.mod")) //nolint:gosec // In the module cache.
	if err != nil {
		return err
	}
	for _, match := range replaced.FindAllSubmatch(content, -1) {
		name, dir := string(match[1]), filepath.Join(elsewhere, filepath.FromSlash(string(match[2])))
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return err
		}
		stand := fmt.Sprintf("package %s\n\nimport \"%s/internal/backend\"\n\n// New returns none.\nfunc New() backend.Backend { return nil }\n", path.Base(name), terraform)
		for file, text := range map[string]string{"go.mod": "module " + name + "\n\ngo 1.24\n", "backend.go": stand} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	content = replaced.ReplaceAll(content, []byte("replace $1 => "+filepath.ToSlash(elsewhere)+"/$2"))
	if err := os.WriteFile(filepath.Join(elsewhere, "go.sum"), sums, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(elsewhere, "go.mod"), content, 0o600)
}

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
