package rdsserver

import (
	"bytes"
	"context"
	"fmt"
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
func (f *faultState) refuse(action string) error {
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
	sleep(ctx, f.current().Latency-spent)
}

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

// Answer is what a hostile or broken endpoint sends instead of the answer to
// an action. The zero value is an empty body with status 200.
type Answer struct {
	// Status is the HTTP status; zero is 200.
	Status int
	// Body is what is sent; empty for nothing.
	Body string
	// Page, where set, makes the body: nth counts the calls of the action from
	// 1, and marker is what the call asked for.
	Page func(nth int, marker string) string
	// Drip sends one octet of the body each time; zero sends all at once.
	Drip time.Duration
	// Stall keeps the connection open after the body, and sends no end of it.
	Stall bool
	// Endless sends the body again and again.
	Endless bool
	// Proper sends the proper answer to its half before it stalls.
	Proper bool
}

// hostile returns the answer that an action gets instead of its own.
func (f *faultState) hostile(action string) (answer Answer, nth int, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, is = f.faults.Answers[action]
	if !is {
		answer, is = f.faults.Answers[EveryAction]
	}
	if is {
		if f.answered == nil {
			f.answered = map[string]int{}
		}
		f.answered[action]++
	}
	return answer, f.answered[action], is
}

// EveryAction as a key of Faults.Answers stands for all actions without an
// answer of their own.
const EveryAction = "*"

// send sends the answer until it ends or the client goes away.
func (a Answer) send(w http.ResponseWriter, r *http.Request, nth int, proper []byte) {
	body := []byte(a.Body)
	if a.Page != nil {
		body = []byte(a.Page(nth, r.Form.Get("Marker")))
	}
	if a.Proper {
		body = proper[:len(proper)/2]
	}
	if a.Stall || a.Drip > 0 || a.Endless {
		w.Header().Set("Content-Length", fmt.Sprint(1<<40))
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	flusher, _ := w.(http.Flusher)
	for first := true; first || a.Endless; first = false {
		chunk := len(body)
		if a.Drip > 0 {
			chunk = 1
		}
		for at := 0; at < len(body); at += chunk {
			if _, err := w.Write(body[at:min(at+chunk, len(body))]); err != nil || !sleep(r.Context(), a.Drip) {
				return
			}
			if a.Drip > 0 {
				flusher.Flush()
			}
		}
		if len(body) == 0 {
			break
		}
	}
	if a.Stall {
		flusher.Flush()
		<-r.Context().Done()
	}
}

// sleep reports whether the client is still there afterwards.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
