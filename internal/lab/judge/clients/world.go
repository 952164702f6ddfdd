package clients

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Store is one kind of trust store.
type Store struct {
	// Absent: nothing lies at the place.
	Absent bool
	// Content is the file's bytes, or the archive of a directory.
	Content []byte
	// Directory is set where the place is a directory; its files lie
	// there under their names.
	Directory truststore.Directory
}

// World is every kind of server, and every kind of trust store for it.
type World struct {
	// At is the time around which certificates are valid.
	At time.Time
	// Servers by kind.
	Servers map[string]Server
	// stores by CA identifier and kind.
	stores map[string]map[string]Store
}

// NewWorld makes all kinds around a time. The same time gives the same bytes.
func NewWorld(at time.Time) (*World, error) {
	w := &World{At: at, Servers: map[string]Server{}, stores: map[string]map[string]Store{}}
	region := pki.NewRegion("us-east-1", at)
	for _, server := range servers(at) {
		if err := server.issue(region, at); err != nil {
			return nil, err
		}
		w.Servers[server.name] = server
		if w.stores[server.CAIdentifier] != nil {
			continue
		}
		stores, err := newStores(server.issued, at)
		if err != nil {
			return nil, fmt.Errorf("stores for %s: %w", server.CAIdentifier, err)
		}
		w.stores[server.CAIdentifier] = stores
	}
	return w, nil
}

// Store returns the store of a kind for a kind of server.
func (w *World) Store(kind, server string) Store {
	return w.stores[w.Servers[server].CAIdentifier][kind]
}

// files lays trust stores out on disk, once each, where clients find them.
type files struct {
	world *World
	dir   string
	mu    sync.Mutex
	made  map[string]bool
}

// newFiles uses an empty folder that everybody may read.
func newFiles(w *World, dir string) *files {
	return &files{world: w, dir: dir, made: map[string]bool{}}
}

// place lays the files of a case out.
func (f *files) place(s Settings, c Case, port string) (place, error) {
	p := place{port: port, home: filepath.Join(f.dir, "home", "empty")}
	if err := f.folder(p.home); err != nil {
		return place{}, err
	}
	store := f.world.Store(c.Store, c.Server)
	name := filepath.Join(f.world.Servers[c.Server].CAIdentifier, c.Store)
	if c.Template.namesRoot() {
		p.root = filepath.Join(f.dir, "store", name, "root.crt")
		return p, f.lay(p.root, store)
	}
	if !store.Absent {
		p.home = filepath.Join(f.dir, "home", name)
		return p, f.lay(filepath.Join(p.home, s.DefaultFile), store)
	}
	return p, nil
}

func (f *files) folder(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("files of a case: %w", err)
	}
	return nil
}

// lay puts a store at a path. An absent one leaves its folder empty.
func (f *files) lay(path string, s Store) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made[path] {
		return nil
	}
	f.made[path] = true
	if err := f.folder(filepath.Dir(path)); err != nil || s.Absent {
		return err
	}
	contents := map[string][]byte{path: s.Content}
	if s.Directory != nil {
		if err := f.folder(path); err != nil {
			return err
		}
		contents = map[string][]byte{}
		for name, content := range s.Directory {
			contents[filepath.Join(path, name)] = content
		}
	}
	for file, content := range contents {
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return fmt.Errorf("files of a case: %w", err)
		}
	}
	return nil
}

// Outcome is what a real client did.
type Outcome string

// The outcomes of a case. Hung is the harness's own: the client said nothing
// in time and was killed.
const (
	TLS       Outcome = "tls"
	Plaintext Outcome = "plaintext"
	Fails     Outcome = "fails"
	Hung      Outcome = "hung"
)

// Question is one connection that a client has to make.
type Question struct {
	// ID comes back in the result.
	ID string `json:"id"`
	// Connection is the connection string in the client's own syntax.
	Connection string `json:"connection"`
	// Environment holds for this case only.
	Environment map[string]string `json:"environment"`
	// Properties are settings given in code.
	Properties map[string]string `json:"properties"`
	// Home is the home directory for this case.
	Home string `json:"home"`
	// TimeoutMS bounds the connection, in milliseconds.
	TimeoutMS int64 `json:"timeout_ms"`
}

// Result is what a client did with a case.
type Result struct {
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	// Error is the client's own text, cut off by the runner; empty where the
	// connection stands.
	Error string `json:"error"`
}

// Identity is what a runner says of itself in its first line.
type Identity struct {
	// Driver is the driver's name as in package driver.
	Driver string `json:"driver"`
	// Version is the driver's own version, for reports.
	Version string `json:"version"`
	// RuleVersion is the version that the driver's rules go by, such as the
	// version of libpq for what is built on it. Empty is Version.
	RuleVersion string `json:"rule_version,omitempty"`
	// Runtime says in words what the driver runs on.
	Runtime string `json:"runtime"`
	// RuntimeVersion is the version of Java, Node, Python or OpenSSL as the
	// rules take it; may be empty.
	RuntimeVersion string `json:"runtime_version,omitempty"`
}

// RulesVersion returns the version that the driver's rules go by.
func (i Identity) RulesVersion() string {
	return cmp.Or(i.RuleVersion, i.Version)
}
