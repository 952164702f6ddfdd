package deployment_test

import (
	"testing"
	"testing/fstest"

	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// fuzzedNames are one of each kind of file that is read.
var fuzzedNames = []string{
	"var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/python3/dist-packages/x.egg-info", "a/node_modules/pg/package.json", "app/x.jar",
	"usr/lib/jvm/release", "app/x.deps.json", "usr/lib/libcrypto.so.3", "app/program", "usr/lib/ssl/cert.pem", "etc/passwd", "app/start.sh",
	"vendor/composer/installed.json", "var/lib/rpm/rpmdb.sqlite",
}

// FuzzInspect reads any content as each kind of file, and completes a client
// by it.
func FuzzInspect(f *testing.F) {
	root := "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
	for kind, seed := range []string{
		"Package: libpq5\nStatus: install ok installed\nVersion: 15.8-0\n", "P:libpq\nV:16.4-r0\n\n", "Name: psycopg2\nVersion: 2.9\n", `{"version":"8"}`, emptyZip,
		"JAVA_VERSION=\"17\"\n", `{"libraries":{"Npgsql/8.0.3":{}}}`, "\x7fELFOpenSSL 3.0.1 OPENSSLDIR: \"/x\"", "\x7fELF\xff Go buildinf:", root, "app:x:1:1::/home/app:\n", "#!/bin/sh\nexport PGSSLMODE=x\n",
		`{"packages":[{"name":"x","version":"1"}]}`, "SQLite format 3\x00",
	} {
		f.Add(uint8(kind), []byte(seed)) //nolint:gosec // There are few.
	}
	f.Fuzz(func(t *testing.T, kind uint8, content []byte) {
		fuzzing.Limit(t)
		name := fuzzedNames[int(kind)%len(fuzzedNames)]
		files := fstest.MapFS{name: {Data: content, Mode: 0o755}, "usr/lib/x/postgresql-42.7.1.jar": file(emptyZip)}
		config := deployment.Config{User: "app", Entrypoint: []string{"/app/start.sh"}, Env: []string{"JAVA_TOOL_OPTIONS=" + string(content[:min(len(content), 100)])}}
		inspect := func() (*deployment.Deployment, error) { return deployment.Inspect(files, config, deployment.Options{}) }
		if _, err := inspect(); err != nil {
			t.Fatalf("one file ends the search: %v", err)
		}
		deployment.Wanted(name, 0o755, int64(len(content)), content)
		for _, name := range []string{"psycopg2", "pgjdbc", "pgx", "npgsql"} {
			deployment.ClientOf(files, config, policy.Settings{Driver: name, Connection: "sslrootcert=system"}, inspect)
		}
	})
}
