package deployment_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/tool/fuzzing"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// readPlaces are files that some reader takes for its own.
func readPlaces() []string {
	return []string{
		"var/lib/dpkg/status", "var/lib/dpkg/status.d/libpq5", "lib/apk/db/installed", "var/lib/rpm/rpmdb.sqlite", "etc/passwd", "etc/os-release",
		"usr/lib/python3/dist-packages/psycopg2-2.9.5.dist-info/METADATA", "usr/local/include/python3.12/patchlevel.h",
		"app/node_modules/pg/package.json", "app/package-lock.json", "app/Gemfile.lock", "app/composer.lock", "app/app.deps.json", "app/app.jar", "app/app.war",
		"usr/lib/x86_64-linux-gnu/libpq.so.5", "usr/lib/libssl.so.3", "usr/local/bin/app", "opt/java/release", "opt/java/lib/security/cacerts",
		"etc/ssl/certs/ca-certificates.crt", "etc/ssl/certs/0a775a30.0", "srv/rds.pem", "usr/lib/ruby/gems/3.1.0/specifications/pg-1.5.4.gemspec",
	}
}

// FuzzInspect reads any octets in each place that a reader takes for its own:
// none panics or is slow, and no password of the environment comes out.
func FuzzInspect(f *testing.F) {
	jar := jarOf(f, map[string]string{
		"META-INF/maven/org.postgresql/postgresql/pom.properties": "artifactId=postgresql\nversion=42.7.4\n",
		"BOOT-INF/lib/r2dbc.jar":                                  jarOf(f, map[string]string{"META-INF/MANIFEST.MF": "Implementation-Title: r2dbc-postgresql\nImplementation-Version: 1.0.5\n"}),
	})
	for i, content := range []string{
		"Package: libpq5\nStatus: install ok installed\nVersion: 15.8-0+deb12u1\n", "P:libpq\nV:16.4-r0\n", "root:x:0:0::/root:/bin/sh\n", "Name: Asyncpg\nVersion: 0.29.0\n",
		`{"name":"pg","version":"8.11.0","packages":{"node_modules/pg":{"version":"8.11.0"}}}`, "GEM\n  specs:\n    pg (1.5.4)\n", `{"packages":[{"name":"x","version":"1"}]}`,
		`{"libraries":{"Npgsql/8.0.3":{"type":"package"}}}`, jar, "\x7fELF\x02\x01\x01\x00OpenSSL 3.0.13 30 Jan 2024", "JAVA_VERSION=\"21.0.4\"\n",
		"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "\xff Go buildinf:\x08\x02",
	} {
		for at := range readPlaces() {
			if at%4 == i%4 {
				f.Add(uint8(at), []byte(content), "PGSSLMODE=verify-full\nDB_PASSWORD=hunter2", uint8(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, at uint8, content []byte, environment string, more uint8) {
		fuzzing.Limit(t)
		places := readPlaces()
		files := fstest.MapFS{
			places[int(at)%len(places)]: {Data: content, Mode: 0o755}, places[int(more)%len(places)]: {Data: content, Mode: 0o644},
		}
		config := deployment.Config{User: string(content[:min(len(content), 20)]), WorkingDir: "/app", Env: strings.Split(environment, "\n"), Lambda: more%2 == 1}
		found, err := deployment.Inspect(files, config, deployment.Options{Region: "us-east-1", At: time.Unix(1<<30, 0)})
		if err != nil {
			return
		}
		for name, value := range found.Environment {
			if strings.Contains(value, "hunter2") && strings.Contains(strings.ToLower(name), "password") {
				t.Errorf("%s comes out", name)
			}
		}
		found.Drafts("image")
		deployment.ClientOf(files, config, policy.Settings{Driver: "psql"}, func() (*deployment.Deployment, error) { return found, nil })
	})
}
