// Package registry plays a registry of images on loopback, and builds images
// without a Docker engine. It is go-containerregistry's own registry with a
// count of requests and with faults.
package registry

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// Server is a registry on loopback.
type Server struct {
	http *httptest.Server
	host string

	mu       sync.Mutex
	requests []string
	fault    func(http.ResponseWriter, *http.Request) bool
}

// Start starts an empty registry. Stop ends it.
func Start() *Server {
	s := &Server{}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		fault := s.fault
		s.mu.Unlock()
		if fault == nil || !fault(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	s.host = strings.TrimPrefix(s.http.URL, "http://")
	return s
}

// Stop ends the registry.
func (s *Server) Stop() { s.http.Close() }

// Host is its name and port.
func (s *Server) Host() string { return s.host }

// Fault has every request go through a function first, which returns whether
// it has answered; nil is none.
func (s *Server) Fault(fault func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Requests returns the requests since the last call whose path holds a text,
// such as "/blobs/"; each is the method and the path.
func (s *Server) Requests(holding string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, r := range s.requests {
		if strings.Contains(r, holding) {
			found = append(found, r)
		}
	}
	return found
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Push stores an image under repository:tag, and returns its reference.
func (s *Server) Push(repositoryTag string, image v1.Image) (string, error) {
	ref, err := name.ParseReference(s.host + "/" + repositoryTag)
	if err != nil {
		return "", err
	}
	return ref.Name(), remote.Write(ref, image)
}

// PushIndex stores an index under repository:tag, and returns its reference.
func (s *Server) PushIndex(repositoryTag string, index v1.ImageIndex) (string, error) {
	ref, err := name.ParseReference(s.host + "/" + repositoryTag)
	if err != nil {
		return "", err
	}
	return ref.Name(), remote.WriteIndex(ref, index)
}
