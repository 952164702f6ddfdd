package rdsapi

import (
	"errors"
	"sync/atomic"
)

// memory is everything a Reader has read. Forget replaces it as a whole.
type memory struct {
	instances   *directory[DBInstance]
	clusters    *directory[DBCluster]
	parameters  flights[groupKey, groupParameters]
	versions    flights[versionKey, EngineVersion]
	catalog     flights[struct{}, Certificates]
	maintenance flights[struct{}, map[string][]MaintenanceAction]

	unfilteredReads   atomic.Bool // the endpoint rejects the parameter-name filter
	unfilteredEngines atomic.Bool // the endpoint rejects the engine filter
}

func newMemory(r *Reader) *memory {
	m := &memory{}
	m.instances = newDirectory(r.instanceSource(&m.unfilteredEngines))
	m.clusters = newDirectory(r.clusterSource(&m.unfilteredEngines))
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

// withFilter calls read with the filter, and once more without where the
// endpoint does not take it.
func withFilter[T any](rejected *atomic.Bool, read func(filtered bool) (T, error)) (T, error) {
	if !rejected.Load() {
		out, err := read(true)
		if !errors.Is(err, errInvalidRequest) {
			return out, err
		}
		rejected.Store(true)
	}
	return read(false)
}
