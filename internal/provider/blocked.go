package provider

import "context"

// untilCancelled runs what may block where no cancellation reaches, as every
// touch of a network file system does that is away, until the run is cancelled.
// It is then left to itself: it holds one thread of the process, which ends with
// the plan.
func untilCancelled[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		value, err := work()
		answered <- answer{value, err}
	}()
	select {
	case a := <-answered:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
