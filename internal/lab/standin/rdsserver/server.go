// Package rdsserver is a stand-in for the RDS query API, and for the three
// STS calls that AWS clients make before it. It keeps state, pages, filters,
// throttles, refuses, and records every request, so that tests and the demo
// can drive the AWS SDK, the AWS CLI and Terraform providers without AWS.
//
// It speaks the query protocol as far as clients of RDS for PostgreSQL need
// it. It does not check signatures; it reads from them the access key and the
// Region only.
package rdsserver

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of Options.
const (
	// DefaultRegion is the Region of a server whose Options name none.
	DefaultRegion = "us-east-1"
	// DefaultAccountID is the account of a server whose Options name none.
	DefaultAccountID = "123456789012"
)

// Options configure a Server. The zero value is a server of DefaultRegion and
// DefaultAccountID that accepts every access key and has no hooks.
type Options struct {
	// Region is the only Region in which the server has anything. A request
	// signed for another Region sees an empty account.
	Region string
	// AccountID is the twelve-digit account that owns all resources.
	AccountID string
	// AccessKeys are the access keys that are accepted. Empty means any.
	// Keys handed out by AssumeRole are always accepted.
	AccessKeys []string
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Hooks connect DB instances to what runs behind them.
	Hooks Hooks
}

// Hooks connect the DB instances of the server to real database servers. Every
// hook is optional; all but LogFiles are called without the server's lock held,
// and may block: the API call waits for it. An error becomes an InternalFailure
// response.
type Hooks struct {
	// OnCASwitch installs a server certificate of caIdentifier on the database
	// server behind the DB instance, before the API reports the new CA.
	OnCASwitch func(instanceIdentifier, caIdentifier string) error
	// OnCreate starts a database server for a new DB instance and returns
	// where it listens. Without it an instance gets a made-up endpoint.
	OnCreate func(Instance) (host string, port int, err error)
	// OnDelete stops the database server of a DB instance.
	OnDelete func(instanceIdentifier string) error
	// LogFiles returns the log files of the database server behind the DB
	// instance, besides those of PutLogFile. It must not block.
	LogFiles func(instanceIdentifier string) []LogFile
}

// Server is the stand-in. It is an http.Handler and safe for concurrent use.
type Server struct {
	region     string
	accountID  string
	accessKeys map[string]bool
	now        func() time.Time
	hooks      Hooks

	mu    sync.Mutex // held while an action runs, but for its hooks
	state state

	log       recorder
	faults    faultState
	requestID atomic.Uint64
}

// New returns a server with no DB instances, but with the three current CAs
// of RDS, made-up thumbprints and their default.
func New(opts Options) *Server {
	server := &Server{
		region: cmp.Or(opts.Region, DefaultRegion), accountID: cmp.Or(opts.AccountID, DefaultAccountID), accessKeys: map[string]bool{},
		now: opts.Now, hooks: opts.Hooks, state: newState(),
	}
	if server.now == nil {
		server.now = time.Now //nolint:forbidigo // the lab's clock is the machine's
	}
	for _, key := range opts.AccessKeys {
		server.accessKeys[key] = true
	}
	for _, certificate := range defaultCertificates() {
		server.PutCertificate(certificate)
	}
	server.SetDefaultCertificate(currentCAs()[0])
	return server
}

// Region is the Region that the server stands for.
func (s *Server) Region() string { return s.region }

// Start serves on a free loopback port until stop is called or ctx ends. The
// base URL has no path; stop closes open connections and may be called twice.
func (s *Server) Start(ctx context.Context) (baseURL string, stop func(), err error) {
	return serve(ctx, s)
}

func serve(ctx context.Context, handler http.Handler) (baseURL string, stop func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen on loopback: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	stop = func() { _ = server.Close() }
	context.AfterFunc(ctx, stop)
	return "http://" + listener.Addr().String(), stop, nil
}

// ServeHTTP answers one call of the RDS or STS query API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := s.now()
	requestID := fmt.Sprintf("00000000-0000-4000-8000-%012d", s.requestID.Add(1))
	w.Header().Set("X-Amzn-Requestid", requestID)
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		s.serveLogEvents(w, r, target, arrived)
		return
	}
	w.Header().Set("Content-Type", "text/xml")

	call, err := readCall(r)
	if err != nil {
		writeError(w, requestID, err)
		return
	}
	entry := s.log.begin(call, arrived)
	body, err := s.answer(call, requestID)
	s.faults.wait(r.Context(), s.now().Sub(arrived))
	s.log.end(entry, err)
	if answer, nth, is := s.faults.hostile(call.action); is {
		answer.send(w, r, nth, body)
		return
	}
	if err != nil {
		writeError(w, requestID, err)
		return
	}
	_, _ = w.Write(s.faults.deform(call.action, body)) //nolint:gosec // XML to API clients; if one went away there is nobody to tell
}

// answer applies faults and access rules, then runs the action.
func (s *Server) answer(call call, requestID string) ([]byte, error) {
	if err := s.faults.refuse(call.action); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.authenticate(call); err != nil {
		return nil, err
	}
	act, known := actions[call.action]
	if !known {
		return nil, faultf(http.StatusBadRequest, "InvalidAction", "The action %s is not valid for this endpoint.", call.action)
	}
	if faults := s.faults.current(); faults.RejectFilters && len(call.filters) > 0 {
		return nil, faultf(http.StatusBadRequest, "InvalidParameterValue", "Unrecognized filter name")
	} else if faults.IgnoreFilters {
		call.filters = nil
	}
	out := newDocument(call.action, call.namespace, requestID)
	if err := act(s, call, out); err != nil {
		return nil, err
	}
	return out.finish(), nil
}

// unlocked calls a hook of an action.
func (s *Server) unlocked(hook func() error) error {
	s.mu.Unlock()
	defer s.mu.Lock()
	return hook()
}

// authenticate refuses a call without a signature, or by a key that is not
// accepted.
func (s *Server) authenticate(call call) error {
	switch {
	case call.action == "AssumeRoleWithWebIdentity": // AWS serves it without a signature.
		return nil
	case call.accessKey == "":
		return faultf(http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	case len(s.accessKeys) > 0 && !s.accessKeys[call.accessKey] && !s.state.sessionKeys[call.accessKey]:
		return faultf(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	}
	return nil
}

// Regions are the servers of several Regions behind one endpoint: each answers
// the calls that are signed for its Region, and AWS Account Management answers
// for all. It is an http.Handler.
type Regions struct {
	servers map[string]*Server

	mu sync.Mutex
	// opted are the Regions that the account has enabled.
	opted []string
	// denied refuses account:ListRegions.
	denied bool
}

// NewRegions puts servers behind one endpoint. The account has enabled their
// Regions.
func NewRegions(servers ...*Server) *Regions {
	r := &Regions{servers: map[string]*Server{}}
	for _, s := range servers {
		r.servers[s.Region()] = s
	}
	r.opted = slices.Sorted(maps.Keys(r.servers))
	return r
}

// Enable says which Regions the account has enabled, with or without a server.
func (r *Regions) Enable(regions ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opted = regions
}

// DenyListing refuses to list the Regions of the account.
func (r *Regions) DenyListing() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.denied = true
}

// Start serves on a free loopback port until stop is called or ctx ends.
func (r *Regions) Start(ctx context.Context) (baseURL string, stop func(), err error) {
	return serve(ctx, r)
}

// ServeHTTP hands a call to the server of the Region that it is signed for.
func (r *Regions) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/listRegions" {
		r.list(w, request)
		return
	}
	_, region := signed(request)
	server, is := r.servers[region]
	if !is {
		w.Header().Set("Content-Type", "text/xml")
		writeError(w, "none", faultf(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid."))
		return
	}
	server.ServeHTTP(w, request)
}

// list answers account:ListRegions, a Region a page, so that readers have to go
// on.
//
// Source: AWS Account Management API Reference, ListRegions.
func (r *Regions) list(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.denied {
		w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"message": "not allowed"}`))
		return
	}
	var in struct {
		NextToken               string
		RegionOptStatusContains []string
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, request.Body, maxRequestBytes)).Decode(&in); err != nil || !slices.Contains(in.RegionOptStatusContains, "ENABLED_BY_DEFAULT") {
		w.Header().Set("X-Amzn-Errortype", "ValidationException")
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	at := 0
	_, _ = fmt.Sscan(in.NextToken, &at)
	page := map[string]any{"Regions": []any{}}
	if at < len(r.opted) {
		page["Regions"] = []any{map[string]string{"RegionName": r.opted[at], "RegionOptStatus": "ENABLED_BY_DEFAULT"}}
	}
	if at+1 < len(r.opted) {
		page["NextToken"] = fmt.Sprint(at + 1)
	}
	_ = json.NewEncoder(w).Encode(page) // If the client went away there is nobody to answer.
}
