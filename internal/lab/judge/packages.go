package judge

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Packages are those of one manager that a real program needs, each with its
// version: "pip" from PyPI, "npm", or "maven" from Maven Central, written
// group:artifact:version. They lie in a cache, the same ones once.
type Packages struct {
	Manager string
	Names   []string
}

// installed is a file that says that a folder of packages is whole.
const installed = ".installed"

// Dir is where they lie; empty where there are none.
func (p Packages) Dir(cache string) string {
	if len(p.Names) == 0 {
		return ""
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(strings.Join(p.Names, "\n"))) // It never fails.
	return filepath.Join(cache, p.Manager, fmt.Sprintf("%x", sum.Sum64()))
}

// Missing names those that are not in the cache, in words; empty where all are.
func (p Packages) Missing(cache string) string {
	dir := p.Dir(cache)
	if dir == "" {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, installed)); err == nil {
		return ""
	}
	return p.Manager + " packages " + strings.Join(p.Names, ", ")
}

// Install brings what is missing, with what it depends on, and then has finish,
// if any, do the rest in their folder. Options go to the manager.
func (p Packages) Install(ctx context.Context, cache string, log io.Writer, finish func(dir string) error, options ...string) error {
	if p.Missing(cache) == "" {
		return nil
	}
	dir := p.Dir(cache)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("cache of packages: %w", err)
	}
	command, err := p.command(dir)
	if err != nil {
		return err
	}
	program := exec.CommandContext(ctx, command[0], slices.Concat(command[1:], options)...) //nolint:gosec // The recipe of a judge.
	program.Dir, program.Stdout, program.Stderr = dir, log, log
	if err := program.Run(); err != nil {
		return fmt.Errorf("%s: %w", p.Missing(cache), err)
	}
	if finish != nil {
		if err := finish(dir); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, installed), nil, 0o600); err != nil {
		return fmt.Errorf("cache of packages: %w", err)
	}
	return nil
}

func (p Packages) command(dir string) ([]string, error) {
	switch p.Manager {
	case "pip":
		return append([]string{"python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", dir}, p.Names...), nil
	case "npm":
		return append([]string{"npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir}, p.Names...), nil
	}
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom(p.Names)), 0o600); err != nil {
		return nil, fmt.Errorf("packages of Maven: %w", err)
	}
	return []string{"mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath"}, nil
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

// ClassPath is the jars of the packages of Maven; empty where there are none.
func (p Packages) ClassPath(cache string) string {
	jars, _ := os.ReadFile(filepath.Join(p.Dir(cache), "classpath")) // Without it they are missing.
	return strings.TrimSpace(string(jars))
}
