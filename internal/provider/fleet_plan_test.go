package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	fleetGates   = 40
	fleetClients = 5
)

// unreadyInFleet are the clients of the fleet that are not ready, by gate: some
// share one.
func unreadyInFleet() map[int][]int {
	return map[int][]int{3: {0}, 7: {1, 2}, 11: {4}, 19: {0, 1, 3}, 39: {2}}
}

func fleetClient(gate, client int) string { return fmt.Sprintf("client-%02d-%d", gate, client) }

// fleetOfGates are 40 gates of 5 clients each, before DB instances that are
// there. Their clients are a local value: Terraform 1.15 prints the whole
// expression that an error is about.
func (a *account) fleetOfGates(target, onUnready, old, both string) string {
	unready := unreadyInFleet()
	var b strings.Builder
	b.WriteString(requiredProviders + a.providers() + "locals {\n  gates = {\n")
	for gate := range fleetGates {
		instance := ordersInstance()
		instance.Identifier = fmt.Sprintf("orders-%02d", gate)
		a.api.PutInstance(instance)
		fmt.Fprintf(&b, "    %q = {\n", instance.Identifier)
		for client := range fleetClients {
			store := both
			for _, one := range unready[gate] {
				if one == client {
					store = old
				}
			}
			fmt.Fprintf(&b, "      %q = %q\n", fleetClient(gate, client), filepath.ToSlash(store))
		}
		b.WriteString("    }\n")
	}
	fmt.Fprintf(&b, `  }
  clients = {
    for gate, stores in local.gates : gate => {
      for name, store in stores : name => {
        driver      = "psql"
        connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
        trust_store = { path = store }
      }
    }
  }
}

resource "sslready_trust_store_validation" "all" {
  for_each                  = local.gates
  db_instance_identifier    = each.key
  target_ca_cert_identifier = %q
  on_unready                = %q
  clients                   = local.clients[each.key]
}
`, target, onUnready)
	return b.String()
}

// TestAccFortyGatesFitAScreen: a plan of gates that change nothing says nothing
// but who is not ready, each once, in a paragraph.
func TestAccFortyGatesFitAScreen(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hold", "error"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
			if mode == "error" { // Its apply needs stores that are good at first.
				a.rewrite(t, old, presentCA, targetCA)
			}
			p := newProcess(t, a.fleetOfGates(targetCA, mode, old, both))
			if p == nil {
				return
			}
			p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
			a.rewrite(t, old, presentCA)
			written, err := p.run(t, "plan", "-input=false", "-no-color")
			if (err != nil) != (mode == "error") {
				t.Fatalf("plan: %v\n%s", err, written)
			}
			if mode == "hold" && !strings.Contains(written, "No changes.") || strings.Contains(written, "Objects have changed outside") {
				t.Error("the plan is not quiet")
			}
			_, written, _ = strings.Cut(written, "may cause the state to become incompatible") // With released providers there is no such warning.
			lines := 0
			for line := range strings.Lines(written) {
				if strings.TrimSpace(line) != "" && !strings.Contains(line, ": Refreshing state...") {
					lines++
				}
			}
			t.Logf("%s: %d lines, %d without those of the refresh", mode, strings.Count(written, "\n"), lines)
			if all := strings.Count(written, "\n"); lines >= 100 || all >= 200 {
				t.Errorf("%d lines, %d without those of the refresh:\n%s", all, lines, written)
			}
			checkNamedOnce(t, written)
		})
	}
}

// checkNamedOnce looks for everybody who is not ready, and for nobody else.
func checkNamedOnce(t *testing.T, written string) {
	t.Helper()
	unready := unreadyInFleet()
	for gate := range fleetGates {
		for client := range fleetClients {
			want := 0
			for _, one := range unready[gate] {
				if one == client {
					want = 1
				}
			}
			if got := strings.Count(written, fmt.Sprintf("Client %q", fleetClient(gate, client))); got != want {
				t.Errorf("client %s is named %d times, want %d", fleetClient(gate, client), got, want)
			}
		}
	}
}

// TestAccSensitiveClientsFitAScreen: Terraform prints none of the clients of a
// gate that the docs advise for many, be it new or switched, and the gate says
// who is not ready all the same.
func TestAccSensitiveClientsFitAScreen(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
	gate := func(target string) string {
		return requiredProviders + a.providers() + fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  on_unready                = "hold"
  details                   = false
  clients = sensitive({
    for n in range(100) : "client-${n}" => {
      driver      = "psql"
      connection  = "dbname=app-${n} sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = n == 7 ? %q : %q }
    }
  })
}
`, orders, target, filepath.ToSlash(old), filepath.ToSlash(both))
	}
	p := newProcess(t, gate(targetCA))
	if p == nil {
		return
	}
	short := func(step string) string {
		written := p.plan(t)
		if lines := strings.Count(written, "\n"); lines >= 100 || strings.Contains(written, "app-7") {
			t.Errorf("%s: %d lines:\n%s", step, lines, written)
		}
		return written
	}
	if written := short("new"); strings.Count(written, `Client "client-7"`) != 1 || !strings.Contains(written, "clients                   = (sensitive value)") {
		t.Errorf("new:\n%s", written)
	}
	p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
	if written := short("unchanged"); !strings.Contains(written, "No changes.") {
		t.Errorf("unchanged:\n%s", written)
	}
	must(t, os.WriteFile(filepath.Join(p.Dir, "main.tf"), []byte(gate(presentCA)), 0o600))
	if written := short("another target"); !strings.Contains(written, "1 to change") {
		t.Errorf("another target:\n%s", written)
	}
}
