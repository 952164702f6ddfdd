package provider_test

import (
	"crypto/x509"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/examples"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/rdsserver"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/region"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// documented returns the configurations that examples, guides and the README
// show, by where they stand; of the pages, the blocks that say hcl. The demo
// runs its own.
func documented(t *testing.T) map[string]string {
	t.Helper()
	configurations := map[string]string{}
	for _, folder := range []string{"data-sources", "resources", "functions"} {
		must(t, fs.WalkDir(examples.Files, folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(name) != ".tf" {
				return err
			}
			content, err := examples.Files.ReadFile(name)
			configurations[name] = string(content)
			return err
		}))
	}
	pages, err := filepath.Glob("../../templates/guides/*.md")
	must(t, err)
	for _, page := range append(pages, "../../README.md") {
		content, err := os.ReadFile(page)
		must(t, err)
		for i, part := range strings.Split(string(content), "```hcl\n")[1:] {
			block, _, _ := strings.Cut(part, "```")
			configurations[fmt.Sprintf("%s, block %d", filepath.Base(page), i+1)] = block
		}
	}
	return configurations
}

// documentedAccount has the DB instances that the documentation names, behind
// a real server, and none yet that it creates.
func documentedAccount(t *testing.T, creates bool) *account {
	t.Helper()
	lab := labWithServers(t)
	a := newAccount(t)
	for _, id := range []string{orders, "orders-canary"} {
		instance := ordersInstance()
		instance.Identifier, instance.Host, instance.Port = id, region.Host, lab.Server(tlsOnly).Port()
		a.api.PutInstance(instance)
	}
	if creates {
		a.api.RemoveInstance(orders)
	}
	a.api.PutEngineVersion(rdsserver.EngineVersion{Engine: "postgres", Version: "16.3", SupportedCAs: pki.CAIdentifiers()})
	a.api.PutLogFile(orders, rdsserver.LogFile{Name: "error/postgresql.log", LastWritten: now(), Content: "2026-03-01 12:00:00 UTC:10.0.0.5(1):billing@orders:[7]:LOG:  connection authorized: user=billing database=orders\n"})
	return a
}

// documentedFiles are the files that the configurations read.
func documentedFiles(t *testing.T, a *account, dir string) {
	t.Helper()
	roots := a.roots(t, pki.CAIdentifiers()...)
	for _, name := range []string{"rds.pem", "billing.pem", "reports.pem", "billing/rds.pem", "reports/rds.pem", "global-bundle.pem"} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(roots), 0o600))
	}
	must(t, os.MkdirAll(filepath.Join(dir, "build"), 0o750))
	must(t, registry.WriteDockerArchive(filepath.Join(dir, "build", "reports.tar"), "reports:1", nodeImage(t, registry.Tar(
		registry.Entry{Name: "app/node_modules/postgres/.wh.package.json"}))))
	for _, name := range []string{"python-layer.zip", "export.zip"} {
		must(t, os.WriteFile(filepath.Join(dir, "build", name), registry.Zip(registry.Entry{Name: "python/pg8000-1.31.2.dist-info/METADATA", Content: "Name: pg8000\nVersion: 1.31.2\n"}), 0o600))
	}
	for name, content := range map[string]string{
		"database.yml":                 "production:\n  adapter: postgresql\n  sslmode: verify-full\n  sslrootcert: /etc/ssl/rds.pem\n",
		"task-definition.json":         `{"containerDefinitions": [{"environment": [{"name": "PGSSLMODE", "value": "verify-full"}]}]}`,
		"postgresql.log.2026-03-01-00": "2026-03-01 00:00:00 UTC:10.0.0.5(1):billing@orders:[7]:LOG:  connection authorized: user=billing database=orders\n",
		"postgresql.log.2026-03-01-01": "2026-03-01 01:00:00 UTC:10.0.0.5(1):billing@orders:[8]:LOG:  connection authorized: user=billing database=orders\n",
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	password := "documented"
	store, err := truststore.EncodePKCS12([]*x509.Certificate{a.root(t, presentCA)}, &password)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "truststore.p12"), store, 0o600))
}

// endOf says with which words a configuration comes to an end, as it should,
// where the roots of a real Region are not to be had; empty is a success.
func endOf(configuration string) string {
	switch {
	case strings.Contains(configuration, "canary_server_certificate_chain_pem"):
		return "Certificate Chain of Another CA" // The canary's own test runs it with a server on the target.
	case strings.Contains(configuration, "global-bundle.pem"):
		return "RDS Roots Not in the Bundle"
	case strings.Contains(configuration, "missing_rds_roots"):
		return "The trust store lacks roots of the Region."
	default:
		return ""
	}
}

// declared adds the variable that a block of the README takes as given.
func declared(configuration string) string {
	const name = "store_password"
	if strings.Contains(configuration, "var."+name) && !strings.Contains(configuration, `variable "`+name+`"`) {
		return configuration + "\nvariable \"" + name + "\" {\n  ephemeral = true\n}\n"
	}
	return configuration
}

// TestAccWhatIsDocumentedRuns plans and applies, unchanged, what users copy.
func TestAccWhatIsDocumentedRuns(t *testing.T) {
	t.Parallel()
	configurations := documented(t)
	for _, expected := range []string{"README.md, block 1", "restore-a-snapshot.md, block 1", "data-sources/sslready_clients/data-source.tf", "functions/force_ssl_default/function.tf"} {
		if configurations[expected] == "" {
			t.Errorf("%s is not there, of %v", expected, slices.Sorted(maps.Keys(configurations)))
		}
	}
	for name, configuration := range configurations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := documentedAccount(t, strings.Contains(configuration, `"aws_db_instance"`))
			login := fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }", watcher, password, shared.roots())
			p := newProcess(t, requiredProviders+providerBlocks(a.url, login)+declared(configuration),
				"TF_VAR_store_password=documented", "BILLING_STORE_PASSWORD=documented", "TF_VAR_dsn=postgresql://app:documented@orders/app",
				"TF_VAR_npgsql_password=documented", "TF_VAR_truststore_password=documented")
			if p == nil {
				return
			}
			documentedFiles(t, a, p.Dir)
			written, err := p.run(t, "apply", "-input=false", "-no-color", "-auto-approve")
			if expected := endOf(configuration); (err != nil) != (expected != "") || !strings.Contains(written, expected) {
				t.Fatalf("%v, want it to end with %q\n%s", err, expected, written)
			}
			if instance, created := a.api.Instance(orders); !created || strings.Contains(configuration, `"aws_db_instance"`) && instance.CAIdentifier != presentCA {
				t.Errorf("the DB instance exists: %v, on %q; want it on %s", created, instance.CAIdentifier, presentCA)
			}
		})
	}
}
