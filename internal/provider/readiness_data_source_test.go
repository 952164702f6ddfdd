package provider_test

import (
	"fmt"
	"maps"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
)

const (
	readinessType    = "sslready_readiness"
	readinessAddress = "data.sslready_readiness.orders"
)

func TestAccReadinessTellsAndDoesNotFail(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	old, both := a.store(t, "old.pem", presentCA), a.store(t, "both.pem", presentCA, targetCA)
	root := a.root(t, targetCA)
	config := a.providers() + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients = {
    billing = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///billing?sslmode=verify-ca&sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
    }
    reports = {
      driver      = "psycopg2"
      connection  = "dbname=reports sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
    }
  }
}

check "clients_are_ready" {
  assert {
    condition     = data.sslready_readiness.orders.ready
    error_message = data.sslready_readiness.orders.summary
  }
}
`, orders, targetCA, both, old)
	verdict := func(steps ...string) tfjsonpath.Path { // Paths share memory when they are extended twice.
		path := pathTo("verdicts")
		for _, step := range steps {
			path = path.AtMapKey(step)
		}
		return path
	}
	precondition := func(condition string) string {
		return config + fmt.Sprintf(`
resource "terraform_data" "switch" {
  lifecycle {
    precondition {
      condition     = %s
      error_message = data.sslready_readiness.orders.summary
    }
  }
}
`, condition)
	}
	run(t,
		resource.TestStep{
			Config: precondition("!data.sslready_readiness.orders.ready"),
			ConfigStateChecks: []statecheck.StateCheck{
				expect(readinessAddress, "ready", knownvalue.Bool(false)),
				expect(readinessAddress, "summary", knownvalue.StringExact("Clients ready for "+targetCA+": 1 of 2; not ready: reports.")),
				expect(readinessAddress, "evaluated_at", knownvalue.StringExact("2026-03-01T12:00:00Z")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("billing", "target", "outcome"), knownvalue.StringExact("connects")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("billing", "target", "anchor_sha256"), knownvalue.StringExact(pki.SHA256(root))),
				statecheck.ExpectKnownValue(readinessAddress, verdict("billing", "target", "anchor_subject"), knownvalue.StringExact(root.Subject.String())),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "ready"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "current", "outcome"), knownvalue.StringExact("connects")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "target", "outcome"), knownvalue.StringExact("fails")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "target", "reason"), knownvalue.StringExact("unknown_authority")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "target", "expected_error"), knownvalue.StringExact("certificate verify failed")),
				statecheck.ExpectKnownValue(readinessAddress, verdict("reports", "remedy"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(readinessAddress, pathTo("findings").AtSliceIndex(0), knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"severity": knownvalue.StringExact("error"), "code": knownvalue.StringExact("unknown_authority"), "client": knownvalue.StringExact("reports"),
				})),
			},
		},
		resource.TestStep{
			Config: precondition("data.sslready_readiness.orders.ready"), ExpectError: regexp.MustCompile(`not ready: reports`),
		},
		resource.TestStep{ // Sensitive inputs make the whole object sensitive, and parts of it are not.
			Config: config + "output \"whole\" {\n  value = data.sslready_readiness.orders\n}\n", ExpectError: regexp.MustCompile(`Output refers to sensitive values`),
		},
		resource.TestStep{
			Config: config + "output \"verdicts\" {\n  value = data.sslready_readiness.orders.verdicts\n}\n",
		},
	)
}

// TestReadinessNeedsNothingButWhatIsGiven judges without AWS and without a
// network: from the fact table, and from a chain.
func TestReadinessNeedsNothingButWhatIsGiven(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	chain := func(ca string) string {
		issued, err := a.cas.Chain(ca, pki.Options{DNSNames: []string{"orders.example"}})
		must(t, err)
		return string(issued.PEM())
	}
	client := func(host, mode string, cas ...string) values {
		return values{"app": values{
			"driver": "psql", "connection": "host=" + host + " sslmode=" + mode + " sslrootcert=/x", "trust_store": values{"content": a.roots(t, cas...)},
		}}
	}
	given := values{"server_certificate_chain_pem": chain(targetCA), "current_server_certificate_chain_pem": chain(presentCA), "force_ssl": true}
	tests := map[string]struct {
		config values
		want   []any // outcome and reason, current and target
	}{
		"by chains": {
			values{"clients": client("orders.example", "verify-full", presentCA, targetCA)},
			[]any{"connects", "accepted", "connects", "accepted"},
		},
		"by chains, the store of before": {
			values{"clients": client("orders.example", "verify-full", presentCA)},
			[]any{"connects", "accepted", "fails", "unknown_authority"},
		},
		"by chains, the host of another": {
			values{"clients": client("other.example", "verify-full", presentCA, targetCA)},
			[]any{"fails", "host_name_mismatch", "fails", "host_name_mismatch"},
		},
		"by the fact table, with another root": {
			values{
				"region": "us-east-1", "server_certificate_chain_pem": nil, "current_server_certificate_chain_pem": nil,
				"clients": client("db", "verify-ca", targetCA),
			},
			[]any{"indeterminate", "certification_path_not_known", "fails", "unknown_authority"},
		},
		"by the fact table, the Region from the host": {
			values{
				"host": "orders.c0example.eu-central-1.rds.amazonaws.com", "server_certificate_chain_pem": nil,
				"current_server_certificate_chain_pem": nil, "current_ca_cert_identifier": presentCA, "clients": client("db", "prefer", targetCA), "force_ssl": false,
			},
			[]any{"downgrades", "unknown_authority", "downgrades", "unknown_authority"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := values{"target_ca_cert_identifier": targetCA}
			for _, more := range []values{given, tc.config} {
				maps.Copy(config, more)
			}
			state, told := newProtocol(t, always(judgedAt), values{}).read(t, readinessType, config)
			if told.failed() {
				t.Fatal(told)
			}
			var got []any
			for _, when := range []string{"current", "target"} {
				got = append(got, at(t, state, "verdicts", "app", when, "outcome"), at(t, state, "verdicts", "app", when, "reason"))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheDataSourceStoresNoStoreContents: data sources have no write-only
// attributes.
func TestTheDataSourceStoresNoStoreContents(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	state, told := a.protocol(t).read(t, readinessType, gate(values{
		"text":   libpq("verify-ca", values{"content": a.roots(t, targetCA)}),
		"binary": libpq("verify-ca", values{"content_base64": base64Of(a.roots(t, targetCA))}),
	}))
	if told.failed() {
		t.Fatal(told)
	}
	for _, client := range []string{"text", "binary"} {
		for _, attribute := range []string{"content", "content_base64"} {
			if got := at(t, state, "clients", client, "trust_store", attribute); got != nil {
				t.Errorf("%s: %s = %v is in the state", client, attribute, got)
			}
		}
		if got := at(t, state, "verdicts", client, "ready"); got != true {
			t.Errorf("%s: ready = %v", client, got)
		}
	}
}

// TestAccObservationsComeFromTheOtherDataSource feeds what a look saw into the
// gate.
func TestAccObservationsComeFromTheOtherDataSource(t *testing.T) {
	t.Parallel()
	lab := newQuietLab(t)
	session{user: billing, application: "billing", encrypted: true}.open(t, lab.Server("one"))
	session{user: reports, application: "reports", encrypted: true}.open(t, lab.Server("one"))
	target, err := lab.RootPEM(targetCA)
	must(t, err)
	config := func(onUndeclared string) string {
		return providerBlocks(lab.URL, fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }", watcher, password, lab.roots)) + fmt.Sprintf(`
data "sslready_clients" "orders" {
  db_instance_identifier = "one"
}

resource "sslready_trust_store_validation" "orders" {
  db_instance_identifier    = "one"
  force_ssl                 = true
  target_ca_cert_identifier = %q
  on_undeclared             = %q
  observations              = [data.sslready_clients.orders.observation]
  clients = {
    billing = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { content = <<-EOT
%s
        EOT
      }
      match = { usernames = ["billing"] }
    }
  }
}
`, targetCA, onUndeclared, target)
	}
	runAt(t, now,
		resource.TestStep{Config: config("block"), ExpectError: regexp.MustCompile(`(?s)Observed Clients Are Not Declared.*user\s+"reports"`)},
		resource.TestStep{
			Config:            config("warn"),
			ConfigStateChecks: []statecheck.StateCheck{expect(gateAddress, "ca_cert_identifier", knownvalue.StringExact(targetCA))},
		},
	)
}
