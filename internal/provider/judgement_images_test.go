package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// reportsImage is an application with psycopg2, its root file where roots says.
func reportsImage(t *testing.T, roots string, layers ...[]byte) v1.Image {
	t.Helper()
	base := registry.Tar(
		registry.Entry{Name: "var/lib/dpkg/status", Content: "Package: libpq5\nStatus: install ok installed\nVersion: 15.8-0+deb12u1\n\nPackage: libssl3\nStatus: install ok installed\nVersion: 3.0.14-1\n"},
		registry.Entry{Name: "usr/lib/python3/dist-packages/psycopg2-2.9.5.egg-info/PKG-INFO", Content: "Name: psycopg2\nVersion: 2.9.5\n"},
		registry.Entry{Name: "etc/ssl/rds.pem", Content: roots},
	)
	built, err := registry.Image("linux/amd64", v1.Config{Env: []string{"PGSSLMODE=verify-full", "PGSSLROOTCERT=/etc/ssl/rds.pem"}}, append([][]byte{registry.Gzip(base)}, layers...)...)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// TestAccClientsOfImages judges clients of which nothing but the image is
// declared: files, variables and versions are the image's.
func TestAccClientsOfImages(t *testing.T) {
	t.Parallel()
	server := registry.Start()
	t.Cleanup(server.Stop)
	roots, err := os.ReadFile(rdsRoots)
	must(t, err)
	push := func(tag string, built v1.Image) string {
		reference, err := server.Push(tag, built)
		must(t, err)
		return reference
	}
	ready := push("reports:1", reportsImage(t, string(roots)))
	without := push("reports:2", reportsImage(t, string(roots), registry.Tar(registry.Entry{Name: "etc/ssl/.wh.rds.pem"})))
	function := filepath.Join(t.TempDir(), "function.zip")
	must(t, os.WriteFile(function, registry.Zip(registry.Entry{Name: "pg8000-1.31.2.dist-info/METADATA", Content: "Name: pg8000\nVersion: 1.31.2\n"}, registry.Entry{Name: "rds.pem", Content: string(roots)}), 0o600))
	const address = "data.sslready_readiness.this"
	config := func(tag string) string {
		return providerWithImages(t) + fmt.Sprintf(`
data "sslready_readiness" "this" {
  region                     = "eu-west-1"
  host                       = "orders.abcdefghijkl.eu-west-1.rds.amazonaws.com"
  target_ca_cert_identifier  = "rds-ca-rsa2048-g1"
  current_ca_cert_identifier = "rds-ca-rsa2048-g1"
  force_ssl                  = true
  clients = {
    tagged   = { driver = "psycopg2", image = %q, connection = "dbname=x" }
    without  = { driver = "psycopg2", image = %q, connection = "dbname=x" }
    declared = { driver = "psycopg2", image = %q, connection = "dbname=x", driver_version = "2.8.6", trust_store = { path = %q } }
    absent   = { driver = "psycopg2", image = %q, connection = "dbname=x" }
    lambda   = { driver = "psycopg2", archives = [%q], connection = "dbname=x sslmode=verify-full sslrootcert=rds.pem", environment = { HOME = "/tmp" } }
  }
}
`, tag, without, ready, rdsRoots, server.Host()+"/reports:absent", function)
	}
	verdict := func(client, attribute, want string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New("verdicts").AtMapKey(client).AtMapKey("target").AtMapKey(attribute), knownvalue.StringRegexp(regexp.MustCompile(want)))
	}
	run(t, resource.TestStep{
		Config: config(ready),
		ConfigStateChecks: []statecheck.StateCheck{
			verdict("tagged", "outcome", "^connects$"), verdict("declared", "outcome", "^connects$"),
			verdict("without", "outcome", "^fails$"), verdict("without", "reason", "^root_certificate_missing$"),
			verdict("absent", "outcome", "^indeterminate$"), verdict("absent", "reason", "^deployment_not_known$"), verdict("absent", "detail", "no such image"),
			verdict("lambda", "outcome", "^connects$"),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("findings"), findingTexts{
				`reports:1 \(sha256:[0-9a-f]{64}\): psycopg2 2\.9\.5 on libpq 15\.8, OpenSSL 3\.0\.14, trust store /etc/ssl/rds\.pem\.`,
				`The settings name "/etc/ssl/rds\.pem", which is not in the image`,
				`Driver_version is "2\.8\.6", and the image has psycopg2 2\.9\.5`,
				`function\.zip \(sha256:[0-9a-f]{64}\): psycopg2, trust store /var/task/rds\.pem\.`,
			}),
		},
	})
}

// TestAccClientsImageIsSaidOnce refuses two places of one client.
func TestAccClientsImageIsSaidOnce(t *testing.T) {
	t.Parallel()
	run(t, resource.TestStep{
		Config: `data "sslready_readiness" "this" {
  region = "eu-west-1"
  target_ca_cert_identifier = "rds-ca-rsa2048-g1"
  clients = { a = { driver = "psycopg2", connection = "", image = "app:1", archives = ["a.zip"] } }
}`,
		ExpectError: regexp.MustCompile(`(?s)Ambiguous Image of a Client.*Leave one`),
	})
}

// findingTexts are patterns, each of which some finding has.
type findingTexts []string

func (f findingTexts) String() string { return fmt.Sprint([]string(f)) }

func (f findingTexts) CheckValue(value any) error {
	text := fmt.Sprint(value)
	for _, want := range f {
		if !regexp.MustCompile(want).MatchString(text) {
			return fmt.Errorf("no finding says %s, in %s", want, text)
		}
	}
	return nil
}
