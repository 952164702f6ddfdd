package rdsapi

import (
	"context"
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
		if arn != "" {
			d.known[strings.ToLower(arn)] = record
		}
	}
}

// findNamed asks for records by identifier, a hundred a call.
func (d *directory[T]) findNamed(ctx context.Context, ids []string) error {
	for chunk := range slices.Chunk(ids, pageSize) {
		err := walk{of: d.source.of, most: maxListPages}.pages(d.source.action, func(marker *string) (next string, err error) {
			d.countTargeted()
			records, next, err := d.source.named(ctx, chunk, marker)
			if err != nil {
				return "", err
			}
			d.store(records)
			// An endpoint that ignores the filter lists everybody: go on only
			// while somebody is missing.
			if len(d.missing(chunk)) == 0 {
				return "", nil
			}
			return next, nil
		})
		if err != nil {
			return err
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
