package rdsapi

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
)

// store remembers records under their identifiers and ARNs.
func (d *directory[T]) store(records []T) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, record := range records {
		identifier, arn := d.source.keys(record)
		d.known[strings.ToLower(identifier)] = record
		d.known[strings.ToLower(arn)] = record
	}
}

// findNamed asks for records by identifier, a hundred a call.
func (d *directory[T]) findNamed(ctx context.Context, ids []string) error {
	for chunk := range slices.Chunk(ids, pageSize) {
		marker := ""
		for {
			d.countTargeted()
			records, next, err := d.source.named(ctx, chunk, marker)
			if err != nil {
				return err
			}
			d.store(records)
			// An endpoint that ignores the filter lists everybody: go on only
			// while somebody is missing.
			if next == "" || len(d.missing(chunk)) == 0 {
				break
			}
			if next == marker {
				return incomplete("page", "an end")
			}
			marker = next
		}
	}
	return nil
}

// findEach asks for every record by itself. The Reader's slots bound how many
// calls run at once.
func (d *directory[T]) findEach(ctx context.Context, ids []string) map[string]error {
	var (
		mu       sync.Mutex
		wg       sync.WaitGroup
		failures = map[string]error{}
	)
	for _, id := range ids {
		wg.Go(func() {
			d.countTargeted()
			record, err := d.source.one(ctx, id)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failures[id] = err
				return
			}
			d.store([]T{record})
			d.mu.Lock()
			defer d.mu.Unlock()
			d.known[id] = record // under the name it was asked for
		})
	}
	wg.Wait()
	return failures
}

func (d *directory[T]) countTargeted() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.targeted++
}

// advance reads the next page of the whole list, unless it is complete.
func (d *directory[T]) advance(ctx context.Context) error {
	select {
	case d.scan <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.scan }()
	if d.scanned() {
		return nil
	}
	records, next, err := d.source.page(ctx, d.marker)
	if err == nil && next != "" && next == d.marker {
		err = incomplete("page", "an end")
	}
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.marker = "" // a marker may have expired: the next reader starts anew
		d.listed = nil
		d.unlistable = d.unlistable || errors.Is(err, ErrAccessDenied)
		return err
	}
	d.store(records)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listed = append(d.listed, records...)
	d.marker = next
	d.complete = next == ""
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
		complete := d.complete
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
		if err := d.advance(ctx); err != nil {
			return err
		}
	}
}
