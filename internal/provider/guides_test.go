package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// guideBlock is the block of code of a guide that holds a text.
func guideBlock(t *testing.T, guide, holds string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "guides", guide))
	must(t, err)
	for i, block := range strings.Split(string(content), "```") {
		if i%2 == 1 && strings.Contains(block, holds) {
			_, code, _ := strings.Cut(block, "\n")
			return code
		}
	}
	t.Fatalf("%s has no block with %q", guide, holds)
	return ""
}

// TestAccTheStoreOfTheSamePlan runs the guide's recipe: the gate with
// on_unready = "error" waits for the file, and judges what is in it.
func TestAccTheStoreOfTheSamePlan(t *testing.T) {
	t.Parallel()
	recipe := strings.ReplaceAll(guideBlock(t, "rotate-one-instance.md", `resource "terraform_data"`), "rds-ca-rsa2048-g1", targetCA)
	for name, tc := range map[string]struct {
		roots []string
		fails bool
	}{
		"good enough": {[]string{presentCA, targetCA}, false},
		"not enough":  {[]string{presentCA}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t)
			a.api.RemoveInstance(orders)
			p := newProcess(t, requiredProviders+a.providers()+recipe+instanceBlock(""))
			if p == nil {
				return
			}
			must(t, os.WriteFile(filepath.Join(p.Dir, "global-bundle.pem"), []byte(a.roots(t, tc.roots...)), 0o600))
			if planned := p.plan(t); !strings.Contains(planned, "Clients Judged at Apply") && !strings.Contains(planned, "Judged at Apply") {
				t.Errorf("the gate does not wait:\n%s", planned)
			}
			written, err := p.run(t, "apply", "-input=false", "-auto-approve", "-no-color")
			instance, exists := a.api.Instance(orders)
			if tc.fails {
				if err == nil || !strings.Contains(written, `Client "billing" Not Ready for the Target CA`) || exists {
					t.Errorf("%v, the DB instance exists: %v:\n%s", err, exists, written)
				}
				return
			}
			if err != nil || instance.CAIdentifier != targetCA {
				t.Fatalf("%v, on %q:\n%s", err, instance.CAIdentifier, written)
			}
			if again := p.plan(t); !strings.Contains(again, "No changes.") {
				t.Errorf("the next plan is not empty:\n%s", again)
			}
			// The next change of the store is judged in its apply as well.
			must(t, os.WriteFile(filepath.Join(p.Dir, "global-bundle.pem"), []byte(a.roots(t, targetCA)), 0o600))
			p.configure(t, strings.Replace(requiredProviders+a.providers()+recipe+instanceBlock(""), `format           = "pem"`, "format = \"pem\"\n  keep_certificates = false", 1))
			p.must(t, "apply", "-input=false", "-auto-approve", "-no-color")
		})
	}
}

// TestAccTheProviderIsMocked runs the guide's tests: nested lists and maps come
// from the outputs of a module.
func TestAccTheProviderIsMocked(t *testing.T) {
	t.Parallel()
	p := newProcess(t, requiredProviders+`
module "orders_ca" {
  source = "./gate"
}

output "ca_cert_identifier" {
  value = module.orders_ca.ca_cert_identifier
}

output "unready" {
  value = [for name, v in module.orders_ca.verdicts : name if !v.ready]
}

output "blocking" {
  value = [for f in module.orders_ca.findings : f.code if f.severity == "error"]
}
`)
	if p == nil {
		return
	}
	module := requiredProviders + gateBlock(targetCA, "hold", clientBlock("billing", "nowhere.pem"))
	for _, name := range []string{"ca_cert_identifier", "verdicts", "findings"} {
		module += fmt.Sprintf("output %q {\n  value = %s.%s\n}\n", name, gateAddress, name)
	}
	for file, content := range map[string]string{
		"gate/main.tf": module, "tests/mocked.tftest.hcl": guideBlock(t, "ci.md", "mock_provider"),
	} {
		must(t, os.MkdirAll(filepath.Join(p.Dir, filepath.Dir(file)), 0o750))
		must(t, os.WriteFile(filepath.Join(p.Dir, file), []byte(content), 0o600))
	}
	if written, err := p.run(t, "get", "-no-color"); err != nil {
		t.Fatalf("get: %v\n%s", err, written)
	}
	if passed := p.test(t); len(passed) != 2 {
		t.Errorf("passed: %v, want both runs", passed)
	}
}

// TestAccTheFrameworksOfTheGuide takes three clients from the files of their
// frameworks, as the guide does.
func TestAccTheFrameworksOfTheGuide(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	instance := ordersInstance()
	instance.Identifier = "shop-prod"
	a.api.PutInstance(instance)
	recipe := strings.NewReplacer("rds-ca-rsa2048-g1", targetCA, "shop-prod.abc123.us-east-1.rds.amazonaws.com", instance.Host).Replace(guideBlock(t, "frameworks.md", `framework_client("rails"`))
	p := newProcess(t, requiredProviders+a.providers()+recipe)
	if p == nil {
		return
	}
	for name, content := range map[string]string{
		"web/rds.pem": a.roots(t, presentCA), "api/rds.pem": a.roots(t, presentCA, targetCA), "worker/rds.pem": a.roots(t, presentCA, targetCA),
		"web/database.yml":     "production:\n  adapter: postgresql\n  database: shop\n  sslmode: verify-full\n  sslrootcert: /etc/ssl/rds.pem\n",
		"api/application.yaml": "spring:\n  datasource:\n    url: jdbc:postgresql://${DB_HOST}:5432/shop?sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem\n",
	} {
		file := filepath.Join(p.Dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o750))
		must(t, os.WriteFile(file, []byte(content), 0o600))
	}
	if planned := p.plan(t); !strings.Contains(planned, "Clients ready for "+targetCA+": 2 of 3.") || !strings.Contains(planned, `Client "web"`) {
		t.Errorf("want web alone to be held:\n%s", planned)
	}
}
