package artifact

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// view is an image's files as a file system.
type view struct {
	ctx  context.Context //nolint:containedctx // io/fs has no contexts.
	tree *tree
}

func (v view) find(op, name string, follow bool) (place, error) {
	if !fs.ValidPath(name) {
		return place{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	found, err := v.tree.resolve(v.ctx, 0, name, follow)
	return found, failed(op, name, err)
}

func failed(op, name string, err error) error {
	if err == nil {
		return nil
	}
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Open opens a file or folder; links are followed.
func (v view) Open(name string) (fs.File, error) {
	found, err := v.find("open", name, true)
	if err != nil {
		return nil, err
	}
	info := infoOf(name, found.node)
	switch found.node.kind {
	case file:
		reader, err := v.tree.layers[found.layer].layer.open(v.ctx, found.node)
		if err != nil {
			return nil, failed("open", name, err)
		}
		return &openFile{contentReader: reader, info: info}, nil
	case folder:
		entries, err := v.ReadDir(name)
		return &folderFile{info: info, name: name, entries: entries}, err
	case symlink, hardLink, special:
	}
	return nil, failed("open", name, errSpecial)
}

var errSpecial = errors.New("it is a device, a pipe or a socket")

// Stat says what a name leads to.
func (v view) Stat(name string) (fs.FileInfo, error) { return v.info("stat", name, true) }

// Lstat says what is at a name.
func (v view) Lstat(name string) (fs.FileInfo, error) { return v.info("lstat", name, false) }

func (v view) info(op, name string, follow bool) (fs.FileInfo, error) {
	found, err := v.find(op, name, follow)
	if err != nil {
		return nil, err
	}
	return infoOf(name, found.node), nil
}

// ReadLink returns the target of a link.
func (v view) ReadLink(name string) (string, error) {
	found, err := v.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if found.node.kind != symlink {
		return "", failed("readlink", name, fs.ErrInvalid)
	}
	return found.node.link, nil
}

// ReadDir lists a folder, sorted.
func (v view) ReadDir(name string) ([]fs.DirEntry, error) {
	found, err := v.find("readdir", name, true)
	if err != nil {
		return nil, err
	}
	if found.node.kind != folder {
		return nil, failed("readdir", name, errors.New("it is not a folder"))
	}
	listed, err := v.tree.list(v.ctx, found.path)
	if err != nil {
		return nil, failed("readdir", name, err)
	}
	entries := make([]fs.DirEntry, 0, len(listed))
	for base, hit := range listed {
		entries = append(entries, dirEntry{view: v, hit: hit, base: base})
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// ReadFile reads a file whole; its size is bounded by the limit of octets.
func (v view) ReadFile(name string) ([]byte, error) {
	opened, err := v.Open(name)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(opened)
	return content, errors.Join(failed("read", name, err), opened.Close())
}

type openFile struct {
	contentReader
	info fs.FileInfo
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return f.close() }

type folderFile struct {
	info    fs.FileInfo
	name    string
	entries []fs.DirEntry
}

func (f *folderFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folderFile) Close() error               { return nil }

func (f *folderFile) Read([]byte) (int, error) {
	return 0, failed("read", f.name, errors.New("it is a folder"))
}

// ReadDir returns the next entries.
func (f *folderFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.entries) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.entries) {
		n = len(f.entries)
	}
	next := f.entries[:n]
	f.entries = f.entries[n:]
	return next, nil
}

type dirEntry struct {
	view view
	hit  found
	base string
}

func (e dirEntry) Name() string      { return e.base }
func (e dirEntry) IsDir() bool       { return e.hit.node.kind == folder }
func (e dirEntry) Type() fs.FileMode { return infoOf(e.base, e.hit.node).Mode().Type() }
func (e dirEntry) Info() (fs.FileInfo, error) {
	hit, err := e.view.tree.linked(e.view.ctx, e.hit)
	if err != nil {
		return nil, failed("stat", e.base, err)
	}
	info := infoOf(e.base, hit.node)
	info.kept = info.kept || e.hit.node.wanted
	return info, nil
}

type fileInfo struct {
	name string
	mode fs.FileMode
	size int64
	kept bool
	own  *owner
}

// Owner says whom the file belongs to, by numbers; known is false for an
// archive or a folder that does not say so.
func (i fileInfo) Owner() (uid, gid int, known bool) {
	if i.own == nil {
		return 0, 0, false
	}
	return i.own.uid, i.own.gid, true
}

// Kept says whether the content is at hand: of a file of a layer that is not,
// Options.Keep has seen the begin and did not want it.
func (i fileInfo) Kept() bool { return i.kept }

func infoOf(name string, n *node) fileInfo {
	mode := n.mode.Perm() | n.mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky)
	switch n.kind {
	case folder:
		mode |= fs.ModeDir
	case symlink:
		mode |= fs.ModeSymlink
	case special:
		mode |= fs.ModeIrregular
	case file, hardLink:
	}
	kept := n.content == nil || n.content.path != "" || n.content.kept || n.wanted
	return fileInfo{name: path.Base(name), mode: mode, size: n.size, kept: kept, own: n.owner}
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }
