package rdsapi

import (
	"context"
	"errors"
	"sync"
)

// memory is everything a Reader has read. Forget replaces it as a whole.
type memory struct {
	instances   *directory[DBInstance]
	clusters    *directory[DBCluster]
	parameters  flights[groupKey, groupParameter]
	versions    flights[versionKey, EngineVersion]
	catalog     flights[struct{}, Certificates]
	maintenance flights[struct{}, map[string][]MaintenanceAction]

	mu                sync.Mutex
	unfilteredReads   bool // the endpoint rejects the parameter-name filter
	unfilteredEngines bool // the endpoint rejects the engine filter
}

func newMemory(r *Reader) *memory {
	m := &memory{}
	m.instances = newDirectory(r.window, r.instanceSource(m))
	m.clusters = newDirectory(r.window, r.clusterSource(m))
	m.clusters.listFirst = true
	return m
}

// Forget drops everything read so far: later calls ask RDS again. Call it
// after something was changed, as an apply does. Reads under way still return
// what they were asked for.
func (r *Reader) Forget() {
	fresh := newMemory(r)
	r.patience.forget()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.memory = fresh
}

func (r *Reader) remembered() *memory {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.memory
}

func (m *memory) noFilter(which *bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*which = true
}

func (m *memory) mayFilter(which *bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !*which
}

// withFilter calls read with the filter, and once more without where the
// endpoint does not take it.
func withFilter[T any](ctx context.Context, m *memory, rejected *bool, read func(ctx context.Context, filtered bool) (T, error)) (T, error) {
	if !m.mayFilter(rejected) {
		return read(ctx, false)
	}
	out, err := read(ctx, true)
	if errors.Is(err, errInvalidRequest) {
		m.noFilter(rejected)
		return read(ctx, false)
	}
	return out, err
}
