package oracle

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// Missing lists in words what a client lacks to be started; empty when it is
// installed.
func (c Client) Missing(ctx context.Context, cache string) []string {
	missing := c.missingDebian(ctx)
	for i, pkg := range missing {
		missing[i] = "Debian package " + pkg
	}
	for _, pkg := range c.npm {
		if !exists(filepath.Join(c.npmDir(cache), "node_modules", filepath.FromSlash(packageName(pkg)), "package.json")) {
			missing = append(missing, "npm package "+pkg)
		}
	}
	if c.Rebuilds() && !exists(c.binary(cache)) {
		missing = append(missing, "program built from "+cmp.Or(strings.Join(c.goModules, ", "), "its Cargo.toml"))
	}
	if _, err := exec.LookPath(c.expand(c.command[0], cache)); err != nil && len(missing) == 0 {
		missing = append(missing, "program "+filepath.Base(c.command[0]))
	}
	return missing
}

func (c Client) missingDebian(ctx context.Context) []string {
	var missing []string
	for _, pkg := range c.debian {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Status}", pkg).Output()
		if err != nil || string(out) != "installed" {
			missing = append(missing, pkg)
		}
	}
	return missing
}

// Install brings what [Client.Missing] lists onto this machine: Debian
// packages for everybody, the rest into the cache. What the package managers
// print goes to log.
func (c Client) Install(ctx context.Context, cache string, log io.Writer) error {
	if missing := c.missingDebian(ctx); len(missing) > 0 {
		args := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
		if err := run(ctx, log, "", []string{"DEBIAN_FRONTEND=noninteractive"}, "apt-get", args...); err != nil {
			return err
		}
	}
	if err := c.installNPM(ctx, cache, log); err != nil {
		return err
	}
	return c.build(ctx, cache, log)
}

func (c Client) npmDir(cache string) string {
	if len(c.npm) == 0 {
		return ""
	}
	return filepath.Join(cache, "npm", strings.ReplaceAll(strings.TrimPrefix(strings.Join(c.npm, "+"), "@"), "/", "-"))
}

// packageName cuts the version off: "@a/b@1" is "@a/b".
func packageName(pkg string) string {
	if i := strings.LastIndex(pkg, "@"); i > 0 {
		return pkg[:i]
	}
	return pkg
}

func (c Client) installNPM(ctx context.Context, cache string, log io.Writer) error {
	if len(c.npm) == 0 {
		return nil
	}
	dir := c.npmDir(cache)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("npm packages: %w", err)
	}
	args := append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", "--prefix", dir}, c.npm...)
	if err := run(ctx, log, dir, nil, "npm", args...); err != nil {
		return err
	}
	for _, pkg := range c.npm {
		native := filepath.Join(dir, "node_modules", filepath.FromSlash(packageName(pkg)), "native")
		if err := link(native); err != nil {
			return err
		}
	}
	return nil
}

// link makes the symbolic links that an embedded PostgreSQL lists beside its
// libraries, since npm packages carry none.
func link(native string) error {
	content, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("links of libraries: %w", err)
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(content, &links); err != nil {
		return fmt.Errorf("links of libraries: %w", err)
	}
	root := filepath.Dir(native)
	for _, l := range links {
		source, target := filepath.Join(root, filepath.FromSlash(l.Source)), filepath.Join(root, filepath.FromSlash(l.Target))
		if exists(target) {
			continue
		}
		if err := os.Symlink(source, target); err != nil {
			return fmt.Errorf("links of libraries: %w", err)
		}
	}
	return nil
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
