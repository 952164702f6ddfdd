// Package tfcli finds the program that runs Terraform configurations on this
// machine, and builds OpenTofu from its Go module where there is none.
package tfcli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"

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
