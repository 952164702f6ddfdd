package pgserver

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

var (
	errNoAccount = errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
	errNoPlace   = errors.New("no folder that the server's account can reach")
)

// maxSocketDir leaves room for the socket's name in the 107 bytes that an
// address of a Unix-domain socket may have.
const maxSocketDir = 80

// account is whom the server runs as; nil is the user of this process.
type account struct{ uid, gid int }

// serverAccount returns another user where this process is root, because
// PostgreSQL refuses to run as root.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // Nil is the user of this process.
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(found.Uid)
		gid, gidErr := strconv.Atoi(found.Gid)
		if uidErr == nil && gidErr == nil {
			return &account{uid: uid, gid: gid}, nil
		}
	}
	return nil, errNoAccount
}

// attributes start a process as the account, in a process group of its own so
// that a terminal's interrupt reaches only the process that owns the server.
func (a *account) attributes() *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // User and group numbers are 32 bits wide.
	}
	return attributes
}

// own gives a file or folder to the account.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// ownAll gives a folder and all in it to the account.
func (a *account) ownAll(dir string) error {
	if a == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return a.own(path)
	})
}

// workDir makes a folder with mode 0700 for one server, where its account can
// reach it and where a socket's path is short enough.
func (a *account) workDir() (string, error) {
	for _, base := range []string{os.TempDir(), "/var/cache", "/run"} {
		if len(base) > maxSocketDir || (a != nil && !reachable(base)) {
			continue
		}
		dir, err := os.MkdirTemp(base, "sslready-pg-")
		if err != nil {
			continue
		}
		if err := a.own(dir); err != nil {
			return "", fmt.Errorf("folder of the server: %w", err)
		}
		return dir, nil
	}
	return "", errNoPlace
}

// reachable reports whether every existing folder on the way to path may be
// passed by any user.
func reachable(path string) bool {
	for path = filepath.Clean(path); ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if path == filepath.Dir(path) {
			return true
		}
	}
}
