//go:build unix

package provider

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner and the group of another one. Who may not
// give files away keeps the group at least, or leaves both.
func keepOwner(file *os.File, other fs.FileInfo) error {
	wanted, known := other.Sys().(*syscall.Stat_t)
	mine, err := file.Stat()
	if err != nil {
		return err
	}
	have, same := mine.Sys().(*syscall.Stat_t)
	if !known || !same || wanted.Uid == have.Uid && wanted.Gid == have.Gid {
		return nil
	}
	if file.Chown(int(wanted.Uid), int(wanted.Gid)) != nil {
		_ = file.Chown(-1, int(wanted.Gid)) // Where possible: the mode lets its readers in as before.
	}
	return nil
}
