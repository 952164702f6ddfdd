package artifact

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// The folders at which AWS Lambda unpacks a function and its layers.
const (
	lambdaFunction = "var/task"
	lambdaLayers   = "opt"
)

// OpenArchives opens the zip archives of an AWS Lambda function: its layers in
// their order, then the function itself. Of a file outside of /var/task and
// /opt the error is ErrNotPart: the runtime's own files are in no archive.
func OpenArchives(ctx context.Context, names []string, opt Options) (*Image, error) {
	opt.Limits = opt.Limits.withDefaults()
	ctx, cancel := context.WithTimeoutCause(ctx, opt.Limits.Time, timeLimit(opt.Limits))
	defer cancel()
	if len(names) == 0 {
		return nil, fmt.Errorf("%w: no archive is named", ErrReference)
	}
	image := &Image{Lambda: true}
	shared := &budget{limits: opt.Limits}
	var layers []layer
	var digests []string
	var opened []io.Closer
	closeAll := func() (err error) {
		for _, o := range opened {
			err = errors.Join(err, o.Close())
		}
		return err
	}
	for i, name := range names {
		l, digest, err := openZip(ctx, name, shared)
		if err != nil {
			return nil, errors.Join(timed(ctx, err), closeAll())
		}
		if l.under = lambdaLayers; i == len(names)-1 {
			l.under = lambdaFunction
		}
		layers, digests, opened = append(layers, l), append(digests, digest), append(opened, l.file)
	}
	slices.Reverse(layers)
	image.tree = newTree(layers, closeAll)
	image.tree.within = []string{lambdaFunction, lambdaLayers}
	image.Config.WorkingDir = "/" + lambdaFunction
	if image.Digest = digests[0]; len(digests) > 1 {
		sum := sha256.Sum256([]byte(strings.Join(digests, "\n")))
		image.Digest = "sha256:" + hex.EncodeToString(sum[:])
	}
	return image, nil
}

// openArchive opens a regular file of this machine, and returns its size.
func openArchive(name string) (*os.File, int64, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fmt.Errorf("%w: the file %s does not exist", ErrNotFound, name)
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %s", ErrUnreadable, name)
	case !info.Mode().IsRegular():
		return nil, 0, malformed("%s is not a regular file", name)
	}
	opened, err := os.Open(name) //nolint:gosec // The user names the archive.
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrUnreadable, name)
	}
	return opened, info.Size(), nil
}

type zipLayer struct {
	name   string
	under  string
	file   *os.File
	zip    *zip.Reader
	budget *budget
}

func openZip(ctx context.Context, name string, shared *budget) (*zipLayer, string, error) {
	opened, size, err := openArchive(name)
	if err != nil {
		return nil, "", err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, &checked{ctx: ctx, reader: opened, hash: sha256.New(), blob: blob{size: unsized}}); err != nil {
		return nil, "", errors.Join(fmt.Errorf("%w: %s", brokenOff(ctx, ErrUnreadable), name), opened.Close())
	}
	reader, err := zip.NewReader(opened, size)
	if err != nil {
		return nil, "", errors.Join(malformed("%s cannot be read as a zip archive", name), opened.Close())
	}
	return &zipLayer{name: name, file: opened, zip: reader, budget: shared}, digestOf(hash), nil
}

func (l *zipLayer) index(context.Context, string) (*node, error) {
	built := newEntries(l.budget.limits)
	built.asIs = true
	for i, entry := range l.zip.File {
		if err := l.budget.takeEntry(len(entry.Name)); err != nil {
			return nil, err
		}
		n := &node{mode: entry.Mode(), kind: special}
		switch mode := entry.Mode(); {
		case entry.Flags&1 != 0:
			return nil, unsupported("%s is encrypted", l.name)
		case mode.IsDir():
			n.kind = folder
		case mode&fs.ModeSymlink != 0:
			target, err := l.read(entry, maxName)
			if err != nil {
				return nil, err
			}
			n.kind, n.link = symlink, string(target)
		case mode.IsRegular():
			n.kind, n.content = file, &content{ordinal: i, path: entry.Name}
			n.size = int64(min(entry.UncompressedSize64, 1<<62)) //nolint:gosec // It is bounded.
		}
		if _, err := built.parts(entry.Name); err != nil { // Before the folder is put in front.
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
		if err := built.add(l.under+"/"+strings.TrimLeft(entry.Name, "/"), n); err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return built.root, nil
}

func (l *zipLayer) read(entry *zip.File, limit int64) ([]byte, error) {
	opened, err := entry.Open()
	if err != nil {
		return nil, malformed("%s: an entry cannot be unpacked", l.name)
	}
	counted := &counted{reader: opened, budget: l.budget}
	content, err := io.ReadAll(io.LimitReader(counted, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", l.name, counted.because(err))
	case int64(len(content)) > limit:
		return nil, malformed("%s: an entry is longer than its header says, or the target of a link is too long", l.name)
	}
	return content, opened.Close()
}

// open unpacks one file into memory: a Lambda function and its layers have at
// most 250 MiB.
func (l *zipLayer) open(_ context.Context, n *node) (contentReader, error) {
	const most = 512 << 20
	if n.size > most {
		return contentReader{}, &LimitError{What: "the size of a file in an archive", Limit: fmt.Sprintf("%d bytes", most)}
	}
	content, err := l.read(l.zip.File[n.content.ordinal], n.size)
	if err != nil {
		return contentReader{}, err
	}
	return contentReader{io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content))), func() error { return nil }}, nil
}
