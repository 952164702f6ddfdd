package provider_test

import (
	"crypto/x509"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pgserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const rotationModule = "modules/rds-postgres-ca-rotation"

// newModuleProcess copies an example's folder, with its modules installed and
// both providers to run it. It returns nil as newProcess does.
func newModuleProcess(t *testing.T, folder, sub string, environment ...string) *process {
	t.Helper()
	p := newProcess(t, "", environment...)
	if p == nil {
		return nil
	}
	must(t, os.RemoveAll(p.Dir))
	files, err := fs.Sub(examples.Files, folder)
	must(t, err)
	must(t, os.CopyFS(p.Dir, files))
	p.Dir = filepath.Join(p.Dir, sub)
	if written, err := p.run(t, "get", "-no-color"); err != nil { // Not init: it would look for the providers in a registry.
		t.Fatalf("get: %v\n%s", err, written)
	}
	return p
}

var testRun = regexp.MustCompile(`(?m)^  run "(\w+)"\.\.\. pass$`)

// test runs the folder's tests, and returns the names of those that passed.
func (p *process) test(t *testing.T, arguments ...string) []string {
	t.Helper()
	written, err := p.run(t, append([]string{"test", "-no-color"}, arguments...)...)
	if err != nil {
		t.Fatalf("test: %v\n%s", err, written)
	}
	var passed []string
	for _, run := range testRun.FindAllStringSubmatch(written, -1) {
		passed = append(passed, run[1])
	}
	return passed
}

// TestAccRotationModule runs the module's own tests, in which the provider is
// mocked.
func TestAccRotationModule(t *testing.T) {
	t.Parallel()
	p := newModuleProcess(t, rotationModule, "")
	if p == nil {
		return
	}
	passed := p.test(t)
	for _, run := range []string{"an_earlier_stage_waits", "a_client_is_not_ready"} {
		if !slices.Contains(passed, run) {
			t.Errorf("test %q did not run: %v", run, passed)
		}
	}
	t.Logf("%d runs passed", len(passed))
}

// TestAccRotationInStages runs the tests of the module's example on a Region
// with three DB instances, and looks there at what they switched, and when.
func TestAccRotationInStages(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Log("Acceptance tests are left out unless TF_ACC is set.")
		return
	}
	rds, err := region.Start(t.Context(), labRegion, pgserver.Options{Roles: []pgserver.Role{{Name: watcher, Monitor: true}, {Name: billing}}})
	must(t, err)
	t.Cleanup(func() { must(t, rds.Stop()) })
	rds.API.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "15.18", SupportedCAs: pki.CAIdentifiers(), RotationWithoutRestart: true})
	rds.API.PutParameterGroup(forceSSLGroup("orders-pg15", "1"))
	for _, environment := range []string{"dev", "staging", "prod"} {
		must(t, rds.Launch(rdsserver.Instance{
			Identifier: "orders-" + environment, Engine: "postgres", EngineVersion: "15.18", Class: "db.t4g.micro",
			AllocatedStorage: 20, ParameterGroup: "orders-pg15", CAIdentifier: presentCA,
		}))
	}
	stores := t.TempDir()
	p := newModuleProcess(t, rotationModule, "examples/stages",
		"AWS_ENDPOINT_URL="+rds.URL, "PGSSLROOTCERT="+filepath.Join(stores, "roots.pem"))
	both := rootsOf(t, rds, presentCA, targetCA)
	must(t, os.WriteFile(filepath.Join(stores, "roots.pem"), both, 0o600))
	for when, prod := range map[string][]byte{"before": rootsOf(t, rds, presentCA), "after": both} {
		for environment, content := range map[string][]byte{"dev": both, "staging": both, "prod": prod} {
			file := filepath.Join(p.Dir, "stores", when, environment, "billing.pem")
			must(t, os.MkdirAll(filepath.Dir(file), 0o750))
			must(t, os.WriteFile(file, content, 0o600))
		}
	}

	t.Run("plaintext", func(t *testing.T) { //nolint:paralleltest // Before the switches: its session must be gone then.
		session{user: billing, application: billing}.open(t, rds.Server("orders-prod"))
		if passed := p.test(t, "-filter=tests/plaintext.tftest.hcl"); len(passed) != 1 {
			t.Errorf("passed: %v, want the one run", passed)
		}
	})
	session{user: billing, application: billing, encrypted: true}.open(t, rds.Server("orders-prod"))
	passed := p.test(t, "-filter=tests/lab.tftest.hcl")
	if len(passed) != 5 {
		t.Errorf("passed: %v, want all 5 runs", passed)
	}
	var switched []string
	for _, request := range rds.API.Requests() {
		if request.Action == "ModifyDBInstance" && request.Params.Get("CACertificateIdentifier") == targetCA {
			switched = append(switched, request.Params.Get("DBInstanceIdentifier"))
		}
	}
	if got := strings.Join(switched, " "); got != "orders-dev orders-staging orders-prod" {
		t.Errorf("switched: %s", got)
	}
}

// rootsOf is the PEM of the roots of the CAs of a Region.
func rootsOf(t testing.TB, rds *region.Region, cas ...string) []byte {
	t.Helper()
	var pem []byte
	for _, ca := range cas {
		root, err := rds.RootPEM(ca)
		must(t, err)
		pem = append(pem, root...)
	}
	return pem
}

// TestAccRotationOpensAStoreByItsPassword hands an ephemeral password through
// the module to the gate: with it the client's store is read, and it is
// nowhere in what Terraform writes.
func TestAccRotationOpensAStoreByItsPassword(t *testing.T) {
	t.Parallel()
	const secret = "not-to-be-seen-anywhere"
	a := newAccount(t)
	for given, outcome := range map[string]string{secret: "connects (accepted)", "another": "fails (wrong_trust_store_password)"} {
		p := newModuleProcess(t, rotationModule, "", "TF_VAR_password="+given)
		if p == nil {
			return
		}
		password := secret
		store, err := truststore.EncodeJKS([]*x509.Certificate{a.root(t, presentCA), a.root(t, targetCA)}, &password)
		must(t, err)
		p.Dir = filepath.Join(p.Dir, "root")
		must(t, os.Mkdir(p.Dir, 0o750))
		must(t, os.WriteFile(filepath.Join(p.Dir, "store.jks"), store, 0o600))
		must(t, os.WriteFile(filepath.Join(p.Dir, "main.tf"), []byte(requiredProviders+a.providers()+fmt.Sprintf(`
variable "password" {
  type      = string
  ephemeral = true
}

module "orders" {
  source                    = "./.."
  db_instance_identifier    = %q
  target_ca_cert_identifier = %q
  store_passwords           = { billing = var.password }

  clients = {
    billing = {
      driver      = "pgjdbc"
      connection  = "jdbc:postgresql:///billing?sslmode=verify-ca&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
      properties  = { "javax.net.ssl.trustStore" = "/etc/ssl/rds.jks" }
      trust_store = { path = "${path.root}/store.jks" }
    }
  }
}

output "billing" {
  value = "${module.orders.verdicts.billing.target.outcome} (${module.orders.verdicts.billing.target.reason})"
}
`, orders, targetCA)), 0o600))
		if written, err := p.run(t, "get", "-no-color"); err != nil {
			t.Fatalf("get: %v\n%s", err, written)
		}
		written, err := p.run(t, "apply", "-auto-approve", "-input=false", "-no-color")
		if err != nil {
			t.Fatalf("apply: %v\n%s", err, written)
		}
		if !strings.Contains(written, fmt.Sprintf("billing = %q", outcome)) {
			t.Errorf("want %q:\n%s", outcome, written)
		}
		state, err := os.ReadFile(filepath.Join(p.Dir, "terraform.tfstate"))
		must(t, err)
		if strings.Contains(written+string(state), given) {
			t.Error("the password was written")
		}
	}
}

// TestAccFleetReport runs the tests of the report on a fleet.
func TestAccFleetReport(t *testing.T) {
	t.Parallel()
	api := rdsserver.New(rdsserver.Options{Region: labRegion})
	api.Populate(rdsserver.Scale{Instances: 130, ParameterGroups: 3, EngineVersions: 8, Clusters: 1})
	url, stop, err := api.Start(t.Context())
	must(t, err)
	t.Cleanup(stop)
	p := newModuleProcess(t, "modules/rds-postgres-ca-fleet-report", "", "AWS_ENDPOINT_URL="+url)
	if p == nil {
		return
	}
	if passed := p.test(t); len(passed) != 4 {
		t.Errorf("passed: %v, want all 4 runs", passed)
	}
}
