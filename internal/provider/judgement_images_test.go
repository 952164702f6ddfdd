package provider_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
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
				`reports:1 \(sha256:[0-9a-f]{64}\): psycopg2 2\.9\.5 on libpq 15\.8, OpenSSL 3\.0\.14, and the trust store /etc/ssl/rds\.pem\.`,
				`The settings refer to "/etc/ssl/rds\.pem", which is not in the image`,
				`The declared driver_version is "2\.8\.6", but the image has psycopg2 2\.9\.5`,
				`function\.zip \(sha256:[0-9a-f]{64}\): psycopg2, and the trust store /var/task/rds\.pem\.`,
			}),
		},
	})
}

// TestAccGateSeesAnotherImageBehindTheTag holds that the gate's plan changes
// with the digest of a tag: first where the client stays ready, then where it
// does not.
func TestAccGateSeesAnotherImageBehindTheTag(t *testing.T) {
	t.Parallel()
	server := registry.Start()
	t.Cleanup(server.Stop)
	roots := rootsOfRDS(t)
	push := func(layers ...[]byte) func() {
		return func() {
			_, err := server.Push("reports:live", reportsImage(t, roots, layers...))
			must(t, err)
		}
	}
	config := providerWithImages(t) + fmt.Sprintf(`
resource "sslready_trust_store_validation" "this" {
  region                     = "eu-west-1"
  host                       = "orders.abcdefghijkl.eu-west-1.rds.amazonaws.com"
  target_ca_cert_identifier  = "rds-ca-rsa2048-g1"
  current_ca_cert_identifier = "rds-ca-rsa2048-g1"
  force_ssl                  = true
  clients = {
    reports = { driver = "psycopg2", image = %q, connection = "dbname=x" }
  }
}
`, server.Host()+"/reports:live")
	const address = "sslready_trust_store_validation.this"
	changes := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}}
	run(t,
		resource.TestStep{PreConfig: push(), Config: config},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{PreConfig: push(registry.Tar(registry.Entry{Name: "app/release", Content: "2"})), Config: config, ConfigPlanChecks: changes},
		resource.TestStep{PreConfig: push(registry.Tar(registry.Entry{Name: "etc/ssl/.wh.rds.pem"})), Config: config, ConfigPlanChecks: changes, ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("verdicts").AtMapKey("reports").AtMapKey("target").AtMapKey("outcome"), knownvalue.StringExact("fails")),
		}},
	)
}

// TestAccClientsImageThatCannotBeRead holds each kind of bad input to an
// indeterminate client that names it, and to no word of an absent store.
func TestAccClientsImageThatCannotBeRead(t *testing.T) {
	t.Parallel()
	server := registry.Start()
	t.Cleanup(server.Stop)
	manifest := func(mediaType string) string {
		return `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:` +
			strings.Repeat("0", 64) + `","size":2},"layers":[{"mediaType":"` + mediaType + `","digest":"sha256:` + strings.Repeat("1", 64) + `","size":1}]}`
	}
	answers := map[string]func(http.ResponseWriter){
		"denied": func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) },
		"limited": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "900")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"digest": func(w http.ResponseWriter) {
			w.Header().Set("Docker-Content-Digest", "sha256:"+strings.Repeat("0", 64))
			_, _ = io.WriteString(w, "{}")
		},
		"schema": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"schemaVersion":1,"fsLayers":[]}`) },
		"foreign": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, manifest("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"))
		},
		"encrypted": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, manifest("application/vnd.oci.image.layer.v1.tar+gzip+encrypted"))
		},
		"unknown": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, manifest("application/vnd.wasm.content.layer.v1+wasm"))
		},
		"nonsense": func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
	}
	server.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		for name, answer := range answers {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/bad/"+name+"/manifests/") {
				answer(w)
				return true
			}
		}
		return false
	})
	layer := func(tag string, content []byte, platform string) string {
		built, err := registry.Image(platform, v1.Config{}, content)
		must(t, err)
		reference, err := server.Push(tag, built)
		must(t, err)
		return reference
	}
	var many []registry.Entry
	for i := range 2000 {
		many = append(many, registry.Entry{Name: fmt.Sprint("d/", i)})
	}
	text := filepath.Join(t.TempDir(), "text")
	must(t, os.WriteFile(text, []byte(strings.Repeat("text ", 1000)), 0o600))
	good := registry.Gzip(registry.Tar(registry.Entry{Name: "a", Content: strings.Repeat("a", 9000)}))
	clients, want := map[string]string{}, map[string]string{}
	add := func(name, arguments, says string) { clients[name], want[name] = arguments, says }
	of := func(reference string) string { return fmt.Sprintf("image = %q", reference) }
	bad := func(name string) string { return of(server.Host() + "/bad/" + name + ":1") }
	add("tag", of(server.Host()+"/bad/nothing:1"), `no such image or archive.*Check the name and the tag`)
	add("denied", bad("denied"), `denies access.*Log in with docker login`)
	add("limited", bad("limited"), `rate limit.*says to retry after 15m0s.*Plan again later`)
	add("digest", bad("digest"), `does not match its digest or size: according to the registry, the digest of the manifest is`)
	add("schema", bad("schema"), `a manifest of schema 1`)
	add("foreign", bad("foreign"), `a layer is stored elsewhere`)
	add("encrypted", bad("encrypted"), `a layer is encrypted`)
	add("unknown", bad("unknown"), `a layer has the media type "application/vnd.wasm`)
	add("nonsense", bad("nonsense"), `the manifest does not have the right form`)
	add("windows", of(layer("windows:1", good, "windows/amd64")), `linux/amd64 is requested, but the image is for windows/amd64.*Set "platform"`)
	add("truncated", of(layer("truncated:1", good[:len(good)/2], "linux/amd64")), `malformed or cut off`)
	add("climbs", of(layer("climbs:1", registry.Tar(registry.Entry{Name: "../../etc/x"}), "linux/amd64")), `points outside the root`)
	add("circle", of(layer("circle:1", registry.Tar(registry.Entry{Name: "l", Link: "l/x"}, registry.Entry{Name: "l/y"}), "linux/amd64")), `links form a loop`)
	add("bomb", of(layer("bomb:1", registry.Gzip(registry.Tar(registry.Entry{Name: "b", Content: strings.Repeat("\x00", 8<<20)})), "linux/amd64"))+", limits = { max_bytes = 1000000 }", `unpacked size of the image exceeds the limit of 1000000 bytes.*limits\.max_bytes`)
	add("entries", of(layer("entries:1", registry.Tar(many...), "linux/amd64"))+", limits = { max_entries = 1000 }", `number of entries in the image exceeds the limit of 1000`)
	add("depth", of(layer("depth:1", registry.Tar(registry.Entry{Name: strings.Repeat("a/", 20) + "b"}), "linux/amd64"))+", limits = { max_depth = 10 }", `depth of folders exceeds the limit of 10`)
	add("archive", of("oci-archive:"+text), `cannot be read as a tar archive`)
	add("zip", fmt.Sprintf("archives = [%q]", text), `cannot be read as a zip archive`)
	add("reference", of("NOT one"), `not a valid reference.*Correct the reference`)
	var declared strings.Builder
	checks := []statecheck.StateCheck{}
	for name, arguments := range clients {
		fmt.Fprintf(&declared, "    %s = { driver = \"psycopg2\", connection = \"sslmode=verify-full\", %s }\n", name, arguments)
		at := func(attribute string) tfjsonpath.Path {
			return tfjsonpath.New("verdicts").AtMapKey(name).AtMapKey("target").AtMapKey(attribute)
		}
		checks = append(checks,
			statecheck.ExpectKnownValue("data.sslready_readiness.this", at("outcome"), knownvalue.StringExact("indeterminate")),
			statecheck.ExpectKnownValue("data.sslready_readiness.this", at("reason"), knownvalue.StringExact("deployment_not_known")),
			statecheck.ExpectKnownValue("data.sslready_readiness.this", at("detail"), knownvalue.StringRegexp(regexp.MustCompile("(?s)"+want[name]))))
	}
	run(t, resource.TestStep{
		Config: providerWithImages(t) + `data "sslready_readiness" "this" {
  region                     = "eu-west-1"
  host                       = "orders.abcdefghijkl.eu-west-1.rds.amazonaws.com"
  target_ca_cert_identifier  = "rds-ca-rsa2048-g1"
  current_ca_cert_identifier = "rds-ca-rsa2048-g1"
  force_ssl                  = true
  clients = {
` + declared.String() + "  }\n}\n",
		ConfigStateChecks: checks,
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
		ExpectError: regexp.MustCompile(`(?s)Ambiguous Client Image.*Keep\s+one`),
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
