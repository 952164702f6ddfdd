package rdsapi

import (
	"context"
	"errors"
	"sync"
)

// Lazy is a Session, and a Reader for each Region, that are made when first
// needed. A configuration that never reads RDS needs no credentials then. It is
// safe for concurrent use.
type Lazy struct {
	config Config
	opts   Options

	mu      sync.Mutex
	failure error
	readers map[string]*Reader // by Region
	flights flights[struct{}, *Session]
}

// NewLazy remembers a configuration. It looks at nothing and calls nothing.
func NewLazy(config Config, opts Options) *Lazy {
	return &Lazy{config: config, opts: opts, readers: map[string]*Reader{}}
}

// Session resolves the configuration at the first call, and returns its Session
// in a Region; empty is the configuration's own. All callers share the
// credentials, or the error. Errors are those of Resolve.
func (l *Lazy) Session(ctx context.Context, region string) (*Session, error) {
	session, _, err := l.openWithin(ctx, region)
	return session, err
}

// Reader is the only Reader of a Region; empty is the configuration's own. Its
// calls, and whatever is done before them, end by Options.Within.
func (l *Lazy) Reader(ctx context.Context, region string) (*Reader, error) {
	session, budget, err := l.openWithin(ctx, region)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	reader, known := l.readers[session.Region()]
	if !known {
		reader = session.Reader(l.opts)
		l.readers[session.Region()] = reader
	}
	return reader.until(budget), nil
}

// Forget drops what the Readers of all Regions have read: see Reader.Forget.
func (l *Lazy) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, reader := range l.readers {
		reader.Forget()
	}
}

func (l *Lazy) openWithin(ctx context.Context, region string) (session *Session, b budget, err error) {
	b = newBudget(l.opts.Within)
	ctx, done := b.bound(ctx)
	if session, err = l.open(ctx); done(&err) {
		l.fail(err)
	}
	if err != nil {
		return nil, b, err
	}
	session, err = session.In(region)
	return session, b, err
}

func (l *Lazy) open(ctx context.Context) (*Session, error) {
	l.mu.Lock()
	failure := l.failure
	l.mu.Unlock()
	if failure != nil {
		return nil, failure
	}
	return l.flights.do(ctx, struct{}{}, func(ctx context.Context) (*Session, error) {
		session, err := Resolve(ctx, l.config)
		if err != nil {
			l.fail(err)
			return nil, err
		}
		session.notice = l.opts.Notice
		return session, nil
	})
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
