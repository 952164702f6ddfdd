package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
)

// written is a promise as one word for each part.
func written(p gate.Promise) string {
	ready, ca := "open", "open"
	if p.Ready != nil {
		ready = fmt.Sprint(*p.Ready)
	}
	if p.CA != nil {
		ca = *p.CA
	}
	return ready + " " + ca
}

func TestPromised(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	on := func(ca string) gate.Instance { return gate.Instance{CA: ca} }
	for name, tc := range map[string]struct {
		in    gate.Input
		known bool
		want  string
	}{
		"a new gate that refuses":            {gate.Input{Asked: true, Ready: true, Instance: on(old)}, false, "open " + target},
		"a new gate that holds":              {gate.Input{Asked: true, Hold: true, Ready: true, Instance: on(old)}, false, "open open"},
		"a new gate that holds, unready":     {gate.Input{Asked: true, Hold: true, Instance: on(old)}, false, "open open"},
		"a new gate, on the target":          {gate.Input{Asked: true, Hold: true, Ready: true, Instance: on(target)}, false, "open open"},
		"without RDS, refuses":               {gate.Input{Ready: true, Given: old}, false, "true " + target},
		"without RDS, holds":                 {gate.Input{Ready: true, Hold: true, Given: old}, false, "open open"},
		"without RDS, on the target by hand": {gate.Input{Hold: true, Given: target}, false, "open " + target},
		"without RDS, let through before": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: target, CA: target, Given: old}}, false, "open " + target,
		},
		"changed, held":            {gate.Input{Asked: true, Hold: true, Instance: on(old)}, true, "open open"},
		"changed, on the target":   {gate.Input{Asked: true, Hold: true, Instance: on(target)}, true, "open " + target},
		"changed, refuses":         {gate.Input{Asked: true, Instance: on(old)}, true, "true " + target},
		"unchanged, held":          {gate.Input{Asked: true, Hold: true, Instance: on(old), Found: &no}, true, "false " + old},
		"unchanged, let through":   {gate.Input{Asked: true, Hold: true, Instance: on(old), Found: &yes}, true, "true " + target},
		"unchanged, on the target": {gate.Input{Asked: true, Instance: on(target), Found: &no}, true, "false " + target},
		"unchanged, passed without RDS": {
			gate.Input{Hold: true, Given: old, Found: &yes, Last: &gate.Last{Target: target, CA: target, Given: old}}, true, "open " + target,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.in.Target = target
			if got := written(gate.Promised(tc.in, tc.known)); got != tc.want {
				t.Errorf("promise %q, want %q", got, tc.want)
			}
		})
	}
}

// TestAPromiseIsKept: whatever an apply finds, it keeps the promise of every
// plan before it, or ends in an error.
func TestAPromiseIsKept(t *testing.T) {
	t.Parallel()
	instances := []gate.Instance{{}, {CA: old}, {CA: target}, {CA: older}, {CA: old, PendingCA: target}, {CA: target, PendingCA: old}}
	kept := 0
	keeps := func(in gate.Input, known bool, after gate.Instance) {
		promise := gate.Promised(in, known)
		in.Instance = after
		for _, in.Ready = range []bool{true, false} {
			d := gate.Decide(in)
			if d.State == gate.Refused {
				continue
			}
			kept++
			if promise.Ready != nil && *promise.Ready != d.Ready() || promise.CA != nil && *promise.CA != d.CA {
				t.Errorf("%+v: promised %s, and then %+v", in, written(promise), d)
			}
		}
	}
	for _, in := range situations() {
		keeps(in, false, in.Instance) // Without RDS.
		for _, in.Instance = range instances {
			in.Asked = true
			keeps(in, true, in.Instance)
			for _, after := range instances {
				keeps(in, false, after)
			}
		}
	}
	if kept < 1000 {
		t.Errorf("%d promises were looked at", kept)
	}
}

// situations are inputs without a DB instance.
func situations() []gate.Input {
	yes, no := true, false
	var all []gate.Input
	for _, hold := range []bool{true, false} {
		for _, found := range []*bool{nil, &yes, &no} {
			for _, last := range []*gate.Last{nil, {Target: target, CA: target, Given: old}, {Target: target, CA: old, Given: old}} {
				all = append(all, gate.Input{Target: target, Hold: hold, Given: old, Last: last, Found: found})
			}
		}
	}
	return all
}

func TestWhatAPromiseLeavesOpen(t *testing.T) {
	t.Parallel()
	ca := old
	for name, tc := range map[string]struct {
		promise gate.Promise
		state   gate.State
		says    string // empty is nothing
	}{
		"nothing":     {gate.Promise{CA: &ca}, gate.Held, ""},
		"let through": {gate.Promise{}, gate.LetThrough, "The DB instance then gets " + target + ", unless something blocks the switch by then"},
		"held":        {gate.Promise{}, gate.Held, "so the apply judges the clients again before it decides. If nothing blocks the switch by then, the switch happens in this same apply."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tc.promise.Explanation(gate.Decision{State: tc.state}, target)
			if !strings.Contains(got, tc.says) || (got == "") != (tc.says == "") {
				t.Errorf("%q, want one with %q", got, tc.says)
			}
		})
	}
}
