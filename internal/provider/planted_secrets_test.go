package provider_test

import (
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// TestAccPlantedSecretsWhereAllGoesWell logs in by password, environment and
// token, and opens stores in every way.
func TestAccPlantedSecretsWhereAllGoesWell(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	stores := newSecretStores(t, lab)
	port := lab.Server(tlsOnly).Port()
	text, binary := fmt.Sprintf("content = file(%q)", stores.pem), fmt.Sprintf("content_base64 = filebase64(%q)", stores.pem)
	left := secretive(t, secretProvider("good", lab.URL, `username = "planted", password = var.postgres_password`)+
		secretProvider("environment", lab.URL, `username = "planted-env"`)+
		secretProvider("token", lab.URL, `username = "token", iam_auth = true`)+
		secretClients("good", region.Host, port)+secretClients("environment", region.Host, port)+secretClients("token", region.Host, port)+
		secretGate(javaClient("given", stores.jks, "password = var.store_password")+
			javaClient("env", stores.envJKS, `password_env = "SSLREADY_TEST_PLANTED"`)+pemClient("text", text)+pemClient("binary", binary))+
		fmt.Sprintf(`
data "sslready_force_ssl" "orders" {
  provider               = sslready.good
  db_instance_identifier = %[1]q
  probe                  = true
}

data "sslready_readiness" "orders" {
  provider                  = sslready.good
  db_instance_identifier    = %[1]q
  target_ca_cert_identifier = %[2]q
  clients = {
%[3]s
  }
}

data "sslready_trust_store" "orders" {
  provider = sslready.good
  %[4]s
}

resource "sslready_trust_store" "orders" {
  provider    = sslready.good
  format      = "jks"
  stores      = [{ path = %[5]q, password_wo = var.store_password }]
  password_wo = var.store_password
}

output "without_password" {
  value     = provider::sslready::connection_without_password("postgresql://app:${var.dsn}@orders/app?application_name=%[6]s")
  sensitive = true
}
`, tlsOnly, targetCA, javaClient("env", stores.envJKS, `password_env = "SSLREADY_TEST_PLANTED"`)+pemClient("text", text)+pemClient("binary", binary), text, stores.jks, visible), "")
	if left == nil {
		return
	}
	left.assertSilent(t)
	for _, place := range []string{stateFile, stateJSON, planJSON} {
		if len(allForms(visible).in(left[place])) == 0 {
			t.Errorf("%s: what is no secret is not there either", place)
		}
	}
}

// TestAccTheKeptPasswordIsFound is the proof that the search can find: the one
// password that is kept, a client's own setting, is in the state, and in nothing
// that is said.
func TestAccTheKeptPasswordIsFound(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	stores := newSecretStores(t, lab)
	certificates := []*x509.Certificate{}
	for _, ca := range []string{presentCA, targetCA} {
		root, err := lab.CAs.Root(ca, pki.Options{})
		must(t, err)
		certificates = append(certificates, root)
	}
	password := kept
	content, err := truststore.EncodeJKS(certificates, &password)
	must(t, err)
	must(t, os.WriteFile(stores.jks, content, 0o600))
	left := secretive(t, secretProvider("good", lab.URL, `username = "planted", password = var.postgres_password`)+
		secretGate(strings.Replace(javaClient("kept", stores.jks, ""), "properties  = { ", `properties  = { "javax.net.ssl.trustStorePassword" = var.kept, `, 1)), "")
	if left == nil {
		return
	}
	left.assertSilent(t)
	for place, text := range left {
		isState := place == stateFile || place == stateJSON || place == planJSON
		if found := allForms(kept).in(text); (len(found) > 0) != isState {
			t.Errorf("%s: the kept password is found as %v", place, found)
		}
	}
}

// TestAccPlantedSecretsWhereEverythingFails has one of each failure that a
// secret could come up in, in one plan.
func TestAccPlantedSecretsWhereEverythingFails(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	stores := newSecretStores(t, lab)
	port := lab.Server(tlsOnly).Port()
	expired := rdsserver.New(rdsserver.Options{Region: labRegion})
	expired.SetFaults(rdsserver.Faults{ExpiredToken: true})
	expiredURL, stop, err := expired.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	garbage := fmt.Sprintf("content = file(%q)", stores.garbage)

	var config strings.Builder
	for _, failing := range []struct {
		alias, url, login, host string
		port                    int
	}{
		{"wrong", lab.URL, `username = "planted", password = var.wrong_password`, region.Host, port},
		{"environment", lab.URL, `username = "planted"`, region.Host, port},
		{"token", lab.URL, `username = "token-refused", iam_auth = true`, region.Host, port},
		{"cleartext", lab.URL, `username = "token-refused", password = var.wrong_password, sslmode = "disable"`, region.Host, lab.Server(plaintext).Port()},
		{"untrusted", lab.URL, fmt.Sprintf(`username = "planted", password = var.postgres_password, sslrootcert = %q`, stores.garbage), region.Host, port},
		{"system", lab.URL, `username = "planted", password = var.postgres_password, sslrootcert = "system"`, region.Host, port},
		{"refused", lab.URL, `username = "planted", password = var.postgres_password`, "127.0.0.1", portWithoutTLS(t)},
		{"unreachable", lab.URL, `username = "planted", password = var.postgres_password`, "127.0.0.1", closedPort(t)},
		{"nodatabase", lab.URL, `username = "planted", password = var.postgres_password, database = "nowhere"`, region.Host, port},
	} {
		login := failing.login
		block := secretProvider(failing.alias, failing.url, login)
		if strings.Contains(login, "sslrootcert") {
			block = strings.Replace(block, fmt.Sprintf("sslrootcert = %q, ", shared.roots()), "", 1)
		}
		config.WriteString(block + secretClients(failing.alias, failing.host, failing.port))
	}
	for alias, url := range map[string]string{"expired": expiredURL, "nobody": "http://127.0.0.1:1"} {
		config.WriteString(secretProvider(alias, url, `username = "planted"`) + fmt.Sprintf(`
data "sslready_force_ssl" %[1]q {
  provider               = sslready.%[1]s
  db_instance_identifier = %[2]q
}
`, alias, tlsOnly))
	}
	config.WriteString(secretProvider("good", lab.URL, `username = "planted"`) +
		secretGate(javaClient("wrong", stores.jks, "password = var.wrong_store_password")+
			javaClient("env", stores.jks, `password_env = "SSLREADY_TEST_PLANTED"`)+
			pemClient("garbage", garbage)+pemClient("gone", `path = "/nowhere/rds.pem"`)+
			pemClient("nobase64", fmt.Sprintf(`content_base64 = file(%q)`, stores.garbage))) +
		fmt.Sprintf(`
data "sslready_trust_store" "garbage" {
  provider = sslready.good
  %s
}

data "sslready_trust_store" "env" {
  provider     = sslready.good
  path         = %q
  password_env = "SSLREADY_TEST_PLANTED"
}
`, garbage, stores.jks))

	left := secretive(t, config.String(), "plan")
	if left == nil {
		return
	}
	left.assertSilent(t)
	for _, failure := range []string{
		"wrong password", "is not trusted", "does not offer TLS", "cannot be reached", "no such database", "does not accept the credentials",
		"AWS endpoint cannot be", "wrong_trust_store_password", "trust_store_unreadable", "not valid Base64", "/nowhere/rds.pem", "Cannot Read the Trust Store",
	} {
		if !strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(left[said], "│", " ")), " "), failure) {
			t.Errorf("Terraform says nothing of %q", failure)
		}
	}
}

// TestAccPlantedSecretsWhereTheApplyFails: what was not known in the plan is
// wrong in the apply.
func TestAccPlantedSecretsWhereTheApplyFails(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	stores := newSecretStores(t, lab)
	left := secretive(t, secretProvider("good", lab.URL, `username = "planted", password = var.postgres_password`)+`
resource "terraform_data" "store" {
  input = "/etc/truststore.jks"
}
`+secretGate(strings.Replace(javaClient("late", stores.jks, "password = var.wrong_store_password"), `"/etc/truststore.jks"`, "terraform_data.store.output", 1)), "apply")
	if left == nil {
		return
	}
	left.assertSilent(t)
	if !strings.Contains(left[said], "wrong_trust_store_password") {
		t.Errorf("the apply failed otherwise: %s", left[said])
	}
}

// TestAccPlantedSecretsInRefusedSettings: passwords where they must not be,
// written into the configuration, which is refused before variables are known,
// or from variables.
func TestAccPlantedSecretsInRefusedSettings(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	good := secretProvider("good", lab.URL, `username = "planted"`)
	written := good + secretGate(fmt.Sprintf(`
    literal = {
      driver     = "psql"
      connection = "postgresql://app:%[1]s@orders/app"
    }
    environment = {
      driver      = "libpq"
      environment = { PGPASSWORD = %[2]q }
    }
    properties = {
      driver     = "pgjdbc"
      properties = { password = %[2]q }
    }`, planted["connection"], planted["environment"]))
	fromVariables := good + secretGate(`
    variable = {
      driver     = "psycopg2"
      connection = "host=orders password=${var.dsn}"
    }
    java = {
      driver     = "pgjdbc"
      connection = "jdbc:postgresql://orders/app?user=app&password=${var.dsn}"
    }`) + `
output "broken" {
  value     = provider::sslready::connection_without_password("postgresql://app:${var.dsn}@[orders/app")
  sensitive = true
}

output "judged" {
  value     = provider::sslready::connection_tls("psql", "host=orders sslmode=nonsense password=${var.dsn}")
  sensitive = true
}
`
	for name, tc := range map[string]struct {
		config   string
		refusals int
	}{"written": {written, 3}, "from variables": {fromVariables, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			left := secretive(t, tc.config, "plan")
			if left == nil {
				return
			}
			left.assertSilent(t)
			if refusals := strings.Count(left[said], "Password in a Client's Settings"); refusals != tc.refusals {
				t.Errorf("%d refusals, want %d: %s", refusals, tc.refusals, left[said])
			}
		})
	}
}
