package gate_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
)

// FuzzDecide holds every combination of what a gate knows to what it promises:
// nobody is moved to the target unless all are ready, it was reached before, or
// the refresh of the same plan found all ready; and nobody is moved back by it.
func FuzzDecide(f *testing.F) {
	f.Add("new", "old", "", "old", "", "", uint8(0), uint8(0))
	f.Add("new", "old", "new", "", "new", "new", uint8(0b111), uint8(0b11))
	f.Fuzz(func(t *testing.T, target, present, pending, given, lastTarget, lastCA string, bits, refreshed uint8) {
		fuzzing.Limit(t)
		is := func(bit int) bool { return bits>>bit&1 == 1 }
		in := gate.Input{
			Target: target, Ready: is(0), Hold: is(1), Asked: is(2), Given: given,
			Instance: gate.Instance{CA: present, PendingCA: pending},
		}
		if is(3) {
			in.Last = &gate.Last{Target: lastTarget, CA: lastCA, Given: given}
		}
		found := refreshed&1 == 1
		if refreshed&2 == 2 {
			in.Found = &found
		}
		d := gate.Decide(in)
		reached := present == target || pending == target || given == target || in.Last != nil && in.Last.CA == target
		if target != "" && d.CA == target && !in.Ready && !reached && (in.Found == nil || !found) {
			t.Errorf("moved to the target: %+v gives %+v", in, d)
		}
		if d.Ready() && !in.Ready && (in.Found == nil || !found) {
			t.Errorf("let through: %+v gives %+v", in, d)
		}
		if in.Asked && present != "" && present == target && d.CA != target && d.State != gate.Refused {
			t.Errorf("moved back: %+v gives %+v", in, d)
		}
		for _, text := range []string{d.Title(), d.Explanation(target)} {
			if d.State != gate.LetThrough && d.State != gate.Refused && text == "" {
				t.Errorf("%+v has no words", d)
			}
		}
	})
}
