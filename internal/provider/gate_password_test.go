package provider_test

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
