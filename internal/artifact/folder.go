package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folderLayer is a folder of this machine as a container's root.
type folderLayer struct {
	root   string
	budget *budget
}

func openFolder(_ context.Context, root string, opt Options) (*Image, error) {
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder that can be read", ErrNotFound, root)
	}
	l := &folderLayer{root: root, budget: &budget{limits: opt.Limits}}
	return &Image{tree: newTree([]layer{l}, nil)}, nil
}

func (l *folderLayer) index(ctx context.Context, _ string) (*node, error) {
	built := newEntries(l.budget.limits)
	built.asIs = true
	err := filepath.WalkDir(l.root, func(full string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return timed(ctx, ctx.Err())
		case err != nil:
			return fmt.Errorf("%w: %s", ErrUnreadable, full)
		case full == l.root:
			return nil
		}
		if err := l.budget.takeEntry(len(full)); err != nil {
			return err
		}
		n, err := folderNode(full, entry)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrUnreadable, full)
		}
		name, err := filepath.Rel(l.root, full)
		if err != nil {
			return err
		}
		return built.add(filepath.ToSlash(name), n)
	})
	return built.root, err
}

func folderNode(full string, entry fs.DirEntry) (*node, error) {
	info, err := entry.Info()
	if err != nil {
		return nil, err
	}
	n := &node{mode: info.Mode(), kind: special}
	switch {
	case info.IsDir():
		n.kind = folder
	case info.Mode().IsRegular():
		n.kind, n.size, n.content = file, info.Size(), &content{path: full}
	case info.Mode()&fs.ModeSymlink != 0:
		n.kind = symlink
		n.link, err = os.Readlink(full)
	}
	return n, err
}

// open opens a file that was regular when it was listed. It may have been
// replaced by a link since then: that is looked at once more.
func (l *folderLayer) open(_ context.Context, n *node) (contentReader, error) {
	info, err := os.Lstat(n.content.path)
	if err == nil && !info.Mode().IsRegular() {
		err = errSpecial
	}
	var opened *os.File
	if err == nil {
		opened, err = os.Open(n.content.path)
	}
	if err != nil {
		if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
		// Not %w of the cause: a file that vanished is not known, and not absent.
		return contentReader{}, fmt.Errorf("%w: %s: %v", ErrUnreadable, n.content.path, err) //nolint:errorlint // See above.
	}
	if err := l.budget.takeOctets(int(n.size)); err != nil {
		return contentReader{}, errors.Join(err, opened.Close())
	}
	return contentReader{io.NewSectionReader(opened, 0, n.size), opened.Close}, nil
}
