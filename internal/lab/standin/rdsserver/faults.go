package rdsserver

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// throttlingCode is what RDS answers when it is called too often.
const throttlingCode = "Throttling"

// Faults make the server misbehave. The zero value behaves.
type Faults struct {
	// Latency is how long every call takes at least.
	Latency time.Duration
	// ThrottleRate is the share of calls, 0 to 1, that are refused with
	// Throttling. Seed makes the choice repeatable.
	ThrottleRate float64
	// Seed of the throttling; only its difference matters.
	Seed uint64
	// ThrottleFirst refuses that many calls before any is answered.
	ThrottleFirst int
	// Denied are actions that are answered with AccessDenied.
	Denied []string
	// DenyListing refuses, with AccessDenied, describing DB instances or
	// clusters other than by one identifier: a policy scoped to one resource.
	DenyListing bool
	// Malformed are actions whose response is cut in the middle.
	Malformed []string
	// IgnoreFilters answers as if no filter had been given.
	IgnoreFilters bool
	// RejectFilters answers every request that has filters with an error.
	RejectFilters bool
	// ExpiredToken answers every call with ExpiredToken.
	ExpiredToken bool
	// Answers replace the answers to some actions; see EveryAction.
	Answers map[string]Answer
}

type faultState struct {
	mu     sync.Mutex
	faults Faults
	random *rand.Rand
	seen   int

	answered map[string]int // how often each action got an answer of Faults.Answers
}

// SetFaults replaces the present faults and restarts the throttling's seed.
func (s *Server) SetFaults(faults Faults) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	faults.Denied = slices.Clone(faults.Denied)
	faults.Malformed = slices.Clone(faults.Malformed)
	s.faults.faults = faults
	s.faults.seen, s.faults.answered = 0, nil
	s.faults.random = rand.New(rand.NewPCG(faults.Seed, 1)) //nolint:gosec // repeatable on purpose
}

func (f *faultState) current() Faults {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.faults
}

// refuse returns the fault that a call meets before it is looked at.
func (f *faultState) refuse(action string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	throttled := f.seen <= f.faults.ThrottleFirst
	if !throttled && f.faults.ThrottleRate > 0 {
		throttled = f.random.Float64() < f.faults.ThrottleRate
	}
	switch {
	case throttled:
		return faultf(http.StatusBadRequest, throttlingCode, "Rate exceeded")
	case f.faults.ExpiredToken:
		return faultf(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
	case slices.Contains(f.faults.Denied, action):
		return faultf(http.StatusForbidden, "AccessDenied",
			"User: arn:aws:iam::123456789012:user/lab is not authorized to perform: rds:%s because no identity-based policy allows the rds:%s action", action, action)
	}
	return nil
}

// wait sleeps what is missing of the latency.
func (f *faultState) wait(ctx context.Context, spent time.Duration) {
	missing := f.current().Latency - spent
	if missing <= 0 {
		return
	}
	timer := time.NewTimer(missing)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (f *faultState) rejectsFilters(c call) bool {
	return len(c.filters) > 0 && f.current().RejectFilters
}

func (f *faultState) ignoresFilters() bool { return f.current().IgnoreFilters }

// deform cuts a response in the middle of an element.
func (f *faultState) deform(action string, body []byte) []byte {
	if !slices.Contains(f.current().Malformed, action) {
		return body
	}
	half := body[:len(body)/2]
	if at := bytes.LastIndexByte(half, '<'); at > 0 {
		half = half[:at+1]
	}
	return half
}
