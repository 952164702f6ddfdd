package provider_test

import (
	"strings"
	"testing"
)

// TestAccSwitchOfFortyGatesIsShort: where 40 gates without details change their
// target, or let the switch through, the plan shows the decisions, and not what
// each of 200 clients was before; the apply keeps what the plan said.
func TestAccSwitchOfFortyGatesIsShort(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
	brief := func(target string) string {
		return strings.Replace(a.fleetOfGates(target, "hold", old, both), "  on_unready ", "  details = false\n  on_unready ", 1)
	}
	p := newProcess(t, brief(presentCA))
	if p == nil {
		return
	}
	const perGate = 13 // Ten attributes at most, and the lines around them.
	p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
	p.configure(t, brief(targetCA))
	checkShort(t, "another target", p.plan(t), fleetGates, perGate)
	p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
	a.rewrite(t, old, presentCA, targetCA)
	checkShort(t, "let through", p.plan(t), len(unreadyInFleet()), perGate)
	p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
	for id, gate := range p.gates(t) {
		if gate["ready"] != true || gate["ca_cert_identifier"] != targetCA || gate["summary"] == nil || gate["verdicts"] != nil || gate["report"] != nil {
			t.Errorf("%s: %v", id, gate)
		}
	}
	if again := p.plan(t); !strings.Contains(again, "No changes.") {
		t.Errorf("the plan after the switch is not empty:\n%s", again)
	}
}

// checkShort allows some lines for each gate that changes, a line for each
// refresh, the paragraphs of eight clients, and what Terraform says around them.
func checkShort(t *testing.T, name, written string, changed, perGate int) {
	t.Helper()
	const around = 100
	lines := strings.Count(written, "\n")
	t.Logf("%s: %d lines", name, lines)
	if lines > changed*perGate+fleetGates+around || strings.Count(written, "will be updated in-place") != changed {
		t.Errorf("%s: %d lines for %d gates that change:\n%s", name, lines, changed, written)
	}
}
