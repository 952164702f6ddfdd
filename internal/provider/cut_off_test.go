package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
)

// psql lets the real psql connect and go away again. It verifies the server,
// by what it trusts.
func psql(t *testing.T, server *pgserver.Server, user, application, roots string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	command := exec.CommandContext(t.Context(), program, "-X", "-At", "-c", "select 1", fmt.Sprintf(
		"host=%s port=%d user=%s password=%s dbname=postgres sslmode=verify-full sslrootcert=%s application_name=%s", region.Host, server.Port(), user, password, roots, application))
	command.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	output, err := command.CombinedOutput()
	return string(output), err
}

// expectSaid looks for texts in what Terraform wrote, wherever it breaks lines.
func expectSaid(t *testing.T, output string, texts ...string) {
	t.Helper()
	whole := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "\n", " ").Replace(output)), " ")
	for _, text := range texts {
		if !strings.Contains(whole, text) {
			t.Errorf("%q is not said:\n%s", text, output)
		}
	}
}

// TestAccTheNextPlanNamesWhoIsCutOff runs the guide's configuration: a client
// that comes once a month is found by log and census, is held back by the gate, is let
// through by a waiver, and is cut off; the next plan names it.
func TestAccTheNextPlanNamesWhoIsCutOff(t *testing.T) {
	t.Parallel()
	if p := newProcess(t, ""); p != nil {
		letAMonthlyClientThrough(t, p, "", nil)
	}
}

// TestAccActionNamesWhoIsCutOff is the same with the action in the configuration:
// the apply itself names the client, and so does the next plan.
func TestAccActionNamesWhoIsCutOff(t *testing.T) {
	t.Parallel()
	p := processWithActions(t)
	if p == nil {
		return
	}
	const action = `
action "sslready_watch_switch" "orders" {
  config {
    db_instance_identifier    = "orders-prod"
    target_ca_cert_identifier = "rds-ca-rsa4096-g1"
    watch_for                 = "10s"
    poll_interval             = "1s"
    observations              = [sslready_client_census.orders.observation]
  }
}
`
	letAMonthlyClientThrough(t, p, action, func(output string) {
		expectSaid(t, output, `Clients of "orders-prod" Were Cut Off After the Switch`, `(seen there before: user "reports", database "postgres", application "psql"): the client does not trust the CA of the server certificate`,
			`Came back: user "billing", database "postgres", application "billing"`, `now presents a certificate from the CA "`+targetCA, "Add the target CA's root to the trust store of each client")
		if strings.Contains(output, "Have Not Come Back Yet") {
			t.Errorf("somebody is missed:\n%s", output)
		}
	})
}

// letAMonthlyClientThrough goes the way of the guide, with real clients. Where
// there is an action, the clients come while it watches, the apply fails, and
// watched gets what it wrote.
func letAMonthlyClientThrough(t *testing.T, p *process, action string, watched func(output string)) {
	t.Helper()
	lab := newLogLab(t, "1")
	lab.launchOrders(t)
	server := lab.Server(orders)
	present, err := lab.RootPEM(presentCA)
	must(t, err)
	target, err := lab.RootPEM(targetCA)
	must(t, err)
	both := append(slices.Clip(present), target...)
	store := func(name string, content []byte) string {
		file := filepath.Join(p.Dir, name)
		must(t, os.WriteFile(file, content, 0o600))
		return file
	}
	billingStore, monthlyStore := store("billing.pem", both), store("monthly.pem", present)
	login := fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }", watcher, password, store("roots.pem", both))
	guide := guideBlock(t, "clients_over_time.md", `resource "sslready_client_census"`)
	held := []string{"CA Switch Held Back (orders-prod)", "CA Switch Held Back (orders-prod)"}
	if action != "" { // While a gate holds, its CA is only known after the apply, which would start the action.
		guide = strings.Replace(guide, `on_unready                = "hold"`, `on_unready                = "error"`, 1)
		held = []string{"Observed Clients Are Not Declared", `Client "monthly" Not Ready for the Target CA`}
		guide = action + strings.Replace(guide, "  apply_immediately  = true\n",
			"  apply_immediately  = true\n  lifecycle {\n    action_trigger {\n      events  = [after_update]\n      actions = [action.sslready_watch_switch.orders]\n    }\n  }\n", 1)
	}
	write := func(configuration string) {
		must(t, os.WriteFile(filepath.Join(p.Dir, "main.tf"), []byte(requiredProviders+providerBlocks(lab.URL, login)+configuration), 0o600))
	}
	switched := func() bool {
		instance, _ := lab.API.Instance(orders)
		return instance.CAIdentifier == targetCA
	}
	apply := func() (string, error) { return p.run(t, "apply", "-input=false", "-no-color", "-auto-approve") }

	for user, client := range map[string]struct{ application, roots string }{billing: {"billing", billingStore}, reports: {"psql", monthlyStore}} {
		if output, err := psql(t, server, user, client.application, client.roots); err != nil {
			t.Fatalf("%s before the switch: %v\n%s", user, err, output)
		}
	}
	write(guide)
	if output, err := p.run(t, "import", "-input=false", "-no-color", "aws_db_instance.orders", orders); err != nil {
		t.Fatalf("import: %v\n%s", err, output)
	}

	before, rest, _ := strings.Cut(guide, "    monthly = {")
	_, after, _ := strings.Cut(rest, "    }\n")
	write(before + after) // Nobody has thought of the monthly client.
	output, err := apply()
	if (err != nil) != (action != "") || switched() {
		t.Fatalf("an undeclared client is not held back: %v\n%s", err, output)
	}
	expectSaid(t, output, held[0], `user "reports"`, `application "psql"`)

	write(guide)
	if output, err = apply(); (err != nil) != (action != "") || switched() {
		t.Fatalf("a client without the root is not held back: %v\n%s", err, output)
	}
	expectSaid(t, output, held[1], `"monthly"`, "unknown_authority")

	waived := strings.Replace(guide, "  clients                   = local.clients\n", "  clients                   = local.clients\n"+
		"  waivers = { monthly = { reason = \"it is to be replaced\", expires = \"2100-01-01T00:00:00Z\" } }\n", 1)
	write(waived)
	come := func() {
		if output, err := psql(t, server, billing, "billing", billingStore); err != nil {
			t.Errorf("billing after the switch: %v\n%s", err, output)
		}
		if output, err := psql(t, server, reports, "psql", monthlyStore); err == nil || !strings.Contains(output, "certificate verify failed") {
			t.Errorf("monthly after the switch: %v\n%s", err, output)
		}
	}
	came := make(chan struct{})
	if watched != nil {
		go func() {
			defer close(came)
			for !switched() && t.Context().Err() == nil {
				time.Sleep(200 * time.Millisecond)
			}
			time.Sleep(2 * time.Second) // The log has seconds.
			come()
		}()
	}
	if output, err = apply(); (err != nil) != (watched != nil) || !switched() {
		t.Fatalf("the waiver: %v\n%s", err, output)
	}
	if watched != nil {
		<-came
		watched(output)
	} else {
		come()
	}
	expectSaid(t, p.plan(t), "Clients Failed the TLS Handshake After the CA Switch (orders-prod)", `Client "monthly": This client's TLS handshake from 127.0.0.1`, "This client shares the address with billing, but according to the declarations, only this client fails.", "monthly: This client's TLS handshake",
		"the client does not trust the CA of the server certificate (alert unknown_ca)", "The DB instance is on "+targetCA+" now",
		"Check block assertion failed", "or switch the DB instance back until that is done")
}
