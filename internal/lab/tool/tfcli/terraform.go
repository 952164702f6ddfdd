package tfcli

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
)

// TerraformVersions are the releases that the acceptance tests of actions and
// lists run with.
func TerraformVersions() []string { return []string{"v1.14.0", "v1.15.0"} }

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
