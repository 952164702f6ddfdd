package rdsserver

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Namespaces of the two APIs, by the Version parameter of a request.
const (
	rdsNamespace = "http://rds.amazonaws.com/doc/2014-10-31/"
	stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"
)

// maxRequestBytes bounds a request body: RDS requests are small.
const maxRequestBytes = 1 << 20

// call is one decoded request of the query API.
type call struct {
	action    string
	namespace string
	region    string // of the signature's credential scope; empty if unsigned
	accessKey string
	params    url.Values
	filters   []filter
}

type filter struct {
	name   string
	values []string
}

var credentialScope = regexp.MustCompile(`Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/`)

// signed returns who signed a request, and for which Region; empty without a
// signature.
func signed(r *http.Request) (accessKey, region string) {
	if scope := credentialScope.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		accessKey, region = scope[1], scope[2]
	}
	return accessKey, region
}

func readCall(r *http.Request) (call, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxRequestBytes)
	if err := r.ParseForm(); err != nil {
		return call{}, faultf(http.StatusBadRequest, "MalformedQueryString", "The query string contains a syntax error.")
	}
	c := call{action: r.Form.Get("Action"), namespace: rdsNamespace, params: r.Form}
	if c.action == "" {
		return call{}, faultf(http.StatusBadRequest, "MissingAction", "The request is missing an action.")
	}
	if r.Form.Get("Version") == "2011-06-15" {
		c.namespace = stsNamespace
	}
	c.accessKey, c.region = signed(r)
	for i, name := range c.list("Filters.Filter.%d.Name") {
		c.filters = append(c.filters, filter{name, c.list(fmt.Sprintf("Filters.Filter.%d.Values.Value.%%d", i+1))})
	}
	return c, nil
}

func (c call) get(name string) string { return c.params.Get(name) }

// flag reads a boolean parameter, false when absent.
func (c call) flag(name string) bool { return strings.EqualFold(c.get(name), "true") }

// list reads the parameters that have 1, 2, … in the place of %d.
func (c call) list(format string) []string {
	var values []string
	for c.params.Has(fmt.Sprintf(format, len(values)+1)) {
		values = append(values, c.get(fmt.Sprintf(format, len(values)+1)))
	}
	return values
}

// pairs reads a list of Key and Value structures.
func (c call) pairs(name, member string) map[string]string {
	pairs := map[string]string{}
	for i, key := range c.list(name + "." + member + ".%d.Key") {
		pairs[key] = c.get(fmt.Sprintf("%s.%s.%d.Value", name, member, i+1))
	}
	return pairs
}

// number reads an integer parameter; absent gives the fallback.
func (c call) number(name string, fallback int) (int, error) {
	text := c.get(name)
	if text == "" {
		return fallback, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		return 0, faultf(http.StatusBadRequest, "MalformedInput", "%s is not a number.", name)
	}
	return value, nil
}

// accepts reports whether a record passes every filter. names gives its names
// for a filter, and whether the action supports that filter at all.
func (c call) accepts(names func(filter string) (names []string, supported bool)) (bool, error) {
	for _, f := range c.filters {
		have, supported := names(f.name)
		if !supported {
			return false, faultf(http.StatusBadRequest, "InvalidParameterValue", "Unrecognized filter name: %s", f.name)
		}
		if !slices.ContainsFunc(f.values, func(want string) bool {
			return slices.ContainsFunc(have, func(name string) bool { return strings.EqualFold(name, want) })
		}) {
			return false, nil
		}
	}
	return true, nil
}

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
	return s.count(func(r Request) bool { return r.Params.Get("Version") != "2011-06-15" && r.ErrorCode != throttlingCode })
}

// Throttled returns the number of calls refused for their rate.
func (s *Server) Throttled() int {
	return s.count(func(r Request) bool { return r.ErrorCode == throttlingCode })
}

func (s *Server) count(is func(Request) bool) int {
	return len(slices.DeleteFunc(s.Requests(), func(r Request) bool { return !is(r) }))
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
