package frameworks

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
)

// Missing lists what the judge lacks to be started; empty when it is installed.
func (j Judge) Missing(ctx context.Context, cache string) []string {
	var missing []string
	for _, pkg := range j.Debian {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Status}", pkg).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, "Debian package "+pkg)
		}
	}
	for _, packages := range j.packages() {
		if lacking := packages.Missing(ofFrameworks(cache)); lacking != "" {
			missing = append(missing, lacking)
		}
	}
	return missing
}

// ofFrameworks is the part of the cache that is theirs.
func ofFrameworks(cache string) string { return filepath.Join(cache, "frameworks") }

func (j Judge) packages() []judge.Packages {
	return []judge.Packages{j.pip(), j.npm(), j.maven()}
}

func (j Judge) pip() judge.Packages { return judge.Packages{Manager: "pip", Names: j.Pip} }

func (j Judge) npm() judge.Packages { return judge.Packages{Manager: "npm", Names: j.NPM} }

func (j Judge) maven() judge.Packages { return judge.Packages{Manager: "maven", Names: j.Maven} }

// Install brings what the judge lacks, by name and through the package
// managers, into the cache; Debian's packages are installed for everybody, which
// takes root.
func (j Judge) Install(ctx context.Context, folder, cache string, log io.Writer) error {
	for _, lacking := range j.Missing(ctx, cache) {
		if pkg, debian := strings.CutPrefix(lacking, "Debian package "); debian {
			if err := run(ctx, log, "", "apt-get", "install", "-y", "-qq", "--no-install-recommends", pkg); err != nil {
				return err
			}
		}
	}
	for _, packages := range j.packages() {
		finish := func(dir string) error { return j.compile(ctx, folder, cache, dir, log) }
		if packages.Manager != j.maven().Manager {
			finish = nil
		}
		if err := packages.Install(ctx, ofFrameworks(cache), log, finish); err != nil {
			return err
		}
	}
	return nil
}

// compile makes the classes of the runner, a driver that records among them.
func (j Judge) compile(ctx context.Context, folder, cache, dir string, log io.Writer) error {
	sources, err := filepath.Abs(filepath.Join(folder, "runners", "jvm"))
	if err != nil {
		return fmt.Errorf("sources of the runner: %w", err)
	}
	return run(ctx, log, dir, "javac", "-cp", j.classPath(cache), "-d", filepath.Join(dir, "classes"),
		filepath.Join(sources, "Runner.java"), filepath.Join(sources, "org", "postgresql", "Driver.java"))
}

// classPath is the recorder's classes before everything else.
func (j Judge) classPath(cache string) string {
	return filepath.Join(j.maven().Dir(ofFrameworks(cache)), "classes") + string(os.PathListSeparator) + j.maven().ClassPath(ofFrameworks(cache))
}

func run(ctx context.Context, log io.Writer, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
