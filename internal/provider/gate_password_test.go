package provider_test

import (
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// keystore writes a JKS with the roots of the CAs.
func (a *account) keystore(t testing.TB, password string, cas ...string) string {
	t.Helper()
	certificates := make([]*x509.Certificate, len(cas))
	for i, ca := range cas {
		certificates[i] = a.root(t, ca)
	}
	content, err := truststore.EncodeJKS(certificates, &password)
	must(t, err)
	file := filepath.Join(t.TempDir(), "truststore.jks")
	must(t, os.WriteFile(file, content, 0o600))
	return file
}

// TestAccStorePasswords gives the password in its two ways, and looks for it in
// the states of the gate and of the data source.
func TestAccStorePasswords(t *testing.T) {
	const secret, name = "store-password-in-test", "SSLREADY_TEST_STORE_PASSWORD"
	t.Setenv(name, secret)
	a := newAccount(t)
	store := a.keystore(t, secret, presentCA, targetCA)
	config := func(password string) string {
		return a.providers() + fmt.Sprintf(`
variable "store_password" {
  type      = string
  ephemeral = true
  default   = %q
}
`, secret) + gateBlock(targetCA, "error", fmt.Sprintf(`    app = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///app?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
      properties  = { "javax.net.ssl.trustStore" = "/etc/truststore.jks", "javax.net.ssl.trustStoreType" = "JKS" }
      trust_store = { path = %q, %s }
    }
`, store, password))
	}
	reading := func(password string) string {
		return strings.NewReplacer(`resource "`+gateType, `data "`+readinessType, `  on_unready                = "error"`, "").Replace(config(password))
	}
	notStored := func(address string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, pathTo("clients").AtMapKey("app").AtMapKey("trust_store").AtMapKey("password"), knownvalue.Null())
	}
	quiet := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	ready := expect(gateAddress, "ready", knownvalue.Bool(true))
	run(t,
		resource.TestStep{Config: config(`password_env = "SSLREADY_TEST_NO_SUCH"`), ExpectError: regexp.MustCompile(`(?s)SSLREADY_TEST_NO_SUCH,\s+which\s+password_env\s+names,\s+is\s+not\s+set`)},
		resource.TestStep{Config: config(`password = "not-it"`), ExpectError: regexp.MustCompile(`wrong_trust_store_password`)},
		resource.TestStep{
			Config: config(`password = var.store_password`), ConfigPlanChecks: quiet,
			ConfigStateChecks: []statecheck.StateCheck{ready, notStored(gateAddress)},
		},
		resource.TestStep{
			Config: config(fmt.Sprintf("password_env = %q", name)), ConfigPlanChecks: quiet,
			ConfigStateChecks: []statecheck.StateCheck{ready, notStored(gateAddress)},
		},
		resource.TestStep{
			Config: reading(fmt.Sprintf("password = %q", secret)), ConfigPlanChecks: quiet,
			ConfigStateChecks: []statecheck.StateCheck{expect(readinessAddress, "ready", knownvalue.Bool(true)), notStored(readinessAddress)},
		},
	)
}

// TestNoDiagnosticPointsAtASecret: Terraform prints the lines of what a
// diagnostic points at, and Terraform 1.15 all of an object's.
func TestNoDiagnosticPointsAtASecret(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	store := a.keystore(t, "right", targetCA)
	pgjdbc := func(settings, trustStore values) values {
		client := values{"driver": "pgjdbc", "trust_store": trustStore}
		maps.Copy(client, settings)
		return values{"app": client}
	}
	connection := values{"connection": "jdbc:postgresql:///app?sslmode=verify-full"}
	for name, clients := range map[string]values{
		"a wrong password":              pgjdbc(connection, values{"path": store, "password": "wrong"}),
		"two passwords":                 pgjdbc(connection, values{"path": store, "password": "wrong", "password_env": "X"}),
		"two stores":                    pgjdbc(connection, values{"path": store, "content": "x", "password": "wrong"}),
		"a misspelt key was dropped":    {"app": values{"driver": "pgjdbc"}},
		"a store that cannot be read":   pgjdbc(connection, values{"content": "x", "password": "wrong"}),
		"a connection with no password": {"app": values{"driver": "pgjdbc", "connection": "jdbc:postgresql:///app?sslmode=verify", "trust_store": values{"path": store, "password": "wrong"}}},
	} {
		told := a.protocol(t).ask(t, gateType, gate(clients))
		if !told.failed() {
			t.Errorf("%s: no error", name)
		}
		for _, d := range told {
			if strings.HasPrefix(d.path, "clients") {
				t.Errorf("%s: points at the clients: %s", name, d)
			}
		}
	}
	_, told := a.protocol(t).read(t, storeType, values{"path": store, "password": "wrong", "password_env": "X"})
	if told = told.errors(); len(told) != 1 || told[0].path != "password_env" {
		t.Errorf("two passwords of a data source: %v", told)
	}
	existing := a.protocol(t).planStore(t, values{"format": "jks", "path": store, "password_wo": "wrong", "certificates_pem": []any{a.roots(t, targetCA)}})
	if existing = existing.errors(); len(existing) != 1 || existing[0].path != "" || existing[0].plainTitle() != "Password Does Not Open the Existing Trust Store" {
		t.Errorf("a wrong password of what is there: %v", existing)
	}
	built := values{"format": "pkcs12", "path": filepath.Join(t.TempDir(), "built.p12"), "password_wo": "übel"}
	for name, stores := range map[string][]any{
		"a password that no client can give": {values{"path": store, "password_wo": "right"}},
		"a wrong password of a source":       {values{"path": store, "password_wo": "wrong"}},
		"two sources in one":                 {values{"path": store, "content": "x", "password_wo": "wrong"}},
		"a source that is not there":         {values{"path": store + ".old", "password_wo": "wrong"}},
	} {
		config := maps.Clone(built)
		config["stores"] = stores
		told := a.protocol(t).planStore(t, config)
		if !told.failed() {
			t.Errorf("%s: no error", name)
		}
		for _, d := range told {
			if d.path != "" {
				t.Errorf("%s: points at a place: %s", name, d)
			}
		}
	}
}

// planStore plans the creation of a trust store.
func (p *protocol) planStore(t *testing.T, config values) diagnostics {
	t.Helper()
	schema := p.schemas.ResourceSchemas["sslready_trust_store"].ValueType()
	planned, err := p.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "sslready_trust_store", PriorState: p.encode(t, schema, valueOf(schema, nil)), ProposedNewState: p.encode(t, schema, config), Config: p.encode(t, schema, config),
	})
	must(t, err)
	return diagnosticsOf(planned.Diagnostics)
}
