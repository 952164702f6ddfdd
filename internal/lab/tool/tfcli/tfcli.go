// Package tfcli finds the program that runs Terraform configurations on this
// machine, and builds OpenTofu from its Go module where there is none.
package tfcli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache directory: %w", err)
	}
	binary := filepath.Join(cache, "sslready-lab", folder, program)
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
	command := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath"}, arguments...)...) //nolint:gosec // Our own arguments.
	command.Dir = dir
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLines(output))
	}
	return nil
}

// download returns the folder of a module in the module cache.
func download(ctx context.Context, name, version string) (string, error) {
	command := exec.CommandContext(ctx, "go", "mod", "download", "-json", name+"@"+version) //nolint:gosec // One of ours.
	command.Dir = os.TempDir()                                                              // Outside of any module.
	output, err := command.Output()
	if err != nil {
		if exit, failed := errors.AsType[*exec.ExitError](err); failed {
			return "", fmt.Errorf("download %s: %w: %s", name, err, lastLines(exit.Stderr))
		}
		return "", fmt.Errorf("download %s: %w", name, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(output, &module); err != nil {
		return "", fmt.Errorf("download %s: %w", name, err)
	}
	return module.Dir, nil
}

func lastLines(output []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-5):], []byte("\n"))
}
