package rdsapi

import "context"

// slots bounds the calls under way.
type slots struct {
	free chan struct{}
	// line is held by the first of the calls that wait in it.
	line chan struct{}
}

func newSlots(concurrency int) slots {
	return slots{free: make(chan struct{}, concurrency), line: make(chan struct{}, 1)}
}

// take waits in line for a slot, until the context ends.
func (s slots) take(ctx context.Context) error {
	select {
	case s.line <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.line }()
	return s.takeNext(ctx)
}

// takeNext passes the line. It is for the pages of a whole list: each needs the
// marker of the one before it, so they come one after the other and everything
// waits for the last of them, while the first one may name a hundred parameter
// groups and engine versions that can be read at any time.
func (s slots) takeNext(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s slots) release() { <-s.free }
