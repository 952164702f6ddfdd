package clients

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// binary is the program that build makes; empty where there is none to make.
func (c Client) binary(cache string) string {
	switch {
	case c.Cargo != "":
		return filepath.Join(c.buildDir(cache), "target", "debug", c.programs()[0])
	case len(c.Go) > 0:
		return filepath.Join(c.buildDir(cache), "runner")
	}
	return ""
}

// built says whether the client's program is there and was made of the sources of
// today; so is a client that needs none.
func (c Client) built(cache string) bool {
	if c.binary(cache) == "" {
		return true
	}
	of, err := os.ReadFile(filepath.Join(c.buildDir(cache), builtOf))
	return err == nil && string(of) == c.sources() && exists(c.binary(cache))
}

// builtOf is a file beside a program that says what it was built of.
const builtOf = ".built"

// sources is the sum of all that the program is built of.
func (c Client) sources() string {
	sum := sha256.New()
	fmt.Fprintln(sum, c.Go)
	folders := []string{c.dir, filepath.Join(c.dir, "..", "serve")}
	if c.Cargo != "" {
		fmt.Fprintln(sum, c.Cargo, c.Features, c.Crates)
		folders = append(folders, filepath.Dir(c.dir))
	}
	for _, folder := range folders {
		files, _ := os.ReadDir(folder) // What cannot be read cannot be built either.
		for _, file := range files {
			content, _ := os.ReadFile(filepath.Join(folder, file.Name()))
			fmt.Fprintf(sum, "%s %d\n%s", file.Name(), len(content), content)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (c Client) buildDir(cache string) string {
	if c.Cargo != "" {
		return filepath.Join(cache, "cargo", c.Name())
	}
	return filepath.Join(cache, "go", strings.NewReplacer("/", "-", ":", "-").Replace(c.Name()+"-"+strings.Join(c.Go, "+")))
}

// build compiles the runner in the cache, in the language that it is in.
func (c Client) build(ctx context.Context, cache string, log io.Writer) error {
	if c.built(cache) {
		return nil
	}
	build := c.buildGo
	if c.Cargo != "" {
		build = c.buildCargo
	}
	if err := build(ctx, cache, log); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.buildDir(cache), builtOf), []byte(c.sources()), 0o600); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	return nil
}

// debianCrates makes Cargo take every crate from the folder in which Debian's
// packages of them lie, and nothing from the network.
const debianCrates = `[source.crates-io]
replace-with = "debian"

[source.debian]
directory = "/usr/share/cargo/registry"

[net]
offline = true
`

// cargoFile is the manifest of a package that is built against Debian's crates.
const cargoFile = "Cargo.toml"

// buildCargo compiles the runner's Rust package in the cache, once for each of
// the features that it is wanted with.
func (c Client) buildCargo(ctx context.Context, cache string, log io.Writer) error {
	dir := c.buildDir(cache)
	config := filepath.Join(dir, ".cargo")
	if err := os.MkdirAll(config, 0o750); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	for _, source := range []string{c.dir, filepath.Dir(c.dir)} {
		if err := copySources(source, dir, "*.rs"); err != nil {
			return err
		}
	}
	var versions []string
	for name, version := range c.Crates {
		versions = append(versions, "{"+name+"}", version)
	}
	if err := copySource(filepath.Join(c.dir, c.Cargo), filepath.Join(dir, cargoFile), strings.NewReplacer(versions...)); err != nil {
		return err
	}
	if c.Cargo == cargoFile {
		if err := os.WriteFile(filepath.Join(config, "config.toml"), []byte(debianCrates), 0o600); err != nil {
			return fmt.Errorf("build of a runner: %w", err)
		}
	}
	for _, program := range c.programs() {
		args := []string{"build", "--quiet", "--bin", program}
		if len(c.Features) > 0 {
			args = append(args, "--features", program)
		}
		if err := run(ctx, log, dir, nil, "cargo", args...); err != nil {
			return err
		}
	}
	return nil
}

// programs are those of a Rust package.
func (c Client) programs() []string {
	if len(c.Features) == 0 {
		return []string{"runner"}
	}
	return c.Features
}

// copySources copies the files of a folder that match one of the patterns. A
// file that has not changed is left alone.
func copySources(from, to string, patterns ...string) error {
	if err := os.MkdirAll(to, 0o750); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	for _, pattern := range patterns {
		sources, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil {
			return fmt.Errorf("build of a runner: %w", err)
		}
		for _, source := range sources {
			if err := copySource(source, filepath.Join(to, filepath.Base(source)), strings.NewReplacer()); err != nil {
				return err
			}
		}
	}
	return nil
}

func copySource(source, target string, fill *strings.Replacer) error {
	content, err := os.ReadFile(source) //nolint:gosec // a file of a runner
	if err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	content = []byte(fill.Replace(string(content)))
	if old, err := os.ReadFile(target); err == nil && bytes.Equal(old, content) { //nolint:gosec // its copy
		return nil
	}
	if err := os.WriteFile(target, content, 0o600); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	return nil
}

// goMod makes the folder of the Go runners a module of its own under the path
// that it has here.
const goMod = "module github.com/sslready/terraform-provider-sslready/internal/lab/judge/clients/runners/golang\n\ngo 1.24\n"

// buildGo compiles the runner's Go files in a module of their own in the cache,
// so that one runner can be built against several versions of its driver.
func (c Client) buildGo(ctx context.Context, cache string, log io.Writer) error {
	dir := c.buildDir(cache)
	for _, source := range []string{c.dir, filepath.Join(c.dir, "..", "serve")} {
		if err := copySources(source, filepath.Join(dir, filepath.Base(source)), "*.go"); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o600); err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	env := []string{"GOFLAGS=-mod=mod", "GOWORK=off"}
	if err := run(ctx, log, dir, env, "go", append([]string{"get"}, c.Go...)...); err != nil {
		return err
	}
	return run(ctx, log, dir, env, "go", "build", "-o", "runner", "./"+filepath.Base(c.dir))
}
