package rdsapi

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// maxLookahead bounds the pages that are under way or not yet used.
const maxLookahead = 4

// scan is the reading of a whole list, page after page. Decoding a page of the
// RDS API takes about as long as a fast call, so while one page is decoded the
// next is already asked for: its marker is known before.
type scan[T any] struct {
	turn   chan struct{} // held by whoever reads the next page
	marker string        // of the next page; guarded by turn
	pages  walk          // guarded by turn

	mu    sync.Mutex
	asked []*pageRead[T] // under way or not yet used, in their order
	vain  int            // pages asked for that nobody could use: such an endpoint is soon asked for one at a time
}

// pageRead is one page, asked for. What it brings is there once done is closed.
type pageRead[T any] struct {
	marker  string
	done    chan struct{}
	records []T
	next    string
	err     error
	after   string // the next page's marker, before this one is decoded; guarded by the scan's mu
}

// read asks for a page. With lookahead it asks for the page after it, too, as
// soon as that one's marker is known.
func (s *scan[T]) read(ctx context.Context, from source[T], marker string, lookahead bool) *pageRead[T] {
	read := &pageRead[T]{marker: marker, done: make(chan struct{})}
	call := ctx
	if lookahead {
		call = withAnnounce(ctx, func(next string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			read.after = next
			s.extend(ctx, from)
		})
	}
	go func() {
		defer close(read.done)
		read.records, read.next, read.err = from.page(call, marker)
	}()
	return read
}

// extend asks for the page after the last one, if its marker is known and there
// is room. The caller holds mu.
func (s *scan[T]) extend(ctx context.Context, from source[T]) {
	if len(s.asked) == 0 || len(s.asked)+s.vain >= maxLookahead {
		return
	}
	if last := s.asked[len(s.asked)-1]; last.after != "" && last.after != last.marker {
		s.asked = append(s.asked, s.read(ctx, from, last.after, true))
	}
}

// first returns the page that is next. It asks for it unless it is asked for
// already, and again if that has failed.
func (s *scan[T]) first(ctx context.Context, from source[T], lookahead bool, failed *pageRead[T]) *pageRead[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.asked) == 0:
		s.asked = append(s.asked, s.read(ctx, from, s.marker, lookahead))
	case s.asked[0] == failed:
		s.asked[0] = s.read(ctx, from, s.marker, lookahead)
	}
	if lookahead {
		s.extend(ctx, from) // There may have been no room.
	}
	return s.asked[0]
}

// use takes the first page off. The next one is that of a marker.
func (s *scan[T]) use(next string) {
	s.marker = next
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = slices.Delete(s.asked, 0, 1)
	if len(s.asked) > 0 && s.asked[0].marker != next {
		s.vain += len(s.asked)
		s.asked = nil
	}
}

// wait returns how the reading of the page ended.
func (r *pageRead[T]) wait(ctx context.Context) error {
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// page returns the page that is next, read already or now.
func (s *scan[T]) page(ctx context.Context, from source[T], lookahead bool) (*pageRead[T], error) {
	read := s.first(ctx, from, lookahead, nil)
	err := read.wait(ctx)
	if ctx.Err() == nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		// Whoever asked for it early gave up: ask again.
		read = s.first(ctx, from, lookahead, read)
		err = read.wait(ctx)
	}
	return read, err
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
		d.scan.use("") // The marker may have expired: the next caller starts anew.
		d.scan.pages.seen = nil
		d.mu.Lock()
		defer d.mu.Unlock()
		d.listed = nil
		if errors.Is(err, ErrAccessDenied) {
			d.unlistable.Store(true)
		}
		return err
	}
	d.scan.use(read.next)
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
