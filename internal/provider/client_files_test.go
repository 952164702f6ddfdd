package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// TestAccFilesOfAClient declares client certificates to the data source and to
// the gate.
func TestAccFilesOfAClient(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	s := newReportedStores(t, a)
	clients := fmt.Sprintf(`
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients = {
    whole = {
      driver      = "psycopg2"
      connection  = "dbname=app sslmode=verify-full sslrootcert=/r sslcert=/c sslkey=/k"
      trust_store = { path = %q }
      files       = { "/c" = { path = %q }, "/k" = { path = %q, mode = "0600" } }
    }
    keyless = {
      driver      = "psycopg2"
      connection  = "dbname=app sslmode=verify-full sslrootcert=/r sslcert=/c"
      trust_store = { path = %q }
      files       = { "/c" = { path = %q } }
    }
    absent = {
      driver      = "psycopg2"
      connection  = "dbname=app sslmode=verify-full sslrootcert=/r sslcert=/c"
      trust_store = { path = %q }
      files       = { "/c" = { absent = true } }
    }
    unsaid = {
      driver      = "psycopg2"
      connection  = "dbname=app sslmode=verify-full sslrootcert=/r sslcert=/c"
      trust_store = { path = %q }
    }
  }
`, orders, targetCA, s.both, s.chain, s.key, s.both, s.chain, s.both, s.both)
	of := func(address, client, attribute, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, pathTo("verdicts").AtMapKey(client).AtMapKey("target").AtMapKey(attribute), knownvalue.StringExact(want))
	}
	const gateAddress = "sslready_trust_store_validation.orders"
	all := func(address string) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			of(address, "whole", "outcome", "connects"),
			of(address, "keyless", "reason", "client_certificate_not_usable"), of(address, "keyless", "expected_error", "certificate present, but not private key file"),
			of(address, "absent", "outcome", "connects"), of(address, "unsaid", "reason", "file_not_declared"),
		}
	}
	run(t,
		resource.TestStep{
			Config:            a.providers() + "data \"sslready_readiness\" \"orders\" {" + clients + "}\n",
			ConfigStateChecks: append(all(readinessAddress), statecheck.ExpectKnownValue(readinessAddress, pathTo("ready"), knownvalue.Bool(false))),
		},
		resource.TestStep{
			Config:            a.providers() + "resource \"sslready_trust_store_validation\" \"orders\" {\n  on_unready = \"hold\"\n" + clients + "}\n",
			ConfigStateChecks: all(gateAddress),
		},
	)
}

// TestFilesThatAreAmbiguous are refused before anything is judged.
func TestFilesThatAreAmbiguous(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	for name, tc := range map[string]struct {
		file values
		want complaint
	}{
		"neither":             {values{"mode": "0600"}, complaint{"ERROR", `clients["app"].files["/c"]`, "Ambiguous Client File", `for the file /c, either both "path" and absent = true are set, or neither is`, "so it is not clear whether", "Set exactly one of the two"}},
		"both":                {values{"path": "x", "absent": true}, complaint{"ERROR", `clients["app"].files["/c"]`, "Ambiguous Client File", `for the file /c, either both "path" and absent = true are set, or neither is`, "so it is not clear whether", "Set exactly one of the two"}},
		"a mode that is none": {values{"path": "x", "mode": "rw"}, complaint{"ERROR", `clients["app"].files["/c"].mode`, "Invalid File Mode", "", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, told := p.read(t, readinessType, given(values{"driver": "psql", "connection": "sslcert=/c", "files": values{"/c": tc.file}}, nil))
			tc.want.expectIn(t, told)
		})
	}
}

func TestUnknownDriversLeadOn(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, always(judgedAt), values{})
	for name, meant := range map[string]string{
		"jdbi": "", "epgsql": "", "psycopg3": `Did you mean "psycopg"?`, "pgbounser": `Did you mean "pgbouncer"?`,
		"node_postgres": `Did you mean "node-postgres"?`, "pg": `Did you mean "node-postgres"?`, "lib/pq": `Did you mean "lib-pq"?`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, told := p.read(t, readinessType, given(values{"driver": name, "connection": ""}, nil))
			told.expect(t, "ERROR", `clients["app"].driver`, "Unknown Driver", meant, `driver = "other"`, fmt.Sprintf("description = %q", name), `encrypts = "always"`)
		})
	}
}
