package rdsapi

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// How a directory chooses between asking for single records and reading the
// whole Region. Terraform asks in waves of ten, and nothing says how many
// waves will come: so the first wave is asked for by name, and each later one
// may first read some pages of the whole list, which end the asking for good:
// about as many as it wants records, so that a few of a Region with thousands
// do not cost the whole list.
const (
	// scanPagesPerWave bounds the pages read for one wave.
	scanPagesPerWave = 8
	// windowsPerWave bounds how long a wave is waited for while it still comes.
	windowsPerWave = 5
)

// directory remembers the DB instances, or the DB clusters, of a Region.
type directory[T any] struct {
	source source[T]
	window time.Duration
	// listFirst: the first wave, too, begins with the list. Of DB clusters few
	// Regions have more than a page.
	listFirst bool

	mu         sync.Mutex
	known      map[string]T
	listed     []T // what pages gave, in their order
	waiting    []*waiter[T]
	collecting bool
	targeted   int
	unlistable bool // the policy allows single records only
	unnameable bool // the endpoint rejects filters by identifier
	complete   bool // every page was read

	scan scan[T]
}

// waiter is one caller of get.
type waiter[T any] struct {
	ctx    context.Context //nolint:containedctx // the batch it waits for serves several contexts
	id     string
	result chan result[T]
}

type result[T any] struct {
	record T
	err    error
}

func newDirectory[T any](window time.Duration, from source[T]) *directory[T] {
	return &directory[T]{
		source: from, window: window, known: map[string]T{},
		scan: scan[T]{turn: make(chan struct{}, 1), pages: walk{of: from.of, most: maxListPages}},
	}
}

// get returns the record with an identifier, in any case, or ARN.
func (d *directory[T]) get(ctx context.Context, identifier string) (T, error) {
	id := strings.ToLower(identifier)
	d.mu.Lock()
	if record, known := d.known[id]; known {
		d.mu.Unlock()
		return record, nil
	}
	w := &waiter[T]{ctx: ctx, id: id, result: make(chan result[T], 1)}
	d.waiting = append(d.waiting, w)
	if !d.collecting {
		d.collecting = true
		go d.collect(context.WithoutCancel(ctx))
	}
	d.mu.Unlock()

	select {
	case r := <-w.result:
		return r.record, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// collect serves waiters in batches until nobody waits.
func (d *directory[T]) collect(ctx context.Context) {
	for {
		d.waitForWave()
		d.mu.Lock()
		batch := d.waiting
		d.waiting = nil
		if len(batch) == 0 {
			d.collecting = false
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		d.serve(ctx, batch)
	}
}

// waitForWave waits until nobody has come for a window, so that a wave is not
// taken for two.
func (d *directory[T]) waitForWave() {
	for range windowsPerWave {
		d.mu.Lock()
		before := len(d.waiting)
		d.mu.Unlock()
		if d.window > 0 {
			time.Sleep(d.window)
		}
		d.mu.Lock()
		after := len(d.waiting)
		d.mu.Unlock()
		if after == before {
			return
		}
	}
}

// serve answers one batch. Its calls end when every waiter has given up.
func (d *directory[T]) serve(ctx context.Context, batch []*waiter[T]) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := cancelWhenAllLeave(batch, cancel)
	defer stop()

	failures := d.find(ctx, d.unknown(batch))
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range batch {
		if record, known := d.known[w.id]; known {
			w.result <- result[T]{record: record}
			continue
		}
		w.result <- result[T]{err: cmp.Or(w.ctx.Err(), failures[w.id], ctx.Err(), d.source.missing)}
	}
}

// cancelWhenAllLeave calls cancel once the contexts of all waiters are done.
func cancelWhenAllLeave[T any](batch []*waiter[T], cancel context.CancelFunc) (stop func()) {
	var mu sync.Mutex
	left := len(batch)
	stops := make([]func() bool, 0, len(batch))
	for _, w := range batch {
		stops = append(stops, context.AfterFunc(w.ctx, func() {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				cancel()
			}
		}))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// unknown returns the identifiers of a batch that are still to be found, once
// each, in order.
func (d *directory[T]) unknown(batch []*waiter[T]) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []string
	for _, w := range batch {
		if _, known := d.known[w.id]; !known && w.ctx.Err() == nil {
			ids = append(ids, w.id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// missing keeps the identifiers that are not known yet.
func (d *directory[T]) missing(ids []string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, known := d.known[id]
		return known
	})
}

// find gets the records of ids into the directory, and returns why it failed
// for those it could not get.
func (d *directory[T]) find(ctx context.Context, ids []string) map[string]error {
	if len(ids) == 0 {
		return nil
	}
	for range d.pagesFor(len(ids)) {
		ids = d.missing(ids)
		if len(ids) == 0 || d.scanned() {
			break
		}
		if err := d.advance(ctx, false); err != nil {
			if errors.Is(err, ErrAccessDenied) {
				break
			}
			return failAll(ids, err)
		}
	}
	ids = d.missing(ids)
	if len(ids) > 1 && d.mayName() {
		ids = d.missing(ids)
		err := d.findNamed(ctx, ids)
		switch {
		case err == nil:
			return failAll(d.missing(ids), d.source.missing)
		case errors.Is(err, ErrAccessDenied) || errors.Is(err, errInvalidRequest):
			d.mu.Lock()
			d.unnameable = true
			d.unlistable = d.unlistable || errors.Is(err, ErrAccessDenied)
			d.mu.Unlock()
		default:
			return failAll(ids, err)
		}
	}
	return d.findEach(ctx, ids)
}

func failAll(ids []string, err error) map[string]error {
	failures := make(map[string]error, len(ids))
	for _, id := range ids {
		failures[id] = err
	}
	return failures
}

// pagesFor is how many pages of the list a wave may read: more with each wave
// before it that asked by name, so that 500 records cost two calls above the
// five pages, however they are asked for.
func (d *directory[T]) pagesFor(wanted int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.complete || d.unlistable || (d.targeted == 0 && !d.listFirst) {
		return 0
	}
	return min(wanted+d.targeted, scanPagesPerWave)
}

func (d *directory[T]) mayName() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.unnameable && !d.unlistable
}

func (d *directory[T]) scanned() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.complete
}
