package rdsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// How a directory chooses between asking for single records and reading the
// whole Region. Terraform asks in waves of ten, and nothing says how many
// waves will come: so the first wave is asked for by name, and each later one
// may first read some pages of the whole list, which end the asking for good:
// about as many as it wants records, so that a few of a Region with thousands
// do not cost the whole list.
const (
	// window is how long a lookup waits for others to share its call.
	window = 10 * time.Millisecond
	// scanPagesPerWave bounds the pages read for one wave.
	scanPagesPerWave = 8
	// windowsPerWave bounds how long a wave is waited for while it still comes.
	windowsPerWave = 5
)

// directory remembers the DB instances, or the DB clusters, of a Region.
type directory[T any] struct {
	source source[T]
	// listFirst: the first wave, too, begins with the list. Of DB clusters few
	// Regions have more than a page.
	listFirst bool

	mu         sync.Mutex
	known      map[string]T
	listed     []T // what pages gave, in their order
	waiting    []*waiter[T]
	collecting bool

	targeted   atomic.Int64 // calls for certain records
	unlistable atomic.Bool  // the policy allows single records only
	unnameable atomic.Bool  // the endpoint rejects filters by identifier
	complete   atomic.Bool  // every page was read; set with the last of listed

	scan scan[T]
}

// waiter is one caller of get. The record or the error is there once done is
// closed.
type waiter[T any] struct {
	ctx    context.Context //nolint:containedctx // the batch it waits for serves several contexts
	id     string
	done   chan struct{}
	record T
	err    error
}

func newDirectory[T any](from source[T]) *directory[T] {
	return &directory[T]{source: from, known: map[string]T{}, scan: scan[T]{turn: make(chan struct{}, 1), pages: from.list}}
}

// get returns the record with an identifier, in any case, or ARN.
func (d *directory[T]) get(ctx context.Context, identifier string) (T, error) {
	id := strings.ToLower(identifier)
	d.mu.Lock()
	if record, known := d.known[id]; known {
		d.mu.Unlock()
		return record, nil
	}
	w := &waiter[T]{ctx: ctx, id: id, done: make(chan struct{})}
	d.waiting = append(d.waiting, w)
	if !d.collecting {
		d.collecting = true
		go d.collect(context.WithoutCancel(ctx))
	}
	d.mu.Unlock()

	select {
	case <-w.done:
		if errors.Is(w.err, d.source.missing) {
			return w.record, fmt.Errorf("%w: %q", d.source.missing, identifier)
		}
		return w.record, w.err
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
		d.waiting, d.collecting = nil, len(batch) > 0
		d.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		d.serve(ctx, batch)
	}
}

// waitForWave waits until nobody has come for a window, so that a wave is not
// taken for two.
func (d *directory[T]) waitForWave() {
	waiting := func() int {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.waiting)
	}
	for range windowsPerWave {
		before := waiting()
		time.Sleep(window)
		if waiting() == before {
			return
		}
	}
}

// serve answers one batch. Its calls end when every waiter has given up.
func (d *directory[T]) serve(ctx context.Context, batch []*waiter[T]) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var left atomic.Int64 // waiters still there: the last that leaves ends the calls
	left.Store(int64(len(batch)))
	var ids []string
	for _, w := range batch {
		defer context.AfterFunc(w.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		})()
		if w.ctx.Err() == nil {
			ids = append(ids, w.id)
		}
	}
	slices.Sort(ids)
	failures := d.find(ctx, d.missing(slices.Compact(ids)))
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range batch {
		record, known := d.known[w.id]
		if w.record = record; !known {
			w.err = cmp.Or(w.ctx.Err(), failures[w.id], d.source.missing)
		}
		close(w.done)
	}
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
// for those it could not get; those that are not there may be left out.
func (d *directory[T]) find(ctx context.Context, ids []string) map[string]error {
	for range d.pagesFor(len(ids)) {
		if ids = d.missing(ids); len(ids) == 0 {
			break
		}
		err := d.advance(ctx, false)
		if errors.Is(err, ErrAccessDenied) {
			break
		}
		if err != nil {
			return failAll(ids, err)
		}
	}
	if ids = d.missing(ids); len(ids) > 1 && !d.unnameable.Load() && !d.unlistable.Load() {
		err := d.findNamed(ctx, ids)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrAccessDenied):
			d.unlistable.Store(true)
		case errors.Is(err, errInvalidRequest):
			d.unnameable.Store(true)
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
	targeted := int(d.targeted.Load())
	if d.complete.Load() || d.unlistable.Load() || (targeted == 0 && !d.listFirst) {
		return 0
	}
	return min(wanted+targeted, scanPagesPerWave)
}

// store remembers records under their identifiers and ARNs.
func (d *directory[T]) store(records []T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, record := range records {
		identifier, arn := d.source.keys(record)
		d.known[strings.ToLower(identifier)] = record
		if arn != "" {
			d.known[strings.ToLower(arn)] = record
		}
	}
}

// findNamed asks for records by identifier, a hundred a call.
func (d *directory[T]) findNamed(ctx context.Context, ids []string) error {
	for chunk := range slices.Chunk(ids, pageSize) {
		var marker *string
		call := func() (records []T, err error) {
			d.targeted.Add(1)
			records, marker, err = d.source.describe(ctx, question{filters: filterBy(d.source.filter, chunk), marker: marker, maxRecords: aws.Int32(pageSize)})
			return records, err
		}
		for records, err := range pages(d.source.list, &marker, call) {
			if err != nil {
				return err
			}
			d.store(records)
			// An endpoint that ignores the filter lists everybody: go on only
			// while somebody is missing.
			if len(d.missing(chunk)) == 0 {
				break
			}
		}
	}
	return nil
}

// findEach asks for every record by itself. The Reader's slots bound how many
// calls run at once.
func (d *directory[T]) findEach(ctx context.Context, ids []string) map[string]error {
	var wg sync.WaitGroup
	failures := map[string]error{} // guarded by mu
	for _, id := range ids {
		wg.Go(func() {
			d.targeted.Add(1)
			record, err := d.source.one(ctx, id)
			if err == nil {
				d.store([]T{record})
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if err != nil {
				failures[id] = err
				return
			}
			d.known[id] = record // under the name it was asked for
		})
	}
	wg.Wait()
	return failures
}
