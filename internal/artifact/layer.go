package artifact

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// blob is the packed form of a layer. open may be called again and again.
type blob struct {
	digest string // "sha256:…" of the packed octets; empty is not known
	diffID string // the same of the unpacked ones; looked at where digest is empty
	size   int64  // of the packed octets; -1 is not known
	open   func(ctx context.Context) (packed, error)
}

// packed is one reading of a blob. done is called once at its end, and says
// whether all of it was read and is what the digest says.
type packed struct {
	io.Reader
	done func(verified bool) error
}

// budget is what all layers of an artifact may take together.
type budget struct {
	limits  Limits
	octets  atomic.Int64
	entries atomic.Int64
	names   atomic.Int64
}

// maxNames bounds what all paths and links together have, in octets: they stay in
// memory, and packed they are next to nothing.
const maxNames = 64 << 20

func (b *budget) takeOctets(n int) error {
	if b.octets.Add(int64(n)) > b.limits.Octets {
		return &LimitError{What: "the total unpacked size of the image", Limit: fmt.Sprintf("%d bytes", b.limits.Octets), Argument: "max_bytes"}
	}
	return nil
}

// takeEntry counts an entry, and the octets of its path and of where it leads.
func (b *budget) takeEntry(names int) error {
	if b.names.Add(int64(names)) > maxNames {
		return &LimitError{What: "the total length of the names in the image", Limit: fmt.Sprintf("%d bytes", maxNames)}
	}
	if b.entries.Add(1) > int64(b.limits.Entries) {
		return &LimitError{What: "the number of entries in the image", Limit: strconv.Itoa(b.limits.Entries), Argument: "max_entries"}
	}
	return nil
}

// tarLayer is a layer as a tar stream, packed or not.
type tarLayer struct {
	number int
	blob   blob
	budget *budget
	spool  *spool
	keep   keep
	linked map[int]*content // by ordinal: what only a hard link's name says to look into
	again  sync.Mutex       // while a content is looked for once more
}

// maxSought is the size of a file that is kept because somebody looks for it.
const maxSought = 16 << 20

// index reads the layer to its end, so that its digest is checked.
func (l *tarLayer) index(ctx context.Context, sought string) (*node, error) {
	always := func(string, fs.FileMode, int64, []byte) bool { return true }
	built := newEntries(l.budget.limits)
	l.linked = map[int]*content{}
	err := l.each(ctx, func(ordinal int, header *tar.Header, data io.Reader) error {
		if err := l.budget.takeEntry(len(header.Name) + len(header.Linkname)); err != nil {
			return err
		}
		n, err := built.nodeOf(header)
		if err != nil || n == nil {
			return err
		}
		switch {
		case n.kind == file && n.content == nil:
			n.content = &content{layer: l.number, ordinal: ordinal, spooled: -1}
			keep := l.keep
			if n.size <= maxSought && path.Clean("/"+header.Name) == "/"+sought {
				keep = always
			}
			if n.content.spooled, err = l.spool.store(header.Name, n, data, keep); err != nil {
				return err
			}
			n.content.kept = n.content.spooled >= 0
		case l.keep != nil && (n.kind == hardLink || n.kind == file && !n.content.kept):
			if n.wanted = l.keep(header.Name, n.mode, max(n.size, 1), nil); n.wanted && n.kind == file {
				l.linked[n.content.ordinal] = n.content
			}
		}
		return built.add(header.Name, n)
	})
	if err != nil {
		return nil, fmt.Errorf("layer %d: %w", l.number+1, err)
	}
	return built.done(), nil
}

// open returns a file's content from the spool, or by going through the layer
// once more.
func (l *tarLayer) open(ctx context.Context, n *node) (contentReader, error) {
	l.again.Lock()
	defer l.again.Unlock()
	if n.content.spooled >= 0 {
		return l.spool.section(n.content.spooled, n.size), nil
	}
	err := l.each(ctx, func(ordinal int, _ *tar.Header, data io.Reader) (err error) {
		wanted := l.linked[ordinal]
		if ordinal == n.content.ordinal {
			wanted = n.content
		}
		if wanted != nil && wanted.spooled < 0 {
			wanted.spooled, err = l.spool.append(data)
		}
		return err // To the end: what is used is checked.
	})
	if err != nil {
		return contentReader{}, fmt.Errorf("layer %d: %w", l.number+1, err)
	}
	return l.spool.section(n.content.spooled, n.size), nil
}

// each goes through the entries, then to the end of the layer.
func (l *tarLayer) each(ctx context.Context, visit func(ordinal int, header *tar.Header, data io.Reader) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, l.budget.limits.Time, timeLimit(l.budget.limits))
	defer cancel()
	raw, err := l.blob.open(ctx)
	if err != nil {
		return err
	}
	packed := &checked{ctx: ctx, reader: raw, hash: sha256.New(), blob: l.blob}
	fetched := readAhead(packed)
	err = l.visitAll(fetched, visit)
	limit, verified := (*LimitError)(nil), false
	own := errors.As(err, &limit) || errors.Is(err, errSpool)
	if own {
		cancel()
	}
	if fetched.end(); !own {
		// A lie about the content is the cause of all that follows from it.
		wrong := packed.verify()
		if verified = wrong == nil; !verified {
			err = wrong
		}
	}
	if failed := raw.done(verified); err == nil {
		err = failed
	}
	return err
}

func (l *tarLayer) visitAll(packed io.Reader, visit func(int, *tar.Header, io.Reader) error) error {
	unpacked, done, err := unpack(packed)
	if err != nil {
		return err
	}
	defer done()
	counted := &counted{reader: unpacked, budget: l.budget}
	if l.blob.digest == "" && l.blob.diffID != "" {
		counted.hash = sha256.New()
	}
	entries := tar.NewReader(counted)
	for ordinal := 0; ; ordinal++ {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = visit(ordinal, header, entries)
		}
		if err != nil {
			return counted.because(err)
		}
	}
	if _, err := io.Copy(io.Discard, counted); err != nil {
		return counted.because(err)
	}
	if counted.hash != nil && digestOf(counted.hash) != l.blob.diffID {
		return fmt.Errorf("%w: it is not the layer that the configuration names (%s)", ErrDigest, l.blob.diffID)
	}
	return nil
}

// unpack finds the compression by the content, as runtimes do.
func unpack(packed io.Reader) (io.Reader, func(), error) {
	buffered := bufio.NewReaderSize(packed, 256<<10)
	head, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		reader, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, nil, malformed("%w", err)
		}
		return reader, func() { _ = reader.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		const window = 32 << 20
		reader, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, malformed("zstd: %w", err)
		}
		return reader, reader.Close, nil
	default:
		return buffered, func() {}, nil
	}
}

// checked is the packed stream: hashed, ended by the context, and no longer
// than it should be.
type checked struct {
	ctx    context.Context //nolint:containedctx // It ends a reader, whose interface has no context.
	reader io.Reader
	hash   hash.Hash
	blob   blob
	size   int64
	err    error
}

// Read reads, and remembers how it ended.
func (c *checked) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	if err := c.ctx.Err(); err != nil {
		c.err = timed(c.ctx, err)
		return 0, c.err
	}
	n, err := c.reader.Read(p)
	c.hash.Write(p[:n])
	c.size += int64(n)
	if c.blob.size >= 0 && c.size > c.blob.size {
		err = fmt.Errorf("%w: a blob is longer than the %d bytes that its manifest states", ErrDigest, c.blob.size)
	}
	c.err = err
	return n, err
}

// verify reads what is left, and compares.
func (c *checked) verify() error {
	_, _ = io.Copy(io.Discard, c) // The error is in c.err.
	switch {
	case errors.Is(c.err, ErrDigest):
		return c.err
	case !errors.Is(c.err, io.EOF):
		return fmt.Errorf("%w: the transfer of a blob was interrupted", brokenOff(c.ctx, c.err))
	case c.blob.size >= 0 && c.size != c.blob.size:
		return fmt.Errorf("%w: a blob has the size %d, but its manifest says %d", ErrDigest, c.size, c.blob.size)
	}
	if got := digestOf(c.hash); c.blob.digest != "" && got != c.blob.digest {
		return fmt.Errorf("%w: a blob has the digest %s, but its manifest names %s", ErrDigest, got, c.blob.digest)
	}
	return nil
}

// brokenOff is what a failed reading means: the caller's end, the limit of
// time, or the source's fault.
func brokenOff(ctx context.Context, err error) error {
	limit := (*LimitError)(nil)
	switch {
	case ctx.Err() != nil:
		return timed(ctx, ctx.Err())
	case errors.As(err, &limit), errors.Is(err, errSpool), errors.Is(err, ErrUnreadable):
		return err
	default:
		return ErrUnreachable
	}
}

func digestOf(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// counted is the unpacked stream, within the budget.
type counted struct {
	reader io.Reader
	budget *budget
	hash   hash.Hash // nil hashes nothing
	limit  error
}

// Read reads within the budget.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	if c.hash != nil {
		c.hash.Write(p[:n])
	}
	if c.limit = c.budget.takeOctets(n); c.limit != nil {
		return 0, c.limit
	}
	return n, err
}

// because is the limit where it was passed, else what the parser says.
func (c *counted) because(err error) error {
	limit := (*LimitError)(nil)
	switch {
	case c.limit != nil:
		return c.limit
	case errors.As(err, &limit), errors.Is(err, ErrMalformed), errors.Is(err, errSpool), errors.Is(err, context.Canceled):
		return err
	default:
		return malformed("%w", err)
	}
}
