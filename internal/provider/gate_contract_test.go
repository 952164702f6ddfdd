package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestAClientHasSettingsOrSaysThatItHasNone: Terraform drops the keys that a
// nested object does not have, so that a misspelt one leaves nothing behind.
func TestAClientHasSettingsOrSaysThatItHasNone(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	store := values{"path": a.store(t, "both.pem", presentCA, targetCA)}
	refused := complaint{"ERROR", ``, `No Settings for the Client "app"`, "judged with its driver's defaults", "check the declaration for a key", `connection = ""`}
	for name, tc := range map[string]struct {
		client  values
		refused bool
	}{
		"nothing":                       {values{"driver": "pgjdbc"}, true},
		"a store alone":                 {values{"driver": "pgx", "trust_store": store}, true},
		"empty maps":                    {values{"driver": "pgx", "environment": values{}, "properties": values{}}, true},
		"the defaults":                  {values{"driver": "psql", "connection": "", "trust_store": store}, false},
		"an environment":                {values{"driver": "psql", "environment": values{"PGSSLMODE": "require"}, "trust_store": store}, false},
		"a connection not known yet":    {values{"driver": "psql", "connection": notKnown{}}, false},
		"an environment not known yet":  {values{"driver": "psql", "environment": notKnown{}}, false},
		"properties":                    {values{"driver": "pgjdbc", "properties": values{"sslmode": "require"}}, false},
		"properties that are not known": {values{"driver": "pgjdbc", "properties": notKnown{}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := a.protocol(t).validateGate(t, gate(values{"app": tc.client}))
			if tc.refused {
				refused.expectIn(t, told)
			} else if told.failed() {
				t.Error(told)
			}
		})
	}
}

// TestAccAMisspeltKeyIsNoClient: what Terraform itself makes of such a key.
func TestAccAMisspeltKeyIsNoClient(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	for kind, address := range map[string]string{"data": "sslready_readiness", "resource": gateType} {
		for _, key := range []string{"url", "dsn"} {
			config := fmt.Sprintf(`
%s%s %q "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients = {
    app = {
      driver = "psycopg2"
      %s    = "postgresql://localhost/app?sslmode=require"
    }
  }
}
`, a.providers(), kind, address, orders, targetCA, key)
			run(t, resource.TestStep{Config: config, ExpectError: regexp.MustCompile(`(?s)No Settings for the Client "app".*check\s+the\s+declaration\s+for\s+a\s+key`)})
		}
	}
}

// TestADatabaseThatIsNotPostgreSQL has clients and parameters of its own.
func TestADatabaseThatIsNotPostgreSQL(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	instance := ordersInstance()
	instance.Engine, instance.EngineVersion = "mysql", "8.0.36"
	a.api.PutInstance(instance)
	want := complaint{"ERROR", "db_instance_identifier", "Not a PostgreSQL Database", "is mysql", "do not apply to this engine", "Name a DB instance"}
	config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})})
	want.expectIn(t, a.protocol(t).ask(t, gateType, config))
	want.expectIn(t, a.protocol(t).ask(t, readinessType, config))
	want.expectIn(t, a.protocol(t).ask(t, "sslready_force_ssl", values{"db_instance_identifier": orders}))
	for name, title := range map[string]string{
		clientsType: "Cannot Read the Clients", "sslready_connection_log": "Cannot Read the Connection Log", "sslready_server_certificate": "Cannot Read the Server Certificate",
	} {
		told := a.protocol(t).ask(t, name, values{"db_instance_identifier": orders})
		told.expect(t, "ERROR", "db_instance_identifier", title, "has the engine mysql: only postgres and aurora-postgresql are supported", "Name a DB instance or cluster with the engine postgres or aurora-postgresql.")
	}
}

func TestARetiredTargetIsAnError(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	config := gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})}, values{"target_ca_cert_identifier": "rds-ca-2019"})
	complaint{"ERROR", "target_ca_cert_identifier", "Retired CA", `RDS has retired "rds-ca-2019"`, "would refuse the switch", "rds-ca-rsa2048-g1"}.expectIn(t, a.protocol(t).ask(t, gateType, config))
	config["db_instance_identifier"], config["region"] = nil, labRegion
	complaint{"ERROR", "target_ca_cert_identifier", "Retired CA", `RDS has retired "rds-ca-2019"`, "would refuse the switch", "rds-ca-rsa2048-g1"}.expectIn(t, a.protocol(t).ask(t, readinessType, config))
}

// TestTitlesNameTheGate: Terraform folds diagnostics of one title into one.
func TestTitlesNameTheGate(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.SetFaults(rdsserver.Faults{Denied: []string{"DescribeDBParameters"}})
	clients := values{"app": libpq("verify-ca", values{"path": a.store(t, "old.pem", presentCA)})}
	titles := func(config values) []string {
		var all []string
		for _, d := range a.protocol(t).ask(t, gateType, config) {
			all = append(all, d.title)
		}
		return all
	}
	for name, tc := range map[string]struct {
		config values
		want   string
	}{
		"an error":         {gate(clients), `Cannot Read rds.force_ssl (orders-prod), Client "app" Not Ready for the Target CA (orders-prod)`},
		"a held gate":      {gate(clients, values{"on_unready": "hold"}), "Cannot Read rds.force_ssl (orders-prod), CA Switch Held Back (orders-prod)"},
		"by its host":      {gate(clients, values{"db_instance_identifier": nil, "region": "us-east-1", "host": "db.example", "on_unready": "hold", "force_ssl": true}), "CA Switch Held Back (db.example)"},
		"by its clients":   {gate(clients, values{"db_instance_identifier": nil, "region": "us-east-1", "on_unready": "hold", "force_ssl": true}), "CA Switch Held Back (app)"},
		"all in the apply": {gate(clients, values{"force_ssl": notKnown{}}), "Judged at Apply (orders-prod)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(titles(tc.config), ", "); got != tc.want {
				t.Errorf("titles %q, want %q", got, tc.want)
			}
		})
	}
}

// TestANewGateSaysThatItsApplyDecides: its plan cannot promise what its apply
// finds, and with "error" nothing but the target comes out.
func TestANewGateSaysThatItsApplyDecides(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ready := values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})}
	planned, told := a.protocol(t).planGate(t, gate(ready, values{"on_unready": "hold"}))
	complaint{
		"WARNING", "target_ca_cert_identifier", "CA Switch Decided at Apply", "Clients ready for " + targetCA + ": 1 of 1.",
		"the apply judges the clients again", "The DB instance then gets " + targetCA + ", unless something blocks the switch by then",
	}.expectIn(t, told)
	for _, name := range []string{"ready", "ca_cert_identifier", "report"} {
		if got := at(t, planned, name); got != (notKnown{}) {
			t.Errorf("%s is %v, want it open", name, got)
		}
	}
	planned, told = a.protocol(t).planGate(t, gate(ready))
	if len(told) > 0 || at(t, planned, "ca_cert_identifier") != targetCA || at(t, planned, "ready") != (notKnown{}) {
		t.Errorf("ca_cert_identifier %v, ready %v: %v", at(t, planned, "ca_cert_identifier"), at(t, planned, "ready"), told)
	}
}

// TestOneWarningListsEverybody: each client once, with all that is said of it.
func TestOneWarningListsEverybody(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	old := values{"path": a.store(t, "old.pem", presentCA)}
	clients := values{"ready": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)}), "plain": values{"driver": "psql", "connection": "sslmode=disable"}}
	for i := range 8 {
		clients[fmt.Sprintf("stale-%d", i)] = libpq("verify-ca", old)
	}
	_, told := a.protocol(t).planGate(t, gate(clients, values{
		"on_unready": "hold", "force_ssl": false, "waivers": values{"stale-3": values{"reason": "gone", "expires": "2026-02-01T00:00:00Z"}},
	}))
	if len(told) != 1 {
		t.Fatalf("%d diagnostics, want one: %v", len(told), told)
	}
	for name := range clients {
		want := 1
		if name == "ready" {
			want = 0
		}
		if got := strings.Count(told[0].detail, fmt.Sprintf("Client %q", name)); got != want {
			t.Errorf("client %s is named %d times, want %d: %s", name, got, want, told[0].detail)
		}
	}
	told[0].expect(t, "target_ca_cert_identifier", "CA Switch Held Back", "Clients ready for "+targetCA+": 2 of 10.", "stays on "+presentCA, "waiver_expired: The waiver has expired", "plaintext_client): ")
}

// TestAGateNeverMovesADBInstanceBack: the present CA that was given by hand is
// as old as the switch that the gate let through.
func TestAGateNeverMovesADBInstanceBack(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	store := a.store(t, "app.pem", presentCA, targetCA)
	config := values{
		"region": labRegion, "force_ssl": true, "target_ca_cert_identifier": targetCA, "current_ca_cert_identifier": presentCA, "on_unready": "hold",
		"canary_server_certificate_chain_pem": a.roots(t, targetCA), "current_server_certificate_chain_pem": a.roots(t, presentCA),
		"clients": values{"app": libpq("verify-ca", values{"path": store})},
	}
	let := a.protocol(t).refreshGate(t, config)
	a.rewrite(t, store, presentCA)
	planned, told := refreshedGate{a.protocol(t), let.state, let.private}.plan(t, config)
	if got := at(t, planned, "ca_cert_identifier"); got != targetCA || at(t, planned, "ready") == true {
		t.Errorf("ca_cert_identifier = %v, ready %v, want it to stay on %s: %v", got, at(t, planned, "ready"), targetCA, told)
	}
	told.expect(t, "WARNING", "target_ca_cert_identifier", "CA Switch Not Held Back", `Client "app"`, "never moves it back")
}
