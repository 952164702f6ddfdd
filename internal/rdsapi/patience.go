package rdsapi

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// lostFor is how long an action counts as failed for good. It is about as long
// as Terraform needs for the rest of a plan.
const lostFor = 30 * time.Second

// patience is shared by all calls of a Reader. Once an action has failed for
// good, its retries spent, it fails at once for whoever asks next, and no
// other action starts retries of its own: the endpoint is the same.
type patience struct {
	mu      sync.Mutex
	lost    map[string]error // by action; under "" all of them
	trouble string           // of the last attempt that failed; never a secret
	notice  func(context.Context, Attempt)
}

// Attempt is one attempt of a call that is about to be made, for a log.
type Attempt struct {
	// Action is the IAM name of the call, such as rds:DescribeDBInstances.
	Action string
	// Number counts the attempts of the call from 1.
	Number int
	// Trouble is why the attempt before failed: an error code of AWS, or "no
	// answer"; empty for the first attempt.
	Trouble string
}

// failure is why an action need not be tried; nil if it may be.
func (p *patience) failure(action string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return cmp.Or(p.lost[action], p.lost[""])
}

// spent says whether any action has failed for good.
func (p *patience) spent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.lost) > 0
}

// lose notes that an action, or with "" all of them, failed for good. Refusals
// and what is not there are answers, not failures.
func (p *patience) lose(action string, err error) {
	if !slices.ContainsFunc([]error{ErrUnreachable, ErrThrottled, ErrService, ErrTimeout, ErrMalformedResponse}, func(lost error) bool { return errors.Is(err, lost) }) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost == nil {
		p.lost = map[string]error{}
	}
	p.lost[action] = err
	time.AfterFunc(lostFor, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.lost, action)
	})
}

// forget starts anew.
func (p *patience) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = nil
}

// heard keeps what the last attempt failed with.
func (p *patience) heard(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = "no answer"
	if refused, ok := errors.AsType[smithy.APIError](err); ok {
		if p.trouble = printable(refused.ErrorCode()); p.trouble == "" {
			p.trouble = "an error without a code"
		}
	}
}

func (p *patience) lastTrouble() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble
}

// attemptsKey is the context key of a call's *int, which counts its attempts.
type attemptsKey struct{}

func withAttempts(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptsKey{}, new(int))
}

// begin announces an attempt.
func (p *patience) begin(ctx context.Context, operation string) {
	made, is := ctx.Value(attemptsKey{}).(*int)
	if !is || p.notice == nil {
		return
	}
	*made++
	attempt := Attempt{Action: cmp.Or(answers[operation].service, "rds") + ":" + operation, Number: *made}
	if *made > 1 {
		attempt.Trouble = p.lastTrouble()
	}
	p.notice(ctx, attempt)
}

// guard makes a client patient, looks at its answers, and gives it the endpoint,
// unless that is empty.
func (p *patience) guard(endpoint string, timeout time.Duration, base **string, retryer *aws.Retryer, options *[]func(*middleware.Stack) error) {
	*base = cmp.Or(optional(endpoint), *base)
	if v2, is := (*retryer).(aws.RetryerV2); is {
		*retryer = patientRetryer{RetryerV2: v2, patience: p}
	}
	*options = append(*options, checkBody(timeout, p))
}

// attemptsWithoutListener is how often a call is tried where nobody listens,
// or the name does not exist: with 25 attempts that would take minutes.
// Throttling is worth more patience.
const attemptsWithoutListener = 3

// patientRetryer makes no retry where another call has failed for good, where
// the endpoint is not trusted, and soon none where it is not there.
type patientRetryer struct {
	aws.RetryerV2

	patience *patience
}

// RetryDelay is the delay of the retryer that it wraps, or an end.
func (r patientRetryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	r.patience.heard(err)
	var dns *net.DNSError
	absent := errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &dns) && dns.IsNotFound
	if r.patience.spent() || notTrusted("", err) != nil || absent && attempt >= attemptsWithoutListener {
		return 0, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
	}
	return r.RetryerV2.RetryDelay(attempt, err)
}
