package rdsserver

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

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
