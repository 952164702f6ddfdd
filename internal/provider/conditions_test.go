package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// conditioned is a data source with what a user's condition says of it.
type conditioned struct {
	arguments string
	// condition is true of the data source, whose address it names as %s.
	condition string
}

// conditionedDataSources has one of each.
func conditionedDataSources(store, log, image string) map[string]conditioned {
	instance := fmt.Sprintf("  db_instance_identifier = %q\n", tlsOnly)
	return map[string]conditioned{
		"sslready_force_ssl": {instance + "  probe = true\n", `%s.enforced`},
		"sslready_clients":   {instance, `%[1]s.complete && %[1]s.plaintext_sessions == 0`},
		"sslready_readiness": {instance + fmt.Sprintf(`  target_ca_cert_identifier = %q
  clients = {
    app = {
      driver      = "psql"
      connection  = "dbname=app sslmode=verify-ca sslrootcert=/etc/ssl/rds.pem"
      trust_store = { path = %q }
    }
  }
`, targetCA, store), `%s.ready`},
		"sslready_trust_store":        {fmt.Sprintf("  path = %q\n", store), `length(%s.certificates) == 2`},
		"sslready_ca_certificate":     {fmt.Sprintf("  ca_cert_identifier = %q\n", targetCA), `%s.thumbprint != ""`},
		"sslready_server_certificate": {instance, `length(%s.certificates) == 3`},
		"sslready_instances":          {"", `%s.total >= 2`},
		"sslready_connection_log":     {fmt.Sprintf("  files = [%q]\n  log_connections = true\n", log), `%[1]s.complete && length(%[1]s.clients) == 1`},
		"sslready_image":              {fmt.Sprintf("  image = %q\n", image), `contains(%s.drivers[*].name, "node-postgres")`},
	}
}

// conditionsOf are all places in which Terraform takes a condition on a data
// source. The one that is called failing is turned round.
func conditionsOf(name string, c conditioned) string {
	is := func(address, when string) string {
		return fmt.Sprintf(`(`+c.condition+`) == (var.failing != %[2]q)`, address, when)
	}
	address := "data." + name + ".it"
	return fmt.Sprintf(`
data %[1]q "it" {
%[2]s
  lifecycle {
    precondition {
      condition     = var.failing != "precondition"
      error_message = "<precondition of %[1]s>"
    }
    postcondition {
      condition     = %[3]s
      error_message = "<postcondition of %[1]s>"
    }
  }
}

resource "terraform_data" "after_%[1]s" {
  lifecycle {
    precondition {
      condition     = %[4]s
      error_message = "<resource after %[1]s>"
    }
  }
}

check "of_%[1]s" {
  assert {
    condition     = %[5]s
    error_message = "<check of %[1]s>"
  }
}

check "with_%[1]s" {
  data %[1]q "checked_%[1]s" {
%[2]s
  }

  assert {
    condition     = %[6]s
    error_message = "<check with %[1]s>"
  }
}
`, name, c.arguments, is("self", "postcondition"), is(address, "resource"), is(address, "check"), is("data."+name+".checked_"+name, "check"))
}

// TestAccConditionsOnEachDataSource: a precondition or postcondition stops the
// plan, and a check warns, with the user's own words.
func TestAccConditionsOnEachDataSource(t *testing.T) {
	t.Parallel()
	lab := labWithServers(t)
	var roots strings.Builder
	for _, ca := range []string{presentCA, targetCA} {
		root, err := lab.RootPEM(ca)
		must(t, err)
		roots.Write(root)
	}
	store := filepath.Join(t.TempDir(), "rds.pem")
	must(t, os.WriteFile(store, []byte(roots.String()), 0o600))
	log := filepath.Join(t.TempDir(), "postgresql.log")
	must(t, os.WriteFile(log, []byte("2026-03-01 03:00:00 UTC:10.0.0.7(51234):billing@app:[4711]:LOG:  connection authorized: user=billing database=app application_name=monthly SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)\n"), 0o600))
	images := registry.Start()
	t.Cleanup(images.Stop)
	image, err := images.Push("app:1", nodeImage(t))
	must(t, err)
	config := requiredProviders + `
variable "failing" {}

# In a check, what cannot be read is a warning too.
check "of_nothing" {
  data "sslready_force_ssl" "nothing" {
    db_instance_identifier = "nowhere"
  }

  assert {
    condition     = data.sslready_force_ssl.nothing.enforced
    error_message = "<check of nothing>"
  }
}
` + providerBlocks(lab.URL, fmt.Sprintf("  postgres = { username = %q, password = %q, sslrootcert = %q }\n  image_cache = %q", watcher, password, shared.roots(), t.TempDir()))
	sources := conditionedDataSources(store, log, image)
	for name := range newProtocol(t, now, values{}).schemas.DataSourceSchemas {
		if _, has := sources[name]; !has {
			t.Errorf("%s is not among the data sources of this test", name)
		}
	}
	for name, c := range sources {
		config += conditionsOf(name, c)
	}
	places := []string{"precondition of", "postcondition of", "resource after", "check of", "check with"}
	for failing, tc := range map[string]struct {
		says  []string
		fails bool
	}{
		"nothing":       {},
		"precondition":  {[]string{"precondition of"}, true},
		"postcondition": {[]string{"postcondition of"}, true},
		"resource":      {[]string{"resource after"}, true},
		"check":         {[]string{"check of", "check with"}, false},
	} {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, config, "TF_VAR_failing="+failing)
			if p == nil {
				return
			}
			written, err := p.run(t, "plan", "-input=false", "-no-color")
			if (err != nil) != tc.fails {
				t.Fatalf("plan: %v\n%s", err, written)
			}
			for name := range sources {
				for _, place := range places {
					if said := strings.Contains(written, "<"+place+" "+name+">"); said != slices.Contains(tc.says, place) {
						t.Errorf("%s %s is told: %v, want %v", place, name, said, !said)
					}
				}
			}
			if !tc.fails && !strings.Contains(written, "No such DB instance") {
				t.Errorf("the check of what cannot be read does not warn: %s", written)
			}
		})
	}
}
