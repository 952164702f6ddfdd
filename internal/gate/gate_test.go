package gate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/gate"
)

const (
	older  = "rds-ca-2019"
	old    = "rds-ca-rsa4096-g1"
	target = "rds-ca-rsa2048-g1"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	on := func(ca string) gate.Instance { return gate.Instance{CA: ca} }
	pending := func(ca, next string) gate.Instance { return gate.Instance{CA: ca, PendingCA: next} }
	tests := map[string]struct {
		in   gate.Input
		want gate.Decision
	}{
		"nothing is known": {},
		"ready": {
			gate.Input{Ready: true, Instance: on(old)}, gate.Decision{State: gate.LetThrough, CA: target},
		},
		"ready, and on the target": {
			gate.Input{Ready: true, Instance: on(target)}, gate.Decision{State: gate.LetThrough, CA: target},
		},
		"ready, held or not": {
			gate.Input{Ready: true, Hold: true, Given: old}, gate.Decision{State: gate.LetThrough, CA: target},
		},
		"unready is an error": {
			gate.Input{Instance: on(old)}, gate.Decision{State: gate.Refused, CA: old},
		},
		"also where it passed before": {
			gate.Input{Given: old, Last: &gate.Last{Target: target, CA: target, Given: old}}, gate.Decision{State: gate.Refused, CA: target},
		},
		"unready on the target": {
			gate.Input{Instance: on(target)}, gate.Decision{State: gate.Arrived, CA: target},
		},
		"which waits for itself": {
			gate.Input{Instance: pending(target, target)}, gate.Decision{State: gate.Arrived, CA: target},
		},
		"unready on the target by hand": {
			gate.Input{Given: target}, gate.Decision{State: gate.Arrived, CA: target},
		},
		"on the target by hand, and RDS has none": {
			gate.Input{Given: target, Asked: true}, gate.Decision{State: gate.Refused, CA: target},
		},
		"by hand, which RDS contradicts": {
			gate.Input{Given: target, Instance: on(old), Hold: true}, gate.Decision{State: gate.Held, CA: old},
		},
		"a change away from the target waits": {
			gate.Input{Instance: pending(target, old)}, gate.Decision{State: gate.Refused, CA: target},
		},
		"and is held where it is": {
			gate.Input{Instance: pending(target, old), Hold: true}, gate.Decision{State: gate.Held, CA: target},
		},
		"held by RDS's word": {
			gate.Input{Hold: true, Instance: on(old), Given: older}, gate.Decision{State: gate.Held, CA: old},
		},
		"also where it was let through and never switched": {
			gate.Input{Hold: true, Instance: on(old), Last: &gate.Last{Target: target, CA: target}}, gate.Decision{State: gate.Held, CA: old},
		},
		"the target waits": {
			gate.Input{Hold: true, Instance: pending(old, target)}, gate.Decision{State: gate.Waiting, CA: old},
		},
		"another CA waits": {
			gate.Input{Hold: true, Instance: pending(old, older)}, gate.Decision{State: gate.Held, CA: old},
		},
		"the target waits, and RDS does not say on what": {
			gate.Input{Hold: true, Instance: pending("", target), Given: old}, gate.Decision{State: gate.Held, CA: old, ByHand: true},
		},
		"held by hand": {
			gate.Input{Hold: true, Given: old}, gate.Decision{State: gate.Held, CA: old, ByHand: true},
		},
		"held, and nothing is known": {
			gate.Input{Hold: true}, gate.Decision{State: gate.Held},
		},
		"held before": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: target, CA: old, Given: old}}, gate.Decision{State: gate.Held, CA: old},
		},
		"let through before": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: target, CA: target, Given: old}}, gate.Decision{State: gate.Passed, CA: target},
		},
		"let through before, whatever is given since": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: target, CA: target}}, gate.Decision{State: gate.Passed, CA: target},
		},
		"let through to an earlier target": {
			gate.Input{Hold: true, Given: older, Last: &gate.Last{Target: old, CA: old, Given: older}}, gate.Decision{State: gate.Held, CA: old},
		},
		"the user has given another CA since": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: older, CA: older, Given: older}}, gate.Decision{State: gate.Held, CA: old, ByHand: true},
		},
		"the gate gave nothing": {
			gate.Input{Hold: true, Given: old, Last: &gate.Last{Target: target, Given: old}}, gate.Decision{State: gate.Held, CA: old, ByHand: true},
		},
	}
	if got := gate.Decide(gate.Input{}); !got.Blocks() {
		t.Errorf("nothing at all, not even a target: %v", got.State)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.in.Target = target
			if diff := cmp.Diff(tc.want, gate.Decide(tc.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := gate.Decide(tc.in); got.Blocks() != (tc.want.State == gate.Refused) {
				t.Errorf("%v blocks: %t", got.State, got.Blocks())
			}
		})
	}
}

func TestTheWordsOfADecision(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		decision    gate.Decision
		title, says string
	}{
		"refused":       {gate.Decision{State: gate.Refused, CA: old}, "Findings Before the CA Switch", ""},
		"let through":   {gate.Decision{State: gate.LetThrough, CA: target}, "Findings Before the CA Switch", ""},
		"held":          {gate.Decision{State: gate.Held, CA: old}, "CA Switch Held Back", "stays on " + old + " until nothing blocks the switch, and then switches automatically."},
		"held by hand":  {gate.Decision{State: gate.Held, CA: old, ByHand: true}, "CA Switch Held Back", "keeps " + old + " (from current_ca_cert_identifier) until nothing blocks the switch, and then switches automatically."},
		"moved by hand": {gate.Decision{State: gate.Held, CA: old, ByHand: true}, "CA Switch Held Back", "this plan moves it back: correct current_ca_cert_identifier"},
		"held at null":  {gate.Decision{State: gate.Held}, "CA Switch Held Back", "ca_cert_identifier stays null: an existing DB instance keeps its CA, and a new one gets the RDS default. Once nothing blocks the switch any more, it happens automatically."},
		"waiting":       {gate.Decision{State: gate.Waiting, CA: old}, "CA Switch Held Back", "A switch to " + target + " is already scheduled"},
		"passed":        {gate.Decision{State: gate.Passed, CA: target}, "CA Switch Not Held Back", "never moves it back"},
		"arrived":       {gate.Decision{State: gate.Arrived, CA: target}, "Not Ready for the Current CA", "is already on " + target},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.decision.Title(); got != tc.title {
				t.Errorf("title %q, want %q", got, tc.title)
			}
			if got := tc.decision.Explanation(target); !strings.Contains(got, tc.says) || (got == "") != (tc.says == "") {
				t.Errorf("explanation %q, want one with %q", got, tc.says)
			}
		})
	}
}

// promise is of a plan that knows its decision.
func promise(d gate.Decision) gate.Promise {
	ready := d.Ready()
	return gate.Promise{Ready: &ready, CA: &d.CA}
}

// TestContradiction: what the apply finds may only be safer than the plan.
func TestContradiction(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		planned gate.Decision
		now     gate.Decision
		on      string // empty is not known
		says    string // empty is none
	}{
		"the same":                        {gate.Decision{State: gate.LetThrough, CA: target}, gate.Decision{State: gate.LetThrough, CA: target}, "", ""},
		"held as planned":                 {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.Held, CA: old}, "", ""},
		"held at null as planned":         {gate.Decision{State: gate.Held}, gate.Decision{State: gate.Held}, "", ""},
		"ready by now":                    {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.LetThrough, CA: target}, "", ""},
		"no more ready":                   {gate.Decision{State: gate.LetThrough, CA: target}, gate.Decision{State: gate.Held, CA: old}, "", "lets the DB instance switch to " + target},
		"no more ready, and refused":      {gate.Decision{State: gate.LetThrough, CA: target}, gate.Decision{State: gate.Refused, CA: target}, "", "now something blocks the switch"},
		"no more ready, and arrived":      {gate.Decision{State: gate.LetThrough, CA: target}, gate.Decision{State: gate.Arrived, CA: target}, "", "now something blocks the switch"},
		"arrived since":                   {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.Arrived, CA: target}, "", "would move it back"},
		"arrived since, held at null":     {gate.Decision{State: gate.Held}, gate.Decision{State: gate.Arrived, CA: target}, "", "on RDS's default CA, but it is on " + target},
		"moved elsewhere since":           {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.Held, CA: older}, "", "puts the DB instance on " + old + ", but the gate would now put it on " + older},
		"arrived as planned":              {gate.Decision{State: gate.Arrived, CA: target}, gate.Decision{State: gate.Arrived, CA: target}, "", ""},
		"passed as planned":               {gate.Decision{State: gate.Passed, CA: target}, gate.Decision{State: gate.Passed, CA: target}, "", ""},
		"ready by now, and there already": {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.LetThrough, CA: target}, target, "would move it back"},
		"ready by now, and still there":   {gate.Decision{State: gate.Held, CA: old}, gate.Decision{State: gate.LetThrough, CA: target}, old, ""},
		"let through, and there already":  {gate.Decision{State: gate.LetThrough, CA: target}, gate.Decision{State: gate.LetThrough, CA: target}, target, ""},
		"not arrived as planned any more": {gate.Decision{State: gate.Arrived, CA: target}, gate.Decision{State: gate.Held, CA: old}, "", "the gate would now put it on " + old},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.now.Contradiction(tc.on, target, gate.Promise{}); got != "" {
				t.Errorf("a plan that promised nothing: %q", got)
			}
			got := tc.now.Contradiction(tc.on, target, promise(tc.planned))
			if !strings.Contains(got, tc.says) || (got == "") != (tc.says == "") {
				t.Errorf("%q, want one with %q", got, tc.says)
			}
		})
	}
}

// TestLate: a plan that holds back a DB instance is carried out, and says so.
func TestLate(t *testing.T) {
	t.Parallel()
	through := gate.Decision{State: gate.LetThrough, CA: target}
	for name, tc := range map[string]struct {
		now   gate.Decision
		ready bool
		ca    string
		says  string // empty is none
	}{
		"as planned":          {through, true, target, ""},
		"held as planned":     {gate.Decision{State: gate.Held, CA: old}, false, old, ""},
		"held in the plan":    {through, false, old, "leaves the DB instance on " + old + ". The next plan and apply make the switch."},
		"held at null":        {through, false, "", "leaves the DB instance on RDS's default CA"},
		"arrived in the plan": {through, false, target, "Nothing blocks the switch to " + target + " any more. The next plan will show this."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, open := range []gate.Promise{{}, {Ready: &tc.ready}, {CA: &tc.ca}} {
				if got := tc.now.Late(target, open); got != "" {
					t.Errorf("a plan that left something open: %q", got)
				}
			}
			if got := tc.now.Late(target, gate.Promise{Ready: &tc.ready, CA: &tc.ca}); !strings.Contains(got, tc.says) || (got == "") != (tc.says == "") {
				t.Errorf("%q, want one with %q", got, tc.says)
			}
		})
	}
}

// TestTheRefreshDecidesForThePlanAndItsApply: the two share nothing else.
func TestTheRefreshDecidesForThePlanAndItsApply(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, tc := range map[string]struct {
		in   gate.Input
		want gate.State
	}{
		"held, and ready by now":          {gate.Input{Hold: true, Ready: true, Found: &no, Instance: gate.Instance{CA: old}}, gate.Held},
		"held, as found":                  {gate.Input{Hold: true, Found: &no, Instance: gate.Instance{CA: old}}, gate.Held},
		"let through, and no more ready":  {gate.Input{Hold: true, Found: &yes, Instance: gate.Instance{CA: old}}, gate.LetThrough},
		"arrived, and ready by now":       {gate.Input{Ready: true, Found: &no, Instance: gate.Instance{CA: target}}, gate.Arrived},
		"an error is not put off":         {gate.Input{Found: &yes, Instance: gate.Instance{CA: old}}, gate.Refused},
		"an error that is gone is gone":   {gate.Input{Ready: true, Found: &no, Instance: gate.Instance{CA: old}}, gate.LetThrough},
		"let through before, without RDS": {gate.Input{Hold: true, Found: &yes, Given: old, Last: &gate.Last{Target: target, CA: target, Given: old}}, gate.Passed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.in.Target = target
			if got := gate.Decide(tc.in); got.State != tc.want {
				t.Errorf("state %v, want %v", got.State, tc.want)
			}
		})
	}
}
