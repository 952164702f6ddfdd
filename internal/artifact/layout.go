package artifact

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// disk is a folder or a tar archive with the blobs of an image.
type disk interface {
	// file opens a regular file by its name inside; ErrNotFound is none.
	file(name string) (packed, error)
	close() error
}

// layout is an OCI image layout.
type layout struct{ disk }

func (l layout) open(_ context.Context, d descriptor) (packed, error) {
	return l.file("blobs/" + strings.ReplaceAll(d.Digest, ":", "/"))
}

func openLayout(ctx context.Context, at string, want platform, opt Options) (*Image, error) {
	folder, tag := cutTag(at)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder that can be read", ErrNotFound, folder)
	}
	return openTagged(ctx, layout{diskFolder(folder)}, tag, want, opt)
}

func openLayoutArchive(ctx context.Context, at string, want platform, opt Options) (*Image, error) {
	name, tag := cutTag(at)
	archive, err := openTar(ctx, name, opt.Limits)
	if err != nil {
		return nil, err
	}
	image, err := openTagged(ctx, layout{archive}, tag, want, opt)
	return closedBy(image, archive, err)
}

// closedBy has the image close the disk as well.
func closedBy(image *Image, d disk, err error) (*Image, error) {
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	spool := image.tree.closed
	image.tree.closed = func() error { return errors.Join(spool(), d.close()) }
	return image, nil
}

// cutTag separates a tag behind a colon from the name of a file or folder,
// which may have colons of its own.
func cutTag(at string) (name, tag string) {
	for i := len(at); i > 0; i = strings.LastIndex(at[:i], ":") {
		if _, err := os.Stat(at[:i]); err == nil {
			return at[:i], strings.TrimPrefix(at[i:], ":")
		}
	}
	return at, ""
}

const tagAnnotation = "org.opencontainers.image.ref.name"

func openTagged(ctx context.Context, from layout, tag string, want platform, opt Options) (*Image, error) {
	content, err := readPlain(from.disk, "index.json")
	if errors.Is(err, ErrNotFound) {
		return nil, malformed("it has no index.json, so it is not an OCI layout")
	}
	if err != nil {
		return nil, err
	}
	var index manifest
	if err := json.Unmarshal(content, &index); err != nil {
		return nil, malformed("index.json does not have the right form")
	}
	chosen, err := tagged(index.Manifests, tag, "layout", func(d descriptor) []string { return []string{d.Annotations[tagAnnotation]} })
	if err != nil {
		return nil, err
	}
	if content, err = readSmall(ctx, from, chosen); err != nil {
		return nil, err
	}
	m, d, err := choose(ctx, from, content, chosen, want)
	if err != nil {
		return nil, err
	}
	return assemble(ctx, from, m, d, want, opt)
}

// tagged returns the image of a tag, or the only one there is, of a layout or an
// archive with these; names are those of an image.
func tagged[T any](all []T, tag, where string, names func(T) []string) (chosen T, err error) {
	var tags []string
	for _, image := range all {
		for _, name := range names(image) {
			if tag != "" && (name == tag || strings.HasSuffix(name, ":"+tag)) {
				return image, nil
			}
			if name != "" {
				tags = append(tags, printable(name))
			}
		}
	}
	switch {
	case tag != "":
		return chosen, fmt.Errorf("%w: the tag %s does not exist (existing tags: %s)", ErrNotFound, tag, orNothing(tags))
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return chosen, fmt.Errorf("%w: the %s is empty", ErrNotFound, where)
	}
	return chosen, fmt.Errorf("%w: the %s has %d images (existing tags: %s): append a colon and a tag to the reference", ErrReference, where, len(all), orNothing(tags))
}

// readPlain reads a file that has no digest.
func readPlain(d disk, name string) ([]byte, error) {
	opened, err := d.file(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = opened.done(true) }()
	content, err := io.ReadAll(io.LimitReader(opened, maxManifest+1))
	if err != nil {
		return nil, malformed("%s cannot be read", name)
	}
	if len(content) > maxManifest {
		return nil, errManifestSize
	}
	return content, nil
}

type diskFolder string

func (f diskFolder) close() error { return nil }

// file refuses links and special files: a layout has none.
func (f diskFolder) file(name string) (packed, error) {
	full := filepath.Join(string(f), filepath.FromSlash(name))
	info, err := os.Lstat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return packed{}, fmt.Errorf("%w: the file %s does not exist", ErrNotFound, full)
	case err == nil && !info.Mode().IsRegular():
		return packed{}, malformed("%s is not a regular file", full)
	case err != nil:
		return packed{}, fmt.Errorf("%w: %s", ErrUnreadable, full)
	}
	opened, err := os.Open(full) //nolint:gosec // The user names the folder; the rest is a digest.
	if err != nil {
		return packed{}, fmt.Errorf("%w: %s", ErrUnreadable, full)
	}
	return packed{opened, func(bool) error { return opened.Close() }}, nil
}

// tarFile is a tar archive with its regular files by name.
type tarFile struct {
	name  string
	disk  *os.File
	files map[string]section
	links map[string]string
}

type section struct{ offset, size int64 }

func (t *tarFile) close() error { return t.disk.Close() }

func (t *tarFile) file(name string) (packed, error) {
	for range maxLinks {
		if s, ok := t.files[name]; ok {
			return packed{io.NewSectionReader(t.disk, s.offset, s.size), func(bool) error { return nil }}, nil
		}
		target, ok := t.links[name]
		if !ok {
			return packed{}, fmt.Errorf("%w: %s is not in %s", ErrNotFound, printable(name), t.name)
		}
		name = target
	}
	return packed{}, malformed("%s: %w", printable(name), ErrLinkLoop)
}

// openTar lists a tar archive; its contents are skipped, not read.
func openTar(ctx context.Context, name string, limits Limits) (*tarFile, error) {
	opened, _, err := openArchive(name)
	if err != nil {
		return nil, err
	}
	t := &tarFile{name: name, disk: opened, files: map[string]section{}, links: map[string]string{}}
	if err := t.list(ctx, limits); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return t, nil
}

func (t *tarFile) list(ctx context.Context, limits Limits) error {
	entries := tar.NewReader(t.disk)
	for count := 0; ; count++ {
		header, err := entries.Next()
		switch {
		case ctx.Err() != nil:
			return timed(ctx, ctx.Err())
		case errors.Is(err, io.EOF) && count > 0:
			return nil
		case err != nil:
			return t.noTar()
		case count >= limits.Entries:
			return &LimitError{What: "the number of entries in the archive", Limit: strconv.Itoa(limits.Entries), Argument: "max_entries"}
		}
		at, err := t.disk.Seek(0, io.SeekCurrent)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrUnreadable, t.name)
		}
		name := path.Clean(header.Name)
		switch header.Typeflag {
		case tar.TypeReg:
			t.files[name] = section{at, header.Size}
		case tar.TypeSymlink:
			t.links[name] = path.Join(path.Dir(name), header.Linkname) //nolint:gosec // It is looked up among the archive's own names.
		case tar.TypeLink:
			t.links[name] = path.Clean(header.Linkname)
		}
	}
}

// noTar says what is there instead of a tar archive.
func (t *tarFile) noTar() error {
	head := make([]byte, 4)
	if _, err := t.disk.ReadAt(head, 0); err == nil {
		switch {
		case head[0] == 0x1f && head[1] == 0x8b, string(head) == "\x28\xb5\x2f\xfd":
			return unsupported("the archive %s is compressed as a whole: unpack it with gunzip or unzstd", t.name)
		case string(head) == "PK\x03\x04":
			return unsupported("%s is a zip archive: its reference must start with zip:", t.name)
		}
	}
	return malformed("%s cannot be read as a tar archive", t.name)
}
