package rdsapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
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
	if err := p.lost[action]; err != nil {
		return err
	}
	return p.lost[""]
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

// attempts counts the attempts of one call. It lies in the call's context.
type attempts struct{ made int }

type attemptsKey struct{}

func withAttempts(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptsKey{}, &attempts{})
}

// begin announces an attempt.
func (p *patience) begin(ctx context.Context, operation string) {
	counter, is := ctx.Value(attemptsKey{}).(*attempts)
	if !is || p.notice == nil {
		return
	}
	counter.made++
	attempt := Attempt{Action: serviceOf(operation) + ":" + operation, Number: counter.made}
	if counter.made > 1 {
		attempt.Trouble = p.lastTrouble()
	}
	p.notice(ctx, attempt)
}

// serviceOf is the prefix of an operation in IAM.
func serviceOf(operation string) string {
	switch operation {
	case filterLogEvents:
		return "logs"
	case getAuthorizationToken:
		return "ecr"
	case listRegions:
		return "account"
	case getCallerIdentity:
		return "sts"
	}
	return "rds"
}

// patientRetryer makes no retry where another call has failed for good.
type patientRetryer struct {
	aws.RetryerV2

	patience *patience
}

// retrying makes a client's retryer patient.
func (p *patience) retrying(retryer aws.Retryer) aws.Retryer {
	if v2, is := retryer.(aws.RetryerV2); is {
		return patientRetryer{RetryerV2: v2, patience: p}
	}
	return retryer
}

// RetryDelay is the delay of the retryer that it wraps, or an end.
func (r patientRetryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	r.patience.heard(err)
	if r.patience.spent() {
		return 0, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
	}
	return r.RetryerV2.RetryDelay(attempt, err)
}
