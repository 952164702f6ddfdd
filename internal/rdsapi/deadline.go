package rdsapi

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// timedOut is the error for AWS having had its time. trouble is what the last
// attempt that failed had failed with: an error code of AWS, or "no answer";
// empty if none failed.
func timedOut(within time.Duration, trouble string) error {
	if trouble != "" {
		trouble = "; the last failed attempt ended with: " + trouble
	}
	return fmt.Errorf("%w within %v%s", ErrTimeout, within, trouble)
}

// errBudget is the cause of a context that ends by a budget.
var errBudget = errors.New("the time limit is reached")

// budget is when a caller stops to wait. The zero value never.
type budget struct {
	until  time.Time
	within time.Duration
}

// newBudget starts to run now; zero or less never ends.
func newBudget(within time.Duration) budget {
	if within <= 0 {
		return budget{}
	}
	clock, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	until, _ := clock.Deadline()
	return budget{until: until, within: within}
}

// bound ends a context by the budget. The caller hands done the error that it
// returns, which done replaces where the budget was the cause; ended is true
// then.
func (b budget) bound(ctx context.Context) (bounded context.Context, done func(err *error) (ended bool)) {
	if b.until.IsZero() {
		return ctx, func(*error) bool { return false }
	}
	bounded, cancel := context.WithDeadlineCause(ctx, b.until, errBudget)
	return bounded, func(err *error) bool {
		defer cancel()
		if *err == nil || !errors.Is(context.Cause(bounded), errBudget) {
			return false
		}
		*err = timedOut(b.within, "")
		return true
	}
}

// Within returns a Reader that shares everything with r, and whose calls all
// together end when the time is over: they are then ErrTimeout. Zero or less
// is no bound. The time runs from now.
func (r *Reader) Within(limit time.Duration) *Reader { return r.until(newBudget(limit)) }

func (r *Reader) until(b budget) *Reader {
	if b.until.IsZero() {
		return r
	}
	return &Reader{shared: r.shared, budget: b}
}

// bound ends a method of the Reader by its budget.
func (r *Reader) bound(ctx context.Context) (bounded context.Context, done func(err *error)) {
	bounded, ended := r.budget.bound(ctx)
	return bounded, func(err *error) {
		if ended(err) {
			*err = timedOut(r.budget.within, r.patience.lastTrouble())
			r.patience.lose("", *err)
		}
	}
}
