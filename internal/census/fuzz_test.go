package census_test

import (
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/census"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// FuzzMerge takes four octets for each observation: who was seen, the hours from
// and to which it was, and whether it is complete, or of a moment. The last of
// each run of them is merged by itself.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 0, 5, 1, 2, 3, 9, 0, 1, 5, 9, 5}, uint8(0))
	f.Add([]byte{1, 0, 50, 1, 2, 40, 90, 1, 1, 90, 100, 3}, uint8(30))
	f.Fuzz(func(t *testing.T, octets []byte, forget uint8) {
		fuzzing.Limit(t)
		var before census.Census
		var run []census.Observation
		hour := func(n byte) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
		for ; len(octets) >= 4; octets = octets[4:] {
			o := census.Observation{From: hour(octets[1]), To: hour(max(octets[1], octets[2])), Complete: octets[3]&1 != 0, Moments: octets[3]&2 != 0, Clients: map[census.Client]census.Seen{}}
			for bit := range 8 {
				if octets[0]>>bit&1 != 0 {
					o.Clients[person(string(rune('a'+bit)))] = census.Seen{First: o.From, Last: o.To}
				}
			}
			if run = append(run, o); octets[3]&4 == 0 && len(octets) >= 8 {
				continue
			}
			before = holds(t, before, run, time.Duration(forget)*time.Hour)
			run = nil
		}
	})
}

// holds merges, and checks that nobody is lost, that nothing incomplete is called
// complete, and that the same again changes nothing.
func holds(t *testing.T, before census.Census, run []census.Observation, forget time.Duration) census.Census {
	t.Helper()
	change := merge(t, before, forget, run...)
	after := change.Census
	newest := before.To
	for _, o := range run {
		if o.To.After(newest) {
			newest = o.To
		}
		if after.Complete && !o.Moments && !o.Complete && o.To.After(after.From) {
			t.Fatalf("complete from %s to %s, in spite of %+v", after.From, after.To, o)
		}
	}
	if after.Complete && (after.From.IsZero() || after.To.Before(after.From)) {
		t.Fatalf("complete from %s to %s", after.From, after.To)
	}
	for _, o := range run {
		for client, seen := range o.Clients {
			got, is := after.Clients[client]
			if forgotten := forget > 0 && seen.Last.Before(newest.Add(-forget)); !is && !forgotten || is && (got.First.After(seen.First) || got.Last.Before(seen.Last)) {
				t.Fatalf("%+v: %+v, want %+v", client, got, seen)
			}
		}
	}
	for client, seen := range before.Clients {
		if _, is := after.Clients[client]; !is && (forget == 0 || !seen.Last.Before(newest.Add(-forget))) {
			t.Fatalf("%+v is lost", client)
		}
	}
	if again := merge(t, after, forget, run...); again.Needed {
		t.Fatalf("the same again changes %+v", again)
	}
	return after
}
