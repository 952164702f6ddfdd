package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// TestAccAMonthlyClientBlocksTheSwitch: no look sees it, the log and the census
// do, and the gate waits until its owner has mended it.
func TestAccAMonthlyClientBlocksTheSwitch(t *testing.T) {
	t.Parallel()
	lab := newLogLab(t, "1")
	must(t, visit(t, lab.Server("one"), reports, "monthly", anybody()))
	present, err := lab.RootPEM(presentCA)
	must(t, err)
	target, err := lab.RootPEM(targetCA)
	must(t, err)
	dir := t.TempDir()
	old, mended := filepath.Join(dir, "old.pem"), filepath.Join(dir, "mended.pem")
	must(t, os.WriteFile(old, present, 0o600))
	must(t, os.WriteFile(mended, append(present, target...), 0o600))

	configuration := func(more string) string {
		return providerBlocks(lab.URL, fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }", watcher, password, lab.roots)) + fmt.Sprintf(`
data "sslready_clients" "look" {
  db_instance_identifier = "one"
}

data "sslready_connection_log" "orders" {
  db_instance_identifier = "one"
}

resource "sslready_client_census" "orders" {
  name         = "one"
  observations = [data.sslready_connection_log.orders.observation, data.sslready_clients.look.observation]
}

resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = "one"
  target_ca_cert_identifier = %q
  observations              = [sslready_client_census.orders.observation]
  clients = {
    billing = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
      match       = { usernames = [%q] }
    }
%s
  }
}
`, targetCA, mended, billing, more)
	}
	monthly := func(store string) string {
		return fmt.Sprintf(`    monthly = {
      driver      = "psycopg2"
      connection  = "dbname=postgres sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
      match       = { usernames = [%q] }
    }`, store, reports)
	}
	runAt(t, now,
		resource.TestStep{Config: configuration(""), ExpectError: regexp.MustCompile(`(?s)Observed Clients Are Not Declared.*user\s+"reports".*application\s+"monthly"`)},
		resource.TestStep{Config: configuration(monthly(old)), ExpectError: regexp.MustCompile(`(?s)Client "monthly" Not Ready for the Target CA`)},
		resource.TestStep{Config: configuration(monthly(mended)), ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.sslready_clients.look", tfjsonpath.New("clients"), knownvalue.ListSizeExact(0)),
			statecheck.ExpectKnownValue(gateAddress, tfjsonpath.New("ready"), knownvalue.Bool(true)),
			statecheck.ExpectKnownValue(gateAddress, tfjsonpath.New("ca_cert_identifier"), knownvalue.StringExact(targetCA)),
		}},
	)
}
