package artifact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

type keep func(name string, mode fs.FileMode, size int64, head []byte) bool

const (
	maxSpool  = int64(4) << 30
	wholeHead = 1 << 20 // files up to this size are looked at whole
	partHead  = 4 << 10
)

var errSpool = errors.New("a temporary file cannot be written on this machine")

// spool is one temporary file with the content that is kept. It has no name in
// its folder where the system allows that.
type spool struct {
	mu     sync.Mutex
	file   *os.File
	size   int64
	buffer bytes.Buffer
}

// store keeps the content of a file if that is wanted; -1 is not kept.
func (s *spool) store(name string, n *node, data io.Reader, keep keep) (int64, error) {
	if keep == nil {
		return -1, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := n.size
	if limit > wholeHead {
		limit = partHead
	}
	s.buffer.Reset()
	if _, err := io.CopyN(&s.buffer, data, limit); err != nil {
		return -1, err
	}
	if !keep(name, n.mode, n.size, s.buffer.Bytes()) {
		return -1, nil
	}
	return s.write(io.MultiReader(&s.buffer, data))
}

// append adds content, and returns its offset.
func (s *spool) append(data io.Reader) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(data)
}

func (s *spool) write(data io.Reader) (int64, error) {
	if err := s.create(); err != nil {
		return -1, err
	}
	at := s.size
	n, err := io.Copy(io.NewOffsetWriter(s.file, at), io.LimitReader(data, maxSpool-at+1))
	s.size += n
	if s.size > maxSpool {
		return -1, &LimitError{What: "the size of the content that is read", Limit: fmt.Sprintf("%d bytes", maxSpool)}
	}
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return -1, fmt.Errorf("%w: %w", errSpool, failed.Err)
	}
	return at, err
}

func (s *spool) create() error {
	if s.file != nil {
		return nil
	}
	created, err := os.CreateTemp("", "sslready-image-*")
	if err != nil {
		return fmt.Errorf("%w: %w", errSpool, err)
	}
	_ = os.Remove(created.Name()) // Windows refuses that; close removes it there.
	s.file = created
	return nil
}

func (s *spool) section(offset, size int64) contentReader {
	return contentReader{io.NewSectionReader(s.file, offset, size), func() error { return nil }}
}

func (s *spool) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // Gone already, but on Windows.
	s.file = nil
	return err
}

// contentReader reads one file's content.
type contentReader struct {
	*io.SectionReader
	close func() error
}
