package rdsapi

import (
	"context"
	"errors"
	"sync"
)

// flights runs each key once and remembers the answer. Callers of the same key
// share one run; it goes on as long as one of them waits, and ends at once
// when the last gives up.
type flights[K comparable, V any] struct {
	mu      sync.Mutex
	running map[K]*flight[V]
}

type flight[V any] struct {
	done    chan struct{}
	value   V
	err     error
	waiting int
	cancel  context.CancelFunc
}

// do returns the remembered answer of key, or runs work for it.
func (f *flights[K, V]) do(ctx context.Context, key K, work func(context.Context) (V, error)) (V, error) {
	f.mu.Lock()
	run, known := f.running[key]
	if !known {
		run = f.start(ctx, key, work)
	}
	run.waiting++
	f.mu.Unlock()

	select {
	case <-run.done:
		return run.value, run.err
	default:
	}
	select {
	case <-run.done:
		return run.value, run.err
	case <-ctx.Done():
		f.leave(key, run)
		var none V
		return none, ctx.Err()
	}
}

// start begins a run. The caller holds the lock.
func (f *flights[K, V]) start(ctx context.Context, key K, work func(context.Context) (V, error)) *flight[V] {
	if f.running == nil {
		f.running = map[K]*flight[V]{}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	run := &flight[V]{done: make(chan struct{}), cancel: cancel}
	f.running[key] = run
	go func() {
		defer cancel()
		run.value, run.err = work(ctx)
		if run.err != nil && !lasting(run.err) {
			f.mu.Lock()
			if f.running[key] == run {
				delete(f.running, key)
			}
			f.mu.Unlock()
		}
		close(run.done)
	}()
	return run
}

// leave counts a caller out; the last one ends the run.
func (f *flights[K, V]) leave(key K, run *flight[V]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	run.waiting--
	if run.waiting > 0 {
		return
	}
	select {
	case <-run.done: // finished meanwhile: the answer is worth keeping
	default:
		run.cancel()
		if f.running[key] == run {
			delete(f.running, key)
		}
	}
}

// lasting reports whether asking again within the same plan would only get the
// same refusal. What is merely absent may be created during an apply.
func lasting(err error) bool {
	return errors.Is(err, ErrMalformedResponse) || errors.Is(err, ErrAccessDenied) || errors.Is(err, ErrInvalidCredentials) || errors.Is(err, ErrNoCredentials)
}
