package frameworks

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// folderOf is where packages lie in the cache: the same packages lie there
// once.
func folderOf(cache, kind string, packages []string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(strings.Join(packages, "\n"))) // It never fails.
	return filepath.Join(cache, "frameworks", kind, fmt.Sprintf("%x", sum.Sum64()))
}

// done is a file that says that a folder is complete.
const done = ".installed"

// Missing lists what the judge lacks to be started; empty when it is installed.
func (j Judge) Missing(ctx context.Context, cache string) []string {
	var missing []string
	for _, pkg := range j.Debian {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Status}", pkg).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, "Debian package "+pkg)
		}
	}
	for kind, packages := range j.packages() {
		if _, err := os.Stat(filepath.Join(folderOf(cache, kind, packages), done)); err != nil {
			missing = append(missing, kind+" packages "+strings.Join(packages, ", "))
		}
	}
	return missing
}

func (j Judge) packages() map[string][]string {
	all := map[string][]string{}
	for kind, packages := range map[string][]string{"pip": j.Pip, "npm": j.NPM, "maven": j.Maven} {
		if len(packages) > 0 {
			all[kind] = packages
		}
	}
	return all
}

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
	for kind, packages := range j.packages() {
		dir := folderOf(cache, kind, packages)
		if _, err := os.Stat(filepath.Join(dir, done)); err == nil {
			continue
		}
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("cache of frameworks: %w", err)
		}
		if err := install(ctx, kind, dir, folder, packages, log); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, done), nil, 0o600); err != nil {
			return fmt.Errorf("cache of frameworks: %w", err)
		}
	}
	return nil
}

func install(ctx context.Context, kind, dir, folder string, packages []string, log io.Writer) error {
	switch kind {
	case "pip":
		return run(ctx, log, dir, "python3", append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", dir}, packages...)...)
	case "npm":
		return run(ctx, log, dir, "npm", append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir}, packages...)...)
	}
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom(packages)), 0o600); err != nil {
		return fmt.Errorf("cache of frameworks: %w", err)
	}
	if err := run(ctx, log, dir, "mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath"); err != nil {
		return err
	}
	sources, err := filepath.Abs(filepath.Join(folder, "runners", "jvm"))
	if err != nil {
		return fmt.Errorf("sources of the runner: %w", err)
	}
	return run(ctx, log, dir, "javac", "-cp", classPath(dir), "-d", filepath.Join(dir, "classes"),
		filepath.Join(sources, "Runner.java"), filepath.Join(sources, "org", "postgresql", "Driver.java"))
}

// pom is a project that depends on the packages.
func pom(packages []string) string {
	var b strings.Builder
	b.WriteString(`<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>judge</groupId><artifactId>judge</artifactId><version>1</version><dependencies>`)
	for _, pkg := range packages {
		part := strings.Split(pkg, ":")
		fmt.Fprintf(&b, "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>", part[0], part[1], part[2])
	}
	b.WriteString("</dependencies></project>\n")
	return b.String()
}

// classPath is the recorder's classes before everything else.
func classPath(dir string) string {
	jars, _ := os.ReadFile(filepath.Join(dir, "classpath")) // Without it the compiler complains.
	return filepath.Join(dir, "classes") + string(os.PathListSeparator) + strings.TrimSpace(string(jars))
}

func run(ctx context.Context, log io.Writer, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
