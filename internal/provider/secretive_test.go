package provider_test

import (
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// planted are the secrets that must show up nowhere, by where they come from.
// Their characters are written otherwise in URLs, JSON and Go.
var planted = map[string]string{
	"postgres.password":        "planted/pg+pass=1",
	"a wrong password":         "planted/wrong+pass=2",
	"PGPASSWORD":               "planted/env+pass=3",
	"secret_key":               "planted/secret+key=4",
	"token":                    "planted/session+token=5",
	"trust_store.password":     "planted/store+given=6",
	"a wrong store password":   "planted/store+wrong=7",
	"trust_store.password_env": "planted/store+env=8",
	"connection":               "planted-dsn-9",
	"environment":              "planted/env+iron=10",
	"trust_store.content":      "planted/content+marker=11",
	// Parts of what an IAM token and a signed request are made of.
	"an IAM token":     "X-Amz-Signature",
	"a signed request": "AWS4-HMAC-SHA256",
}

// kept is the one that the description of properties says is kept in the state.
const kept = "planted/kept+in+state=0"

// visible is no secret: the search must find it.
const visible = "visible-application"

// outcome is everything that a run of Terraform leaves behind and says.
type outcome map[string]string

// The places of an outcome.
const (
	said, stateFile, stateJSON, planJSON, trace = "what Terraform says", "state file", "state as JSON", "plan as JSON", "trace"
)

// secretive runs a configuration with TRACE logs: plan, show, apply, show.
// failure is the step that is to fail, or empty.
func secretive(t *testing.T, configuration, failure string) outcome {
	t.Helper()
	log := filepath.Join(t.TempDir(), "trace.log")
	environment := []string{"TF_LOG=TRACE", "TF_LOG_PATH=" + log}
	for variable, secret := range map[string]string{
		"postgres_password": "postgres.password", "wrong_password": "a wrong password", "secret_key": "secret_key", "token": "token",
		"store_password": "trust_store.password", "wrong_store_password": "a wrong store password", "dsn": "connection",
	} {
		environment = append(environment, "TF_VAR_"+variable+"="+planted[secret])
	}
	environment = append(environment, "TF_VAR_kept="+kept, "SSLREADY_TEST_PLANTED="+planted["trust_store.password_env"], "PGPASSWORD="+planted["PGPASSWORD"])
	p := newProcess(t, requiredProviders+secretVariables+configuration, environment...)
	if p == nil {
		return nil
	}
	left := outcome{}
	var failed string
	for _, step := range []struct{ name, into, arguments string }{
		{"plan", said, "plan -input=false -no-color -out=planned"},
		{"show the plan", planJSON, "show -json planned"},
		{"apply", said, "apply -input=false -no-color planned"},
		{"show the state", stateJSON, "show -json"},
	} {
		written, err := p.run(t, strings.Fields(step.arguments)...)
		left[step.into] += written
		if err != nil && failed == "" {
			failed = step.name
		}
		if failed == "plan" {
			break
		}
	}
	if failed != failure {
		t.Fatalf("failed at %q, want %q: %s", failed, failure, left[said])
	}
	state, err := os.ReadFile(filepath.Join(p.Dir, "terraform.tfstate"))
	if err != nil && failed != "plan" {
		t.Fatal(err)
	}
	traced, err := os.ReadFile(log)
	must(t, err)
	left[stateFile], left[trace] = string(state), string(traced)
	for _, part := range []string{"[TRACE]", "provider.terraform-provider-sslready", "sdk.framework"} {
		if !strings.Contains(left[trace], part) {
			t.Errorf("the trace has nothing of %s: it proves nothing", part)
		}
	}
	return left
}

// secretVariables hold the secrets of a configuration. Ephemeral ones reach
// neither plan nor state; those that cannot be ephemeral are marked.
const secretVariables = `
variable "postgres_password" {
  ephemeral = true
}
variable "wrong_password" {
  ephemeral = true
}
variable "secret_key" {
  ephemeral = true
}
variable "token" {
  ephemeral = true
}
variable "store_password" {
  ephemeral = true
}
variable "wrong_store_password" {
  ephemeral = true
}
variable "dsn" {
  sensitive = true
}
variable "kept" {
  sensitive = true
}
`

// assertSilent wants none of the planted secrets anywhere.
func (left outcome) assertSilent(t *testing.T) {
	t.Helper()
	for _, source := range slices.Sorted(maps.Keys(planted)) {
		for place, text := range left {
			for _, form := range allForms(planted[source]).in(text) {
				if source == "connection" && place == planJSON && strings.Contains(text, `"variables"`) {
					continue // Terraform's own list of the variables that the test gave.
				}
				t.Errorf("%s: the secret of %s, %s, near %q", place, source, form, near(text, allForms(planted[source])[form]))
			}
		}
	}
}

func near(text, found string) string {
	at := strings.Index(text, found)
	return text[max(0, at-200):min(len(text), at+len(found)+50)]
}

// secretStores are trust stores with something to hide in each.
type secretStores struct{ pem, jks, envJKS, garbage string }

func newSecretStores(t *testing.T, rds *region.Region) secretStores {
	t.Helper()
	dir := t.TempDir()
	roots, certificates := "# "+planted["trust_store.content"]+"\n", []*x509.Certificate{}
	for _, ca := range []string{presentCA, targetCA} {
		root, err := rds.CAs.Root(ca, pki.Options{})
		must(t, err)
		roots, certificates = roots+string(pki.PEM(root)), append(certificates, root)
	}
	write := func(name string, content []byte) string {
		file := filepath.Join(dir, name)
		must(t, os.WriteFile(file, content, 0o600))
		return file
	}
	keystore := func(name, password string) string {
		content, err := truststore.EncodeJKS(certificates, &password)
		must(t, err)
		return write(name, content)
	}
	return secretStores{
		pem: write("roots.pem", []byte(roots)), garbage: write("garbage.pem", []byte("-----BEGIN CERTIFICATE-----\n"+planted["trust_store.content"]+"\n")),
		jks: keystore("given.jks", planted["trust_store.password"]), envJKS: keystore("env.jks", planted["trust_store.password_env"]),
	}
}

// secretProvider is a provider block with secrets; more are further arguments
// and login those of postgres.
func secretProvider(alias, url, login string) string {
	return fmt.Sprintf(`
provider "sslready" {
  alias                  = %q
  region                 = %q
  access_key             = "lab"
  secret_key             = var.secret_key
  token                  = var.token
  skip_region_validation = true
  max_retries            = 1
  endpoints              = { rds = %[3]q, sts = %[3]q }
  postgres               = { sslrootcert = %q, connect_timeout = "20s", %s }
}
`, alias, labRegion, url, shared.roots(), login)
}

// secretClients reads who is connected through one of the providers.
func secretClients(alias, host string, port int) string {
	return fmt.Sprintf(`
data "sslready_clients" %q {
  provider = sslready.%s
  host     = %q
  port     = %d
}
`, alias, alias, host, port)
}

// secretGate is a gate on a DB instance with clients of psql and pgjdbc.
func secretGate(clients string) string {
	return fmt.Sprintf(`
resource "sslready_trust_store_validation" "orders" {
  provider                  = sslready.good
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  force_ssl                 = true
  clients = {
%s
  }
}
`, tlsOnly, targetCA, clients)
}

// javaClient is a client whose keystore has a password.
func javaClient(name, store, password string) string {
	return fmt.Sprintf(`    %s = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///app?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory&ApplicationName=%s"
      properties  = { "javax.net.ssl.trustStore" = "/etc/truststore.jks", "javax.net.ssl.trustStoreType" = "JKS" }
      trust_store = { path = %q, %s }
    }
`, name, visible, store, password)
}

// pemClient is a client with a store that is given as text.
func pemClient(name, content string) string {
	return fmt.Sprintf(`    %s = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { %s }
    }
`, name, content)
}
