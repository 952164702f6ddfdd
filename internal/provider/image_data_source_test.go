package provider_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
)

// providerWithImages keeps the layers of this test apart.
func providerWithImages(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("provider \"sslready\" {\n  image_cache = %q\n}\n", t.TempDir())
}

func rootsOfRDS(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(rdsRoots)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// nodeImage is an application on Node with its own root file.
func nodeImage(t *testing.T, more ...[]byte) v1.Image {
	t.Helper()
	base := registry.Tar(
		registry.Entry{Name: "etc/passwd", Content: "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n"},
		registry.Entry{Name: "lib/apk/db/installed", Content: "P:nodejs\nV:20.15.1-r0\n\nP:libssl3\nV:3.3.2-r0\n\n"},
	)
	application := registry.Tar(
		registry.Entry{Name: "app/node_modules/pg/package.json", Content: `{"name":"pg","version":"8.11.3"}`},
		registry.Entry{Name: "app/rds.pem", Content: rootsOfRDS(t)}, registry.Entry{Name: "app/node_modules/postgres/package.json", Content: "{"},
	)
	built, err := registry.Image("linux/amd64", v1.Config{User: "node", WorkingDir: "/app", Env: []string{"NODE_EXTRA_CA_CERTS=rds.pem", "PGSSLMODE=verify-full", "PGPASSWORD=planted-password", "PATH=/bin"}},
		append([][]byte{base, application}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestAccImage(t *testing.T) {
	t.Parallel()
	server := registry.Start()
	t.Cleanup(server.Stop)
	reference, err := server.Push("app:1", nodeImage(t))
	if err != nil {
		t.Fatal(err)
	}
	const address = "data.sslready_image.this"
	text := knownvalue.StringExact
	run(t, resource.TestStep{
		Config: providerWithImages(t) + fmt.Sprintf("data \"sslready_image\" \"this\" {\n  image  = %q\n  region = \"eu-west-1\"\n}\n", reference),
		ConfigStateChecks: []statecheck.StateCheck{
			expect(address, "digest", knownvalue.StringRegexp(regexp.MustCompile(`^sha256:[0-9a-f]{64}$`))),
			expect(address, "user", text("node")), expect(address, "home", text("/home/node")), expect(address, "working_directory", text("/app")),
			expect(address, "environment", knownvalue.MapExact(map[string]knownvalue.Check{"NODE_EXTRA_CA_CERTS": text("rds.pem"), "PGSSLMODE": text("verify-full")})),
			expect(address, "drivers", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
				"name": text("node-postgres"), "version": text("8.11.3"), "package": knownvalue.Null(), "runtime_version": text("20.15.1"), "path": text("/app/node_modules/pg/package.json"),
			})})),
			expect(address, "trust_stores", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
				"path": text("/app/rds.pem"), "format": text("pem"), "used_by": knownvalue.ListExact([]knownvalue.Check{text("node")}),
				"held":    knownvalue.ListExact([]knownvalue.Check{text("rds-ca-ecc384-g1"), text("rds-ca-rsa2048-g1"), text("rds-ca-rsa4096-g1")}),
				"missing": knownvalue.ListSizeExact(0), "problems": knownvalue.ListSizeExact(0),
			})})),
			expect(address, "unread", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{
				"path": text("/app/node_modules/postgres/package.json"), "reason": knownvalue.StringRegexp(regexp.MustCompile("malformed")),
			})})),
			expect(address, "drafts", knownvalue.ListPartial(map[int]knownvalue.Check{0: knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"name": text("node_postgres"), "configuration": knownvalue.StringRegexp(regexp.MustCompile(`(?s)node_postgres = \{\n  driver     = "node-postgres"\n  image      = "` + regexp.QuoteMeta(reference))),
			})})),
		},
	})
	if manifests := len(server.Requests("GET /v2/app/manifests/")); manifests < 1 || len(server.Requests("GET /v2/app/blobs/")) != 3 {
		t.Errorf("%d requests for manifests, and for blobs %q: want each blob once", manifests, server.Requests("/blobs/"))
	}
}

// TestAccImageThatCannotBeRead holds each kind of bad input to an error at the
// argument, which says what to do.
func TestAccImageThatCannotBeRead(t *testing.T) {
	t.Parallel()
	server := registry.Start()
	t.Cleanup(server.Stop)
	server.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		for name, status := range map[string]int{"/denied/": 401, "/limited/": 429, "/broken/": 500} {
			if strings.Contains(r.URL.Path, name) {
				w.WriteHeader(status)
				return true
			}
		}
		return false
	})
	reference, err := server.Push("app:1", nodeImage(t))
	nested := v1.ImageIndex(empty.Index)
	for range 20 {
		nested = mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: nested})
	}
	if _, failed := server.PushIndex("nested/app:1", nested); failed != nil {
		t.Fatal(failed)
	}
	text := filepath.Join(t.TempDir(), "text.tar")
	if err = errors.Join(err, os.WriteFile(text, []byte(strings.Repeat("text ", 1000)), 0o600)); err != nil {
		t.Fatal(err)
	}
	var steps []resource.TestStep
	for _, test := range []struct{ arguments, want string }{
		{fmt.Sprintf("image = %q", server.Host()+"/app:absent"), `no such image.*Check the name and the tag`},
		{fmt.Sprintf("image = %q", server.Host()+"/denied/app:1"), `denies access.*docker login`},
		{fmt.Sprintf("image = %q", server.Host()+"/limited/app:1"), `rate limit.*Plan again later`},
		{fmt.Sprintf("image = %q\n  platform = \"linux/arm64\"", reference), `linux/arm64 is requested, but the image is for.*linux/amd64.*Set "platform"`},
		{fmt.Sprintf("image = %q\n  platform = \"windows/amd64\"", reference), `only images for linux are read, not for windows.*Set "platform" to a Linux platform`},
		{fmt.Sprintf("image = %q", server.Host()+"/nested/app:1"), `nesting of image indexes exceeds the limit of [0-9]+.*Check that this is the right image: this limit cannot be raised`},
		{fmt.Sprintf("image = %q\n  limits = { max_bytes = 1000 }", reference), `exceeds the limit of 1000 bytes.*limits.max_bytes`},
		{`image = "NOT a reference"`, `not a valid reference.*Correct the reference`},
		{`image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1"`, `no token for Amazon ECR could be obtained: no\s+AWS\s+credentials|no token for Amazon ECR could be obtained.*Region`},
		{fmt.Sprintf("image = %q", "oci-archive:"+text), `cannot be read as a tar archive.*Build or save the image again`},
		{fmt.Sprintf("archives = [%q]", text), `cannot be read as a zip archive`},
		{"", `Exactly one of these attributes`},
	} {
		steps = append(steps, resource.TestStep{
			Config:      providerWithImages(t) + "data \"sslready_image\" \"this\" {\n  " + test.arguments + "\n}\n",
			ExpectError: regexp.MustCompile(`(?s)` + strings.ReplaceAll(test.want, " ", `\s+`)),
		})
	}
	run(t, steps...)
}
