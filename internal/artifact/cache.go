package artifact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// DefaultCacheSize is how much a Cache keeps if nothing else is said.
const DefaultCacheSize = int64(8) << 30

// Cache keeps the blobs of registries as they came, each under its digest, so
// that a blob is fetched once. What is taken from it is checked like what is
// fetched. It is safe for concurrent use, also by several processes.
type Cache struct {
	folder string
	limit  int64

	mu        sync.Mutex
	temporary bool
}

// NewCache returns a cache in a folder, which is made when it is first needed;
// an empty one is a temporary folder, which Close removes. limit is how many
// bytes are kept; zero is DefaultCacheSize.
func NewCache(folder string, limit int64) *Cache {
	if limit == 0 {
		limit = DefaultCacheSize
	}
	return &Cache{folder: folder, limit: limit}
}

// Close removes a temporary cache.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.temporary {
		return nil
	}
	c.temporary = false
	defer func() { c.folder = "" }()
	return os.RemoveAll(c.folder)
}

func (c *Cache) ready() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.folder == "" {
		made, err := os.MkdirTemp("", "sslready-images-*")
		c.folder, c.temporary = made, err == nil
		return made, err
	}
	return c.folder, os.MkdirAll(c.folder, 0o700)
}

// open returns a blob from the cache, else what fetch returns, which is kept
// on its way.
func (c *Cache) open(ctx context.Context, digest string, fetch func(context.Context) (io.ReadCloser, error)) (packed, error) {
	in, err := c.ready()
	if err != nil {
		return packed{}, fmt.Errorf("%w (image cache): %w", errSpool, err)
	}
	name := filepath.Join(in, strings.ReplaceAll(digest, ":", "-"))
	if kept, err := os.Open(name); err == nil { //nolint:gosec // The name is a digest.
		now := time.Now() //nolint:forbidigo // Of a file, not of a judgement: what is unused for longest goes first.
		_ = os.Chtimes(name, now, now)
		return packed{kept, func(verified bool) error {
			if !verified {
				_ = os.Remove(name)
			}
			return kept.Close()
		}}, nil
	}
	body, err := fetch(ctx)
	if err != nil {
		return packed{}, err
	}
	keeping, err := os.CreateTemp(in, "fetching-*")
	if err != nil {
		return packed{}, errors.Join(fmt.Errorf("%w (image cache): %w", errSpool, err), body.Close())
	}
	return packed{io.TeeReader(body, spoolWriter{keeping}), func(verified bool) error {
		_ = body.Close() // All that matters was read.
		err := keeping.Close()
		if !verified || err != nil {
			return errors.Join(err, os.Remove(keeping.Name()))
		}
		if err := os.Rename(keeping.Name(), name); err != nil {
			return fmt.Errorf("%w (image cache): %w", errSpool, err)
		}
		return c.evict(in, name)
	}}, nil
}

// spoolWriter marks what fails here as this machine's fault.
type spoolWriter struct{ io.Writer }

func (w spoolWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("%w (image cache): %w", errSpool, err)
	}
	return n, err
}

// evict removes what was unused for longest until the limit holds. Temporary
// files that a killed process left go after a day.
func (c *Cache) evict(in, newest string) error {
	listed, err := os.ReadDir(in)
	if err != nil {
		return err
	}
	var kept []fs.FileInfo
	total := int64(0)
	for _, entry := range listed {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if strings.HasPrefix(info.Name(), "fetching-") {
			if time.Since(info.ModTime()) > 24*time.Hour {
				_ = os.Remove(filepath.Join(in, info.Name()))
			}
			continue
		}
		kept, total = append(kept, info), total+info.Size()
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), strings.Compare(a.Name(), b.Name()))
	})
	for _, info := range kept {
		if total <= c.limit {
			break
		}
		if name := filepath.Join(in, info.Name()); name != newest && os.Remove(name) == nil {
			total -= info.Size()
		}
	}
	return nil
}
