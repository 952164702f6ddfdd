package rdsapi

import (
	"context"
	"errors"
	"sync"
)

// Lazy is a Session and its Reader that are made when first needed. A
// configuration that never reads RDS needs no credentials then. It is safe
// for concurrent use.
type Lazy struct {
	config Config
	opts   Options

	mu      sync.Mutex
	failure error
	flights flights[struct{}, opened]
}

type opened struct {
	session *Session
	reader  *Reader
}

// NewLazy remembers a configuration. It looks at nothing and calls nothing.
func NewLazy(config Config, opts Options) *Lazy { return &Lazy{config: config, opts: opts} }

// Session resolves the configuration at the first call; all callers get the
// same Session, or the same error. Errors are those of Resolve.
func (l *Lazy) Session(ctx context.Context) (*Session, error) {
	both, _, err := l.openWithin(ctx)
	return both.session, err
}

// Reader is Session's only Reader, whose calls, and whatever is done before
// them, end by Options.Within.
func (l *Lazy) Reader(ctx context.Context) (*Reader, error) {
	both, budget, err := l.openWithin(ctx)
	if err != nil {
		return nil, err
	}
	return both.reader.until(budget), nil
}

func (l *Lazy) openWithin(ctx context.Context) (both opened, b budget, err error) {
	b = newBudget(l.opts.Within)
	ctx, done := b.bound(ctx)
	if both, err = l.open(ctx); done(&err) {
		l.fail(err)
	}
	return both, b, err
}

func (l *Lazy) open(ctx context.Context) (opened, error) {
	if err := l.failed(); err != nil {
		return opened{}, err
	}
	return l.flights.do(ctx, struct{}{}, func(ctx context.Context) (opened, error) {
		session, err := Resolve(ctx, l.config)
		if err != nil {
			l.fail(err)
			return opened{}, err
		}
		return opened{session: session, reader: session.Reader(l.opts)}, nil
	})
}

func (l *Lazy) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// fail keeps a failure, so that a hundred data sources do not each wait for a
// metadata service that is not there. A cancellation says nothing.
func (l *Lazy) fail(err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}
