package rdsapi

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
)

// maxLookahead bounds the pages that are read before they are needed.
const maxLookahead = 4

// scan is the reading of a whole list, page after page. Decoding a page of the
// RDS API takes about as long as a fast call, so while one page is decoded the
// next is already asked for: its marker is known before.
type scan[T any] struct {
	turn   chan struct{} // held by whoever reads the next page
	marker string        // of the next page; guarded by turn
	ahead  *pageRead[T]  // the next page, if already asked for; guarded by turn
	early  atomic.Int32  // pages under way or not yet used
	pages  walk          // guarded by turn
}

// pageRead is one page, asked for.
type pageRead[T any] struct {
	marker  string
	done    chan struct{}
	records []T
	next    string
	err     error
	after   atomic.Pointer[pageRead[T]] // asked for before this one was decoded
}

// read asks for a page. With lookahead it asks for the page after it, too, as
// soon as that one's marker is known.
func (s *scan[T]) read(ctx context.Context, from source[T], marker string, lookahead bool) *pageRead[T] {
	read := &pageRead[T]{marker: marker, done: make(chan struct{})}
	s.early.Add(1)
	call := ctx
	if lookahead {
		call = withAnnounce(ctx, func(next string) {
			if next != marker && s.early.Load() <= maxLookahead && read.after.Load() == nil {
				read.after.Store(s.read(ctx, from, next, true))
			}
		})
	}
	go func() {
		defer close(read.done)
		defer s.early.Add(-1)
		read.records, read.next, read.err = from.page(call, marker)
	}()
	return read
}

// page returns the page that is next, read already or now.
func (s *scan[T]) page(ctx context.Context, from source[T], lookahead bool) (*pageRead[T], error) {
	read := s.ahead
	s.ahead = nil
	if read == nil || read.marker != s.marker {
		read = s.read(ctx, from, s.marker, lookahead)
	}
	for range 2 {
		select {
		case <-read.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !errors.Is(read.err, context.Canceled) && !errors.Is(read.err, context.DeadlineExceeded) {
			break
		}
		// Whoever asked for it early gave up: ask again.
		read = s.read(ctx, from, s.marker, lookahead)
	}
	return read, read.err
}

// advance reads the next page of the whole list, unless it is complete.
func (d *directory[T]) advance(ctx context.Context, lookahead bool) error {
	select {
	case d.scan.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.scan.turn }()
	if d.complete.Load() {
		return nil
	}
	read, err := d.scan.page(ctx, d.source, lookahead)
	if err == nil && read.next != "" {
		err = d.scan.pages.next(read.next)
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err() // the marker is still good for the next caller
		}
		d.scan.marker, d.scan.pages.seen = "", nil // it may have expired: the next caller starts anew
		d.mu.Lock()
		defer d.mu.Unlock()
		d.listed = nil
		if errors.Is(err, ErrAccessDenied) {
			d.unlistable.Store(true)
		}
		return err
	}
	d.scan.marker = read.next
	if after := read.after.Load(); after != nil && after.marker == read.next {
		d.scan.ahead = after
	}
	d.store(read.records)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listed = append(d.listed, read.records...)
	d.complete.Store(read.next == "")
	return nil
}

// walk reads the whole list and hands over its records as they come, each
// once, so that a caller can start on them before the last page is there.
func (d *directory[T]) walk(ctx context.Context, visit func([]T)) error {
	seen := map[string]bool{}
	for at := 0; ; {
		d.mu.Lock()
		at = min(at, len(d.listed)) // a failed reader may have started anew
		fresh := slices.Clone(d.listed[at:])
		at = len(d.listed)
		complete := d.complete.Load()
		d.mu.Unlock()
		fresh = slices.DeleteFunc(fresh, func(record T) bool {
			identifier, _ := d.source.keys(record)
			again := seen[identifier]
			seen[identifier] = true
			return again
		})
		visit(fresh)
		if complete {
			return nil
		}
		if err := d.advance(ctx, true); err != nil {
			return err
		}
	}
}
