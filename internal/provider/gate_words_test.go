package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
)

// TestTheProvidersRegionIsTaken where DescribeCertificates is denied, and
// neither an argument nor a DB instance names one.
func TestTheProvidersRegionIsTaken(t *testing.T) {
	t.Parallel()
	l := newFleetLab(t)
	l.deny("DescribeCertificates")
	state, told := l.protocol(t).read(t, readinessType, values{
		"db_instance_identifier": "not-yet-there", "target_ca_cert_identifier": targetCA, "force_ssl": true,
		"clients": values{"app": values{"driver": "psql", "connection": "host=db.example sslmode=require"}},
	})
	if told.failed() || at(t, state, "ready") != true || at(t, state, "target_root_sha256") == nil {
		t.Errorf("ready %v by the root %v: %v", at(t, state, "ready"), at(t, state, "target_root_sha256"), told)
	}
	complaint{"WARNING", "db_instance_identifier", "Cannot Read the Region's CAs", "rds:DescribeCertificates", "the provider's own list of RDS CAs", "Grant"}.expectIn(t, told)
}

// TestWithoutRetriesACallIsMadeOnce: zero is no default.
func TestWithoutRetriesACallIsMadeOnce(t *testing.T) {
	t.Parallel()
	for retries, want := range map[int]int{0: 1, 3: 3} {
		a := newAccount(t)
		a.api.SetFaults(rdsserver.Faults{ThrottleRate: 1})
		settings := a.settings()
		settings["max_retries"] = retries
		told := newProtocol(t, always(judgedAt), settings).ask(t, "sslready_force_ssl", values{"db_instance_identifier": orders})
		complaint{"ERROR", "db_instance_identifier", "Cannot Read rds.force_ssl", "throttled by AWS (Throttling", "The result depends on facts from AWS, and the provider does not guess them.", "raise the provider's max_retries"}.expectIn(t, told)
		if got := len(a.api.Requests()); got != want {
			t.Errorf("max_retries = %d: %d calls, want %d: %v", retries, got, want, a.api.Counts())
		}
	}
}

// TestAnErrorThatNobodyKnowsHasItsCode: who looks it up needs it.
func TestAnErrorThatNobodyKnowsHasItsCode(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.api.SetFaults(rdsserver.Faults{RejectFilters: true, Answers: map[string]rdsserver.Answer{
		"DescribeDBInstances": {Status: 400, Body: `<ErrorResponse><Error><Type>Sender</Type><Code>StorageQuotaOnTheMoon</Code><Message>no</Message></Error><RequestId>request-7</RequestId></ErrorResponse>`},
	}})
	told := a.protocol(t).ask(t, "sslready_force_ssl", values{"db_instance_identifier": orders})
	complaint{"ERROR", "db_instance_identifier", "Cannot Read rds.force_ssl", "(StorageQuotaOnTheMoon, request ", "The result depends on facts from AWS, and the provider does not guess them.", "AWS Health Dashboard"}.expectIn(t, told)
	if text := fmt.Sprint(told); strings.Contains(text, "look the code up") {
		t.Errorf("it sends the reader away: %s", text)
	}
}

// TestAPathOfWindowsIsWrittenAsItIs: with single backslashes.
func TestAPathOfWindowsIsWrittenAsItIs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	config := gate(values{"app": values{
		"driver": "npgsql", "connection": `Host=db;SSL Mode=VerifyCA;Root Certificate=C:\certs\rds.pem;Colour=C:\x`,
		"trust_store": values{"path": a.store(t, "both.pem", presentCA, targetCA)},
	}})
	told := a.protocol(t).ask(t, gateType, config)
	text := fmt.Sprint(told)
	if !told.failed() || strings.Contains(text, `\\`) {
		t.Errorf("doubled backslashes, or no error: %s", text)
	}
	stranger := observedBy(true, observedSession(`CORP\billing`, true))
	config = gate(values{"app": libpq("verify-ca", values{"path": a.store(t, "both.pem", presentCA, targetCA)})}, values{"observations": stranger})
	complaint{"ERROR", "observations", "Observed Clients Are Not Declared", `user "CORP\billing"`, "the switch may cut it off", "on_undeclared"}.expectIn(t, a.protocol(t).ask(t, gateType, config))
}

// TestAccConnectionTLSSaysWhatTheGateJudges: sslmode in the URL replaces the
// whole option ssl of node-postgres, its ca included.
func TestAccConnectionTLSSaysWhatTheGateJudges(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const connection = "postgres://app@db/orders?sslmode=require"
	ca := "-----BEGIN CERTIFICATE-----\\nQUFB\\n-----END CERTIFICATE-----\\n"
	both := a.store(t, "both.pem", presentCA, targetCA)
	run(t, resource.TestStep{
		Config: a.providers() + fmt.Sprintf(`
data "sslready_readiness" "orders" {
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  clients = {
    app = {
      driver      = "node-postgres"
      connection  = %q
      properties  = { "ssl.ca" = %q }
      trust_store = { path = %q }

      driver_version  = "8.13.1"
      runtime_version = "20.15.1"
    }
  }
}
`, orders, targetCA, connection, ca, both) + outputs(
			fmt.Sprintf(`provider::sslready::connection_tls("node-postgres", %q, { properties = { "ssl.ca" = %q }, driver_version = "8.13.1", runtime_version = "20.15.1" })`, connection, ca),
			`data.sslready_readiness.orders.verdicts["app"].target.reason`,
			`[for f in data.sslready_readiness.orders.findings : f.code if f.severity == "error"]`,
		),
		ConfigStateChecks: []statecheck.StateCheck{
			outputField("a", "trust_anchors", knownvalue.StringExact("system")), outputField("a", "trust_store_path", knownvalue.Null()),
			outputField("a", "verifies_path", knownvalue.Bool(true)), outputField("a", "falls_back_to_plaintext", knownvalue.Bool(false)),
			output("b", knownvalue.StringExact("unknown_authority")),
			output("c", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("trust_store_not_read"), knownvalue.StringExact("unknown_authority")})),
		},
	})
}

// TestAccTheReport: what is in the state is what is posted.
func TestAccTheReport(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	clients := clientBlock("billing", a.store(t, "old.pem", presentCA)) + clientBlock(`"a|b"`, a.store(t, "both.pem", presentCA, targetCA))
	report := strings.Join([]string{
		"### `orders-prod`: not ready", "", "Clients ready for " + targetCA + ": 1 of 2.", "",
		"| client | now | after the switch | why | what to do |", "| --- | --- | --- | --- | --- |",
		"| `billing` | connects | **fails** | `unknown_authority`: The trust store does not hold the root .* | Add the root CA .* and keep the old root until after the switch. |",
		"| a&#124;b | connects | connects | `accepted` | nothing |", "",
	}, "\n")
	run(t, resource.TestStep{
		Config: a.providers() + gateBlock(targetCA, "hold", clients),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(gateAddress, "report", knownvalue.StringRegexp(regexp.MustCompile(`^`+strings.ReplaceAll(regexp.QuoteMeta(report), `\.\*`, `.*`)+`$`))),
		},
	})
}
