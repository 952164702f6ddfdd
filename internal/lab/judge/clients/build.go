package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
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
	return write(filepath.Join(c.buildDir(cache), builtOf), c.sources())
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
	manifest, err := os.ReadFile(filepath.Join(c.dir, c.Cargo))
	if err != nil {
		return fmt.Errorf("build of a runner: %w", err)
	}
	var versions []string
	for name, version := range c.Crates {
		versions = append(versions, "{"+name+"}", version)
	}
	if err := write(filepath.Join(dir, cargoFile), strings.NewReplacer(versions...).Replace(string(manifest))); err != nil {
		return err
	}
	if err := errors.Join(copyFiles(c.dir, "*.rs", dir), copyFiles(filepath.Dir(c.dir), "*.rs", dir)); err != nil {
		return err
	}
	if c.Cargo == cargoFile {
		if err := write(filepath.Join(dir, ".cargo", "config.toml"), debianCrates); err != nil {
			return err
		}
	}
	for _, program := range c.programs() {
		args := []string{"build", "--quiet", "--bin", program}
		if len(c.Features) > 0 {
			args = append(args, "--features", program)
		}
		if err := judge.Run(ctx, log, dir, nil, "cargo", args...); err != nil {
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

// copyFiles copies the files of a folder that match a pattern.
func copyFiles(from, pattern, to string) error {
	files, err := filepath.Glob(filepath.Join(from, pattern))
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("build of a runner: %w", err)
		}
		if err := write(filepath.Join(to, filepath.Base(file)), string(content)); err != nil {
			return err
		}
	}
	return nil
}

func write(file, content string) error {
	err := os.MkdirAll(filepath.Dir(file), 0o750)
	if err == nil {
		err = os.WriteFile(file, []byte(content), 0o600)
	}
	if err != nil {
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
		if err := copyFiles(source, "*.go", filepath.Join(dir, filepath.Base(source))); err != nil {
			return err
		}
	}
	if err := write(filepath.Join(dir, "go.mod"), goMod); err != nil {
		return err
	}
	env := []string{"GOFLAGS=-mod=mod", "GOWORK=off"}
	if err := judge.Run(ctx, log, dir, env, "go", append([]string{"get"}, c.Go...)...); err != nil {
		return err
	}
	return judge.Run(ctx, log, dir, env, "go", "build", "-o", "runner", "./"+filepath.Base(c.dir))
}
