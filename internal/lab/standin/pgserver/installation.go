package pgserver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// RootsVariable names the environment variable with further installation
// prefixes, separated like PATH. A prefix is a folder with bin/postgres.
const RootsVariable = "SSLREADY_PG_ROOTS"

// defaultEmbedded is the version to download where any will do.
const defaultEmbedded = "15"

// ErrNotInstalled is returned where no PostgreSQL server of the wanted version
// is found.
var ErrNotInstalled = errors.New("no such PostgreSQL server is installed")

// Installation is a set of PostgreSQL server programs.
type Installation struct {
	// Version as the server prints it: "15.18", "12.22".
	Version string
	// Major is the number that decides the format of the data: 15.
	Major int
	// Prefix holds bin, and lib where the programs bring their libraries.
	Prefix string
}

// LibDir is the folder of the installation's own libpq and OpenSSL, or empty
// where the system's are used.
func (i Installation) LibDir() string {
	dir := filepath.Join(i.Prefix, "lib")
	if _, err := os.Stat(filepath.Join(dir, "libpq.so.5")); err != nil || dir == "/usr/lib" {
		return ""
	}
	return dir
}

// smallSegments reports whether initdb can make WAL segments of 1 MB; before
// version 11 they have 16 MB.
func (i Installation) smallSegments() bool { return i.Major >= 11 }

// program is the path of one of the installation's programs.
func (i Installation) program(name string) string { return filepath.Join(i.Prefix, "bin", name) }

// environment is what the installation's programs run with, and nothing else.
func (i Installation) environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC", "PATH=" + os.Getenv("PATH")}
	if lib := i.LibDir(); lib != "" {
		env = append(env, "LD_LIBRARY_PATH="+lib)
	}
	return env
}

// Installations returns the servers of this machine, newest first: those of
// [RootsVariable], of the usual packages, of PATH, and those that
// [InstallEmbedded] put into its default place.
func Installations(ctx context.Context) []Installation {
	var found []Installation
	seen := map[string]bool{}
	for _, prefix := range prefixes() {
		resolved, err := filepath.EvalSymlinks(filepath.Join(prefix, "bin", "postgres"))
		if err != nil || seen[resolved] {
			continue
		}
		seen[resolved] = true
		if i, err := inspect(ctx, filepath.Dir(filepath.Dir(resolved))); err == nil {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b Installation) int {
		return cmp.Or(cmp.Compare(b.Major, a.Major), cmp.Compare(minor(b.Version), minor(a.Version)))
	})
	return found
}

// Find returns the newest installed server whose version is wanted, such as
// "15" or "15.18"; empty is any. One of the system's packages comes before one
// of [InstallEmbedded], so that what was downloaded for another purpose changes
// nothing. The error is [ErrNotInstalled].
func Find(ctx context.Context, wanted string) (Installation, error) {
	var embedded *Installation
	for _, i := range Installations(ctx) {
		switch {
		case wanted != "" && i.Version != wanted && strconv.Itoa(i.Major) != wanted:
		case i.LibDir() == "":
			return i, nil
		case embedded == nil:
			embedded = &i
		}
	}
	if embedded != nil {
		return *embedded, nil
	}
	return Installation{}, fmt.Errorf("%w: version %q", ErrNotInstalled, wanted)
}

// obtain finds a server, or downloads one where that is possible.
func obtain(ctx context.Context, wanted string) (Installation, error) {
	found, err := Find(ctx, wanted)
	if err == nil || runtime.GOOS+runtime.GOARCH != "linuxamd64" {
		return found, err
	}
	major, _ := strconv.Atoi(cmp.Or(wanted, defaultEmbedded)) // What is no number is no key either.
	release, known := EmbeddedVersions()[major]
	if !known {
		return Installation{}, err
	}
	return InstallEmbedded(ctx, release, "")
}

func prefixes() []string {
	all := filepath.SplitList(os.Getenv(RootsVariable))
	patterns := []string{"/usr/lib/postgresql/*", "/usr/pgsql-*", "/opt/homebrew/opt/postgresql@*", "/usr/local/opt/postgresql@*"}
	if path, err := exec.LookPath("postgres"); err == nil {
		patterns = append(patterns, filepath.Dir(filepath.Dir(path)))
	}
	for _, dir := range embeddedDirs() {
		patterns = append(patterns, filepath.Join(dir, "embedded-*", "native"))
	}
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern) // The patterns are good.
		all = append(all, matches...)
	}
	return all
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the server program for its version.
func inspect(ctx context.Context, prefix string) (Installation, error) {
	i := Installation{Prefix: prefix}
	cmd := exec.CommandContext(ctx, i.program("postgres"), "--version") //nolint:gosec // A program of this machine's PostgreSQL.
	cmd.Env = i.environment()
	out, err := cmd.Output()
	if err != nil {
		return Installation{}, fmt.Errorf("asking for the version: %w", err)
	}
	match := versionLine.FindStringSubmatch(string(out))
	if match == nil {
		return Installation{}, fmt.Errorf("%w: %s prints no version", ErrNotInstalled, i.program("postgres"))
	}
	i.Version = match[1]
	i.Major, err = strconv.Atoi(match[2])
	return i, err
}

// minor is the second number of a version, 0 where there is none.
func minor(version string) int {
	_, rest, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(rest)
	return n
}

// Superuser is the bootstrap superuser, named as in RDS.
const Superuser = "rdsadmin"

// templateFormat changes whenever initdb is called in another way.
const templateFormat = "1"

// createData leaves an initialized data folder at dir, which must not exist.
// It copies one that was kept in the user's cache, and keeps a new one there:
// initdb takes seconds, a copy some hundredths.
func createData(ctx context.Context, i Installation, a *account, dir string) error {
	kept := templateDir(i)
	if kept != "" && copyTree(kept, dir) == nil {
		return a.ownAll(dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := initdb(ctx, i, a, dir); err != nil {
		return err
	}
	if kept != "" {
		keep(dir, kept)
	}
	return nil
}

func initdb(ctx context.Context, i Installation, a *account, dir string) error {
	arguments := []string{"--pgdata", dir, "--username", Superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--nosync"}
	if i.smallSegments() {
		arguments = append(arguments, "--wal-segsize", "1")
	}
	cmd := exec.CommandContext(ctx, i.program("initdb"), arguments...) //nolint:gosec // A program of this machine's PostgreSQL.
	cmd.Env = i.environment()
	cmd.Dir = filepath.Dir(dir)
	cmd.SysProcAttr = a.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// templateDir is where the data folder of an installation is kept, or empty
// where this user has no cache.
func templateDir(i Installation) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(templateFormat + i.Prefix + strconv.Itoa(os.Geteuid())))
	return filepath.Join(cache, "sslready-lab", "template-"+i.Version+"-"+hex.EncodeToString(sum[:6]))
}

// keep copies the data folder into the cache. It appears there at once and
// complete, or not at all: a failure only costs the next server an initdb.
func keep(dir, kept string) {
	parent := filepath.Dir(kept)
	if err := os.MkdirAll(parent, 0o755); err != nil { //nolint:gosec // It also holds installations, which are no secret.
		return
	}
	building, err := os.MkdirTemp(parent, ".template-")
	if err != nil {
		return
	}
	defer os.RemoveAll(building) //nolint:errcheck // A leftover in a cache.
	whole := filepath.Join(building, "data")
	if copyTree(dir, whole) == nil {
		_ = os.Rename(whole, kept)
	}
}

// copyTree copies a data folder to a place that must not exist yet. PostgreSQL
// wants it closed to others.
func copyTree(from, to string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}
