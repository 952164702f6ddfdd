// Package fuzzing holds every case of a fuzz target to a time.
package fuzzing

import (
	"syscall"
	"testing"
	"time"
)

const (
	// slow is too much processor time for one case: a busy machine does not
	// matter.
	slow = 2 * time.Second
	// hung is when a case counts as one that never ends.
	hung = time.Minute
)

// Limit fails a case of a fuzz target that takes more than 2 s of processor
// time, and ends the process of one that hangs, so that its input is kept. Call
// it first. Fuzz targets run alone in their process, so its time is the case's.
func Limit(t *testing.T) {
	t.Helper()
	start := spent(t)
	watch := time.AfterFunc(hung, func() { panic("a case of " + t.Name() + " hangs") })
	t.Cleanup(func() {
		watch.Stop()
		if took := spent(t) - start; took > slow {
			t.Errorf("the case took %v, more than %v", took, slow)
		}
	})
}

func spent(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
