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

// CacheDir returns the folder in which real programs are kept between runs:
// never the source tree.
func CacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("cache of judges: %w", err)
	}
	return filepath.Join(base, "sslready-lab"), nil
}

// Needs are the packages that a real program needs, all but Debian's with their
// versions. Debian's are installed for everybody, the others lie in a cache.
type Needs struct {
	Debian []string `json:"debian"`
	Pip    []string `json:"pip"`
	NPM    []string `json:"npm"`
	Maven  []string `json:"maven"`
	// Python is the version whose packages of PyPI are wanted, where it is not
	// that of python3.
	Python string `json:"-"`
}

// Packages are those of one manager: "pip", "npm" or "maven".
func (n Needs) Packages(manager string) Packages {
	p := Packages{Manager: manager, Names: map[string][]string{"pip": n.Pip, "npm": n.NPM, "maven": n.Maven}[manager]}
	if n.Python != "" && manager == "pip" {
		p.Options = []string{"--only-binary", ":all:", "--no-compile", "--implementation", "cp", "--python-version", n.Python}
	}
	return p
}

func (n Needs) inCache() []Packages {
	return []Packages{n.Packages("pip"), n.Packages("npm"), n.Packages("maven")}
}

// Missing lists in words what is not installed.
func (n Needs) Missing(ctx context.Context, cache string) []string {
	missing := n.missingDebian(ctx)
	for i, pkg := range missing {
		missing[i] = "Debian package " + pkg
	}
	for _, p := range n.inCache() {
		if lacking := p.Missing(cache); lacking != "" {
			missing = append(missing, lacking)
		}
	}
	return missing
}

func (n Needs) missingDebian(ctx context.Context) []string {
	var missing []string
	for _, pkg := range n.Debian {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Status}", pkg).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, pkg)
		}
	}
	return missing
}

// InstallDebian installs the Debian packages that several programs lack, for
// everybody and in one go. It takes root; without, nothing is tried.
func InstallDebian(ctx context.Context, log io.Writer, all ...Needs) error {
	var missing []string
	for _, n := range all {
		missing = append(missing, n.missingDebian(ctx)...)
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if len(missing) == 0 || os.Geteuid() != 0 {
		return nil
	}
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	if err := Run(ctx, log, "", env, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	return Run(ctx, log, "", env, "apt-get", append([]string{"install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
}

// Install brings into the cache what is missing there, and has finish do the
// rest in the folder of the packages of each manager.
func (n Needs) Install(ctx context.Context, cache string, log io.Writer, finish func(manager, dir string) error) error {
	for _, p := range n.inCache() {
		if err := p.Install(ctx, cache, log, func(dir string) error { return finish(p.Manager, dir) }); err != nil {
			return err
		}
	}
	return nil
}

// Run runs a program in a folder; what it prints goes to log, and env is added
// to this process's environment.
func Run(ctx context.Context, log io.Writer, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

// Packages are those of one manager that a real program needs, each with its
// version: "pip" from PyPI, "npm", or "maven" from Maven Central, written
// group:artifact:version. They lie in a cache, the same ones once.
type Packages struct {
	Manager string
	Names   []string
	// Options go to the manager.
	Options []string
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

// Install brings what is missing, with what it depends on, and then has finish
// do the rest in their folder.
func (p Packages) Install(ctx context.Context, cache string, log io.Writer, finish func(dir string) error) error {
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
	if err := Run(ctx, log, dir, nil, command[0], slices.Concat(command[1:], p.Options)...); err != nil {
		return fmt.Errorf("%s: %w", p.Missing(cache), err)
	}
	if err := finish(dir); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, installed), nil, 0o600)
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
