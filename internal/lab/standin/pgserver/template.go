package pgserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

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
