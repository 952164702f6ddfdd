package provider_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
	// created and updated are what the apply says of a gate that is new, and of
	// one that is in the state; empty is a plan that is carried out.
	created, updated string
	// ca and ready are what a plan that is carried out leaves.
	ca    string
	ready bool
}

const (
	// terraformRefuses is Terraform's own word. A gate that is new has nothing in
	// the state that its plan and its apply could share.
	terraformRefuses = "Provider produced inconsistent final plan"
	changedSince     = "Verdict Changed Since the Plan"
	notReadyNow      = "Not Ready for the Target CA"
	readySince       = "Ready Since the Plan"
)

func movingCases() []movingCase {
	old, both := []string{presentCA}, []string{presentCA, targetCA}
	third := pki.CAECC384
	return []movingCase{
		{name: "nothing_moves_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: presentCA, ca: presentCA},
		{name: "nothing_moves_ready", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: presentCA, ca: targetCA, ready: true},
		{name: "store_gets_ready_held", mode: "hold", stores: old, movedStores: both, on: presentCA, movedOn: presentCA, created: terraformRefuses, updated: readySince, ca: presentCA},
		{name: "store_gets_ready_arrived", mode: "error", stores: old, movedStores: both, on: targetCA, movedOn: targetCA, created: terraformRefuses, ca: targetCA},
		{name: "store_gets_unready_hold", mode: "hold", stores: both, movedStores: old, on: presentCA, movedOn: presentCA, created: terraformRefuses, updated: changedSince},
		{name: "store_gets_unready_error", mode: "error", stores: both, movedStores: old, on: presentCA, movedOn: presentCA, created: notReadyNow, updated: notReadyNow},
		{name: "reaches_target_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: targetCA, created: terraformRefuses, updated: changedSince},
		{name: "reaches_target_and_gets_ready", mode: "hold", stores: old, movedStores: both, on: presentCA, movedOn: targetCA, created: terraformRefuses, updated: changedSince},
		{name: "reaches_target_ready", mode: "hold", stores: both, movedStores: both, on: presentCA, movedOn: targetCA, ca: targetCA, ready: true},
		{name: "reaches_target_error", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: targetCA, ca: targetCA, ready: true},
		{name: "reaches_target_unready", mode: "error", stores: both, movedStores: old, on: presentCA, movedOn: targetCA, created: terraformRefuses, updated: notReadyNow},
		{name: "another_ca_held", mode: "hold", stores: old, movedStores: old, on: presentCA, movedOn: third, created: terraformRefuses, updated: changedSince},
		{name: "another_ca_ready", mode: "error", stores: both, movedStores: both, on: presentCA, movedOn: third, ca: targetCA, ready: true},
	}
}

// TestAccEvidenceThatMovesBetweenPlanAndApply saves one plan of many gates,
// moves what they rest on, and applies the plan.
func TestAccEvidenceThatMovesBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	for name, isNew := range map[string]bool{"create": true, "update": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			dir := t.TempDir()
			place := func(stores func(movingCase) []string, on func(movingCase) string) {
				for _, tc := range movingCases() {
					a.rewrite(t, filepath.Join(dir, tc.name+".pem"), stores(tc)...)
					instance := onCA(on(tc))
					instance.Identifier = instanceOf(tc)
					a.api.PutInstance(instance)
				}
			}
			place(func(tc movingCase) []string { return tc.stores }, func(tc movingCase) string { return tc.on })
			p := newProcess(t, a.movingGates(dir, presentCA, targetCA))
			if p == nil {
				return
			}
			if !isNew {
				p.configure(t, a.movingGates(dir, presentCA, presentCA))
				p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
				p.configure(t, a.movingGates(dir, presentCA, targetCA))
			}
			p.must(t, "plan", "-input=false", "-no-color", "-out=saved")
			place(func(tc movingCase) []string { return tc.movedStores }, func(tc movingCase) string { return tc.movedOn })
			written, _ := p.run(t, "apply", "-input=false", "-json", "saved") // Its errors are looked at one by one.
			said := saidByGate(t, written)
			states := p.gates(t)
			for _, tc := range movingCases() {
				want := tc.updated
				if isNew {
					want = tc.created
				}
				tc.check(t, want, said[tc.name], states[tc.name])
			}
		})
	}
}

func instanceOf(tc movingCase) string { return strings.ReplaceAll(tc.name, "_", "-") }

func (tc movingCase) check(t *testing.T, want string, said []string, state values) {
	t.Helper()
	all := strings.Join(said, "\n")
	failed := strings.Contains(all, "error: ")
	switch {
	case want == "":
		if failed || strings.Contains(all, readySince) || state["ca_cert_identifier"] != tc.ca || state["ready"] != tc.ready {
			t.Errorf("%s: ca_cert_identifier %v, ready %v, want %s, %v:\n%s", tc.name, state["ca_cert_identifier"], state["ready"], tc.ca, tc.ready, all)
		}
	case want == readySince:
		if failed || !strings.Contains(all, readySince) || state["ca_cert_identifier"] != tc.ca || state["ready"] != tc.ready {
			t.Errorf("%s: ca_cert_identifier %v, ready %v, want %s, %v and %q:\n%s", tc.name, state["ca_cert_identifier"], state["ready"], tc.ca, tc.ready, want, all)
		}
	case !failed || !strings.Contains(all, want) || want != terraformRefuses && strings.Contains(all, terraformRefuses):
		t.Errorf("%s: want an error %q:\n%s", tc.name, want, all)
	}
}

// movingGates are the gates of all cases, with a target.
func (a *account) movingGates(dir, present, target string) string {
	var b strings.Builder
	b.WriteString(requiredProviders + a.providers())
	for _, tc := range movingCases() {
		judgedFor := target
		if target == present {
			judgedFor = tc.on // Its DB instance is there already.
		}
		fmt.Fprintf(&b, `
resource "sslready_trust_store_validation" %q {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = %q
  clients = {
%s
  }
}
`, tc.name, instanceOf(tc), judgedFor, tc.mode, clientBlock("app", filepath.Join(dir, tc.name+".pem")))
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
