package clients

import (
	"fmt"
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
	for _, recipe := range serverRecipes(at) {
		server, err := recipe.make(region, at)
		if err != nil {
			return nil, err
		}
		w.Servers[recipe.name] = server
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
