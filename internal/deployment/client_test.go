package deployment_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

const emptyZip = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func clientFiles() fstest.MapFS {
	return fstest.MapFS{
		"etc/passwd":                    file("app:x:1000:1000::/home/app:/bin/sh\n"),
		"etc/ssl/rds.pem":               file("etc/ssl/rds.pem"),
		"srv/certs/rds.pem":             file("srv/certs/rds.pem"),
		"etc/ssl/cert.pem":              file("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
		"home/app/.postgresql/root.crt": file("home/app/.postgresql/root.crt"),
		"usr/local/lib/python3.12/site-packages/psycopg2-2.9.9.dist-info/METADATA": file("Name: psycopg2\nVersion: 2.9.9\n"),
		"lib/apk/db/installed":           file("P:libpq\nV:16.4-r0\n\nP:libssl3\nV:3.3.2-r0\n"),
		"a/node_modules/pg/package.json": file(`{"name":"pg","version":"8.11.3"}`),
		"b/node_modules/pg/package.json": file(`{"name":"pg","version":"8.13.0"}`),
		"opt/java/release":               file("JAVA_VERSION=\"17.0.9\"\n"),
		"opt/java/lib/security/cacerts":  file("cacerts"),
		"app/postgresql-42.7.4.jar":      file(emptyZip),
	}
}

// TestClientOf holds what a client's declaration and its image say together.
func TestClientOf(t *testing.T) {
	t.Parallel()
	config := deployment.Config{User: "app", WorkingDir: "/srv", Env: []string{"PGSSLMODE=verify-full", "PGSSLROOTCERT=/etc/ssl/rds.pem"}}
	libpq := func(connection string) policy.Settings {
		return policy.Settings{Driver: "psycopg2", Connection: connection}
	}
	for name, test := range map[string]struct {
		declared                      policy.Settings
		without                       []string // files that are not there
		store, unknown, contradiction string
		place                         policy.Place
	}{
		"a variable of the image names the file":    {declared: libpq("dbname=x"), store: "/etc/ssl/rds.pem", place: policy.PlaceAuto},
		"a relative name, by the working directory": {declared: libpq("sslrootcert=certs/rds.pem"), store: "/srv/certs/rds.pem", place: policy.PlaceAuto},
		"the driver's own file, by the user's home": {declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=verify-ca", Environment: map[string]string{"PGSSLROOTCERT": ""}}, store: "/home/app/.postgresql/root.crt", place: policy.PlaceAuto},
		"a file that is not there":                  {declared: libpq("sslrootcert=/absent.pem"), contradiction: `the settings refer to "/absent.pem", which is not in the image`},
		"a declared variable counts":                {declared: policy.Settings{Driver: "psycopg2", Environment: map[string]string{"PGSSLROOTCERT": "/srv/certs/rds.pem"}}, store: "/srv/certs/rds.pem", place: policy.PlaceAuto},
		"a declared store is not looked for":        {declared: policy.Settings{Driver: "psycopg2", StoreDeclared: true}},
		"another version":                           {declared: policy.Settings{Driver: "psycopg2", Version: "2.8"}, store: "/etc/ssl/rds.pem", place: policy.PlaceAuto, contradiction: `driver_version is "2.8", but the image has psycopg2 2.9.9`},
		"another runtime":                           {declared: policy.Settings{Driver: "psycopg2", Runtime: "1.1.1"}, store: "/etc/ssl/rds.pem", place: policy.PlaceAuto, contradiction: `runtime_version is "1.1.1", but the image has "libpq 16.4, OpenSSL 3.3.2"`},
		"two drivers of one kind":                   {declared: policy.Settings{Driver: "node-postgres"}, contradiction: "the image has several versions of the driver: node-postgres 8.11.3"},
		"one of two, by its version":                {declared: policy.Settings{Driver: "node-postgres", Version: "8.13.0"}},
		"no such driver":                            {declared: policy.Settings{Driver: "asyncpg", Connection: "postgres://h/d?sslmode=disable"}, contradiction: "no asyncpg was found in the image"},
		"the system's store":                        {declared: libpq("sslrootcert=system"), store: "/etc/ssl/cert.pem", place: policy.PlaceSystem},
		"the JVM's store":                           {declared: policy.Settings{Driver: "pgjdbc", Connection: "jdbc:postgresql://h/d?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"}, store: "/opt/java/lib/security/cacerts", place: policy.PlaceSystem},
		"nothing is verified":                       {declared: libpq("sslmode=require sslrootcert=''"), without: []string{"home/app/.postgresql/root.crt"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := clientFiles()
			test.declared.Host = "db.example.com"
			for _, gone := range test.without {
				delete(files, gone)
			}
			got := deployment.ClientOf(files, config, test.declared, func() (*deployment.Deployment, error) { return deployment.Inspect(files, config, deployment.Options{}) })
			if got.StorePath != test.store || got.Settings.StorePlace != test.place && test.store != "" {
				t.Errorf("store %q (%s), want %q (%s)", got.StorePath, got.Settings.StorePlace, test.store, test.place)
			}
			if test.store != "" && (!got.Settings.StoreDeclared || len(got.Store) == 0) {
				t.Errorf("the store is not the client's: %+v", got.Settings)
			}
			if !strings.Contains(got.Unknown, test.unknown) || test.unknown == "" && got.Unknown != "" {
				t.Errorf("unknown %q, want %q", got.Unknown, test.unknown)
			}
			if all := strings.Join(got.Contradictions, "\n"); !strings.Contains(all, test.contradiction) || test.contradiction == "" && all != "" {
				t.Errorf("contradictions %q, want %q", all, test.contradiction)
			}
		})
	}
}

// TestClientOfAnImageThatCannotBeLookedThrough holds that it is then not known
// what the client finds.
func TestClientOfAnImageThatCannotBeLookedThrough(t *testing.T) {
	t.Parallel()
	got := deployment.ClientOf(clientFiles(), deployment.Config{}, policy.Settings{Driver: "psycopg2", Connection: "sslmode=verify-full sslrootcert=/etc/ssl/rds.pem"},
		func() (*deployment.Deployment, error) { return nil, errors.New("a layer cannot be fetched") })
	if !strings.Contains(got.Unknown, "a layer cannot be fetched") || got.Settings.StoreDeclared {
		t.Errorf("got %+v", got)
	}
}
