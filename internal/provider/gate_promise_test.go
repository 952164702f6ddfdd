package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

// movingCase is a gate whose evidence moves between a saved plan and its apply.
type movingCase struct {
	name, mode string
	// stores and on are what the plan finds, and movedStore and movedOn what the
	// apply finds: the roots of the client's store, and the CA of the DB instance.
	stores, movedStores []string
	on, movedOn         string
	// seen and movedSeen are the observations, none where nil; only a gate whose
	// evidence is write-only has them.
	seen, movedSeen []any
	// want is what becomes of an apply, by the situation; that of anySituation
	// is of all that are not named.
	want map[situation]applied
}

// situation is what a plan and its apply share of a gate.
type situation string

const (
	// created: nothing but the configuration.
	created situation = "created"
	// moved: the gate is in the state, and its target has changed.
	moved situation = "moved"
	// changed: the gate is in the state, and its clients have changed.
	changed situation = "changed"
	// writeOnly: as moved, and the evidence is in no state.
	writeOnly situation = "write_only"

	anySituation situation = ""
)

// applied is what becomes of an apply: an error or a warning, and where there is
// no error, what the state has.
type applied struct {
	fails, warns string
	ca           string
	ready        bool
}

const (
	changedSince = "Verdict Changed Since the Plan"
	notReadyNow  = "Not Ready for the Target CA"
	readySince   = "Ready Since the Plan"
)

func movingCases(s situation) []movingCase {
	old, both := []string{presentCA}, []string{presentCA, targetCA}
	third := pki.CAECC384
	held, through := applied{ca: presentCA}, applied{ca: targetCA, ready: true}
	arrived := applied{ca: targetCA}
	kept, refused := applied{fails: changedSince}, applied{fails: notReadyNow}
	cases := []movingCase{
		{name: "nothing_moves_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: presentCA, want: map[situation]applied{anySituation: held}},
		{name: "nothing_moves_ready", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: presentCA, want: map[situation]applied{anySituation: through}},
		{name: "store_gets_ready_held", mode: "hold", stores: old, movedStores: both, on: presentCA, movedOn: presentCA, want: map[situation]applied{
			anySituation: through, moved: {warns: readySince, ca: presentCA},
		}},
		{name: "store_gets_ready_arrived", mode: "error", stores: old, movedStores: both, on: targetCA, movedOn: targetCA, want: map[situation]applied{
			anySituation: through, moved: {warns: readySince, ca: targetCA},
		}},
		{name: "store_gets_unready_hold", mode: "hold", stores: both, movedStores: old, on: presentCA, movedOn: presentCA, want: map[situation]applied{
			anySituation: held, moved: kept,
		}},
		{name: "store_gets_unready_error", mode: "error", stores: both, movedStores: old, on: presentCA, movedOn: presentCA, want: map[situation]applied{anySituation: refused}},
		{name: "store_gets_unready_arrived", mode: "error", stores: both, movedStores: old, on: targetCA, movedOn: targetCA, want: map[situation]applied{
			anySituation: arrived, moved: kept,
		}},
		{name: "reaches_target_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: targetCA, want: map[situation]applied{
			anySituation: arrived, moved: kept,
		}},
		{name: "reaches_target_and_gets_ready", mode: "hold", stores: old, movedStores: both, on: presentCA, movedOn: targetCA, want: map[situation]applied{
			anySituation: through, moved: kept,
		}},
		{name: "reaches_target_ready", mode: "hold", stores: both, movedStores: both, on: presentCA, movedOn: targetCA, want: map[situation]applied{anySituation: through}},
		{name: "reaches_target_error", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: targetCA, want: map[situation]applied{anySituation: through}},
		{name: "reaches_target_unready", mode: "error", stores: both, movedStores: old, on: presentCA, movedOn: targetCA, want: map[situation]applied{
			anySituation: refused, created: arrived,
		}},
		{name: "another_ca_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: third, want: map[situation]applied{
			anySituation: {ca: third}, moved: kept,
		}},
		{name: "another_ca_ready", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: third, want: map[situation]applied{anySituation: through}},
	}
	if s != writeOnly {
		return cases
	}
	nobody, somebody := observedBy(true), observedBy(true, observedSession("stranger", true))
	return append(cases,
		movingCase{
			name: "session_comes_hold", mode: "hold", stores: both, movedStores: both, on: presentCA, movedOn: presentCA, seen: nobody, movedSeen: somebody,
			want: map[situation]applied{anySituation: held},
		},
		movingCase{
			name: "session_comes_error", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: presentCA, seen: nobody, movedSeen: somebody,
			want: map[situation]applied{anySituation: {fails: "Observed Clients Are Not Declared"}},
		},
		movingCase{
			name: "session_goes_hold", mode: "hold", stores: both, movedStores: both, on: presentCA, movedOn: presentCA, seen: somebody, movedSeen: nobody,
			want: map[situation]applied{anySituation: through},
		},
	)
}

// TestAccEvidenceThatMovesBetweenPlanAndApply saves one plan of many gates,
// moves what they rest on, and applies the plan. Terraform itself is never to
// refuse it.
func TestAccEvidenceThatMovesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for _, s := range []situation{created, moved, changed, writeOnly} {
		t.Run(string(s), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			lab := movingLab{account: a, situation: s, dir: t.TempDir()}
			environment := lab.place(t, false)
			p := newProcess(t, lab.gates(true))
			if p == nil {
				return
			}
			kept := slices.Clone(p.Environment)
			p.Environment = append(slices.Clone(kept), environment...)
			if s != created {
				p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
			}
			p.configure(t, lab.gates(false))
			p.must(t, "plan", "-input=false", "-no-color", "-out=saved")
			p.Environment = append(slices.Clone(kept), lab.place(t, true)...)
			written, _ := p.run(t, "apply", "-input=false", "-json", "saved") // Its errors are looked at one by one.
			if strings.Contains(written, "inconsistent") {
				t.Errorf("Terraform refuses the plan: %s", written)
			}
			said, states := saidByGate(t, written), p.gates(t)
			for _, tc := range movingCases(s) {
				want, named := tc.want[s]
				if !named {
					want = tc.want[anySituation]
				}
				want.check(t, tc.name, said[tc.name], states[tc.name])
			}
		})
	}
}

func (want applied) check(t *testing.T, name string, said []string, state values) {
	t.Helper()
	all := strings.Join(said, "\n")
	failed := strings.Contains(all, "error: ")
	switch {
	case want.fails != "":
		if !failed || !strings.Contains(all, want.fails) {
			t.Errorf("%s: want an error %q:\n%s", name, want.fails, all)
		}
	case failed || state["ca_cert_identifier"] != want.ca || state["ready"] != want.ready:
		t.Errorf("%s: ca_cert_identifier %v, ready %v, want %s, %v:\n%s", name, state["ca_cert_identifier"], state["ready"], want.ca, want.ready, all)
	case strings.Contains(all, readySince) != (want.warns == readySince):
		t.Errorf("%s: want a warning %q:\n%s", name, want.warns, all)
	}
}

// movingLab has what the gates of a situation rest on.
type movingLab struct {
	*account

	situation situation
	dir       string
}

func instanceOf(tc movingCase) string { return strings.ReplaceAll(tc.name, "_", "-") }

// place puts the evidence in its place, as the plan finds it or moved, and
// returns the environment that has what is write-only.
func (l movingLab) place(t *testing.T, moved bool) []string {
	t.Helper()
	stores, seen := map[string]string{}, map[string]any{}
	for _, tc := range movingCases(l.situation) {
		roots, on, sessions := tc.stores, tc.on, tc.seen
		if moved {
			roots, on, sessions = tc.movedStores, tc.movedOn, tc.movedSeen
		}
		l.rewrite(t, filepath.Join(l.dir, tc.name+".pem"), roots...)
		stores[tc.name] = l.roots(t, roots...)
		if sessions != nil {
			seen[tc.name] = sessions
		}
		instance := ordersInstance()
		instance.CAIdentifier, instance.Identifier = on, instanceOf(tc)
		l.api.PutInstance(instance)
	}
	if l.situation != writeOnly {
		return nil
	}
	content, err := json.Marshal(stores)
	must(t, err)
	observations, err := json.Marshal(seen)
	must(t, err)
	return []string{"TF_VAR_stores=" + string(content), "TF_VAR_seen=" + string(observations)}
}

// gates are the gates of all cases: before, which all pass as their DB instances
// are there already, and as the plan has them.
func (l movingLab) gates(before bool) string {
	var b strings.Builder
	b.WriteString(requiredProviders + l.providers())
	if l.situation == writeOnly {
		b.WriteString(`
variable "stores" {
  type      = map(string)
  ephemeral = true
}

variable "seen" {
  type      = any
  ephemeral = true
}
`)
	}
	for _, tc := range movingCases(l.situation) {
		target, mode := targetCA, tc.mode
		if before && l.situation != created {
			target, mode = tc.on, "hold"
		}
		client, more := clientBlock("app", filepath.Join(l.dir, tc.name+".pem")), ""
		switch {
		case l.situation == writeOnly:
			client = strings.ReplaceAll(client, fmt.Sprintf("path = %q", filepath.Join(l.dir, tc.name+".pem")), fmt.Sprintf("content = var.stores[%q]", tc.name))
			more = fmt.Sprintf("  observations = try(var.seen[%q], null)\n", tc.name)
		case l.situation == changed && !before:
			client = strings.Replace(client, "dbname=app", "dbname=orders", 1)
		}
		fmt.Fprintf(&b, `
resource "sslready_trust_store_validation" %q {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = %q
%s  clients = {
%s
  }
}
`, tc.name, instanceOf(tc), target, mode, more, client)
	}
	return b.String()
}

func (p *process) configure(t *testing.T, configuration string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(p.Dir, "main.tf"), []byte(configuration), 0o600))
}

func (p *process) must(t *testing.T, arguments ...string) {
	t.Helper()
	if written, err := p.run(t, arguments...); err != nil {
		t.Fatalf("%v: %v\n%s", arguments, err, written)
	}
}

var gateOf = regexp.MustCompile(`sslready_trust_store_validation\.\w+`)

// saidByGate are the diagnostics of a run with -json, by the names of the gates.
func saidByGate(t *testing.T, written string) map[string][]string {
	t.Helper()
	said := map[string][]string{}
	for line := range strings.Lines(written) {
		var message struct {
			Diagnostic struct {
				Severity, Summary, Detail, Address string
			}
		}
		if json.Unmarshal([]byte(line), &message) != nil || message.Diagnostic.Summary == "" {
			continue
		}
		d := message.Diagnostic
		address := d.Address
		if address == "" { // Terraform's own errors name it in their text.
			address = gateOf.FindString(d.Detail)
		}
		_, name, _ := strings.Cut(address, ".")
		said[name] = append(said[name], d.Severity+": "+d.Summary+": "+d.Detail)
	}
	return said
}

// gates are the gates in the state, by their names.
func (p *process) gates(t *testing.T) map[string]values {
	t.Helper()
	output, err := p.Command(t.Context(), "show", "-json").Output()
	must(t, err)
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Name   string
					Values values
				}
			} `json:"root_module"`
		}
	}
	must(t, json.Unmarshal(output, &state))
	all := map[string]values{}
	for _, resource := range state.Values.RootModule.Resources {
		all[resource.Name] = resource.Values
	}
	return all
}
