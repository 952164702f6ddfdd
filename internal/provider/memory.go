package provider

import (
	"sync"
	"time"
)

// memory says when what RDS answered is to be forgotten: Terraform's test keeps
// one configured provider for all runs of a file, and a plan must not be judged
// by what an earlier run found. The many reads of one plan or apply share one
// memory.
type memory struct {
	mu sync.Mutex
	// born is when it was empty last, used when it was asked last.
	born, used time.Time
	// applied is when this provider changed something last, zero once that has
	// been an occasion to forget.
	applied time.Time
	// moved says that this provider has changed something, and that no plan has
	// begun since. What is remembered may be from before another provider's change
	// in the same apply, such as the switch that the gate let through.
	moved bool
}

const (
	// memoryAge is the longest that an answer is taken for the present one.
	memoryAge = 5 * time.Minute
	// memoryIdle: nobody asks for so long in the middle of a plan.
	memoryIdle = 30 * time.Second
	// memorySettles is how long after a change others of the same apply ask.
	memorySettles = time.Second
)

// stale says whether to forget now, and counts that as done.
func (m *memory) stale(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.born.IsZero() {
		m.born, m.used = now, now
	}
	old := now.Sub(m.born) > memoryAge || now.Sub(m.used) > memoryIdle || !m.applied.IsZero() && now.Sub(m.applied) > memorySettles
	if m.used = now; old {
		m.born, m.applied = now, time.Time{}
	}
	return old
}

// changed remembers that an apply changed something.
func (m *memory) changed(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.applied, m.moved = now, true
}

// refreshed says whether a refresh, or the reading of a data source, follows a
// change: they come first in every plan. A refresh of a resource is in no apply,
// so that it counts as done; a data source may be read in one.
func (m *memory) refreshed(now time.Time, resource bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	follows := m.moved
	if follows {
		m.born, m.used, m.applied, m.moved = now, now, time.Time{}, !resource
	}
	return follows
}
