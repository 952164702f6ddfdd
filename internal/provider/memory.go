package provider

import (
	"crypto/sha256"
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
	// asked is when each reading of configuration was asked for last. One plan
	// asks once, or at once for those that are equal: asked again is another plan.
	asked map[[sha256.Size]byte]time.Time
}

const (
	// memoryAge is the longest that an answer is taken for the present one.
	memoryAge = 5 * time.Minute
	// memoryIdle: nobody asks for so long in the middle of a plan.
	memoryIdle = 30 * time.Second
	// memorySettles is how long after a change others of the same apply ask.
	memorySettles = time.Second
	// memoryRepeats is how far apart the equal readings of one plan are at most.
	// Where they are not, RDS is asked once more.
	memoryRepeats = 100 * time.Millisecond
	// mostAsked bounds what is kept of readings.
	mostAsked = 10_000
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

// refreshed says whether a refresh, or the reading of a data source, belongs to
// another plan than what is remembered: it follows a change, or it was asked for
// before. They come first in every plan. A refresh of a resource is in no apply,
// so that a change is done with; a data source may be read in one.
func (m *memory) refreshed(now time.Time, resource bool, reading string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := sha256.Sum256([]byte(reading))
	last, again := m.asked[key]
	if last.Before(m.born) {
		last = m.born // What is remembered is no older, and others of this plan may have asked for it.
	}
	another := m.moved || again && now.Sub(last) > memoryRepeats
	if another {
		m.born, m.used, m.applied, m.moved = now, now, time.Time{}, m.moved && !resource
	}
	if len(m.asked) >= mostAsked || m.asked == nil {
		m.asked = map[[sha256.Size]byte]time.Time{}
	}
	m.asked[key] = now
	return another
}
