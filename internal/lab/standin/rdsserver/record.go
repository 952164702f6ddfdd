package rdsserver

import (
	"errors"
	"net/url"
	"sync"
	"time"
)

// Request is one recorded call.
type Request struct {
	// Action is the API action, such as DescribeDBInstances.
	Action string
	// Params are the decoded request parameters, Action and Version included.
	Params url.Values
	// Region and AccessKey come from the signature; empty when unsigned.
	Region, AccessKey string
	// Arrived and Duration tell when the call came and how long it took.
	Arrived  time.Time
	Duration time.Duration
	// ErrorCode is the AWS error code that was answered; empty on success.
	ErrorCode string
}

// recorder keeps what the server was asked.
type recorder struct {
	mu       sync.Mutex
	requests []*Request
	active   int
	peak     int
}

func (r *recorder) begin(c call, arrived time.Time) *Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active++
	r.peak = max(r.peak, r.active)
	entry := &Request{Action: c.action, Params: c.params, Region: c.region, AccessKey: c.accessKey, Arrived: arrived, Duration: -1}
	r.requests = append(r.requests, entry)
	return entry
}

func (r *recorder) end(entry *Request, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active--
	entry.Duration = time.Since(entry.Arrived)
	if f, refused := errors.AsType[*fault](err); refused {
		entry.ErrorCode = f.code
	}
}

// Requests returns the calls since the start or the last ResetRequests, in the
// order in which they arrived. A call still under way has a negative Duration.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	requests := make([]Request, 0, len(s.log.requests))
	for _, request := range s.log.requests {
		requests = append(requests, *request)
	}
	return requests
}

// Counts returns the number of calls by action, refused ones included.
func (s *Server) Counts() map[string]int {
	counts := map[string]int{}
	for _, request := range s.Requests() {
		counts[request.Action]++
	}
	return counts
}

// RDSCalls returns the number of calls that RDS itself was asked to answer:
// those to STS and those that were throttled are not among them.
func (s *Server) RDSCalls() int {
	calls := 0
	for _, request := range s.Requests() {
		if request.Params.Get("Version") != "2011-06-15" && request.ErrorCode != throttlingCode {
			calls++
		}
	}
	return calls
}

// Throttled returns the number of calls refused for their rate.
func (s *Server) Throttled() int {
	throttled := 0
	for _, request := range s.Requests() {
		if request.ErrorCode == throttlingCode {
			throttled++
		}
	}
	return throttled
}

// PeakConcurrency returns the largest number of calls that were under way at
// the same time since the start or the last ResetRequests.
func (s *Server) PeakConcurrency() int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.peak
}

// ResetRequests forgets the recorded calls and the peak concurrency.
func (s *Server) ResetRequests() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.requests = nil
	s.log.peak = s.log.active
}
