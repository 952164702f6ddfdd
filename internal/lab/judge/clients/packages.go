package clients

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// complete is a file that says that a folder of packages is whole.
const complete = ".installed"

// packagesDir is where packages lie in the cache: the same packages lie there
// once. It is empty where there are none.
func packagesDir(cache, kind string, packages []string) string {
	if len(packages) == 0 {
		return ""
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(strings.Join(packages, "\n"))) // It never fails.
	return filepath.Join(cache, kind, fmt.Sprintf("%x", sum.Sum64()))
}

// installPip brings wheels from PyPI into the cache. They are those of Debian's
// Python, with which the runners are started.
func (c Client) installPip(ctx context.Context, cache string, log io.Writer) error {
	return whole(packagesDir(cache, "pip", c.Pip), func(dir string) error {
		args := []string{
			"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-compile",
			"--implementation", "cp", "--python-version", debianPython, "--target", dir,
		}
		return run(ctx, log, dir, nil, "python3", append(args, c.Pip...)...)
	})
}

// debianPython is the version of Debian's Python.
const debianPython = "3.11"

// installMaven resolves packages of Maven Central, with what they depend on.
func (c Client) installMaven(ctx context.Context, cache string, log io.Writer) error {
	return whole(packagesDir(cache, "maven", c.Maven), func(dir string) error {
		if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom(c.Maven)), 0o600); err != nil {
			return fmt.Errorf("packages of Maven: %w", err)
		}
		return run(ctx, log, dir, nil, "mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath")
	})
}

// pom is a project that depends on packages, each group:artifact:version.
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

// classpath is the jars of the packages of Maven, with colons between them.
func (c Client) classpath(cache string) string {
	if len(c.Maven) == 0 {
		return ""
	}
	jars, _ := os.ReadFile(filepath.Join(packagesDir(cache, "maven", c.Maven), "classpath")) // The client is missing without it.
	return strings.TrimSpace(string(jars))
}

// whole fills a folder, unless it is empty or was filled before.
func whole(dir string, fill func(dir string) error) error {
	if dir == "" || exists(filepath.Join(dir, complete)) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("cache of packages: %w", err)
	}
	if err := fill(dir); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, complete), nil, 0o600); err != nil {
		return fmt.Errorf("cache of packages: %w", err)
	}
	return nil
}
