package deployment_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/sslready/terraform-provider-sslready/internal/deployment"
)

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content), Mode: 0o644} }

func jarOf(t testing.TB, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range files {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = entry.Write([]byte(content))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestDrivers holds each format to what it says, with its edge cases.
func TestDrivers(t *testing.T) {
	t.Parallel()
	pgjdbc := jarOf(t, map[string]string{"META-INF/maven/org.postgresql/postgresql/pom.properties": "artifactId=postgresql\nversion=42.7.4\n"})
	for name, test := range map[string]struct {
		files fstest.MapFS
		want  []deployment.Driver
	}{
		"dpkg": {
			fstest.MapFS{"var/lib/dpkg/status": file("Package: python3-psycopg2\nStatus: install ok installed\nVersion: 2.9.5-1+b1\n\nPackage: pgbouncer\nStatus: deinstall ok config-files\nVersion: 1.18.0-1\n\nPackage: libpq5\nStatus: install ok installed\nVersion: 15.8-0+deb12u1\nDescription: x\n Package: psqlodbc\n")},
			[]deployment.Driver{{Name: "psycopg2", Version: "2.9.5", Path: "/var/lib/dpkg/status", Package: "python3-psycopg2", LibPQ: "15.8", Runtime: "libpq 15.8"}},
		},
		"dpkg of distroless": {
			fstest.MapFS{
				"var/lib/dpkg/status.d/libpq5": file("Package: libpq5\nVersion: 15.8-0+deb12u1\n"), "var/lib/dpkg/status.d/php": file("Package: php8.2-pgsql\nVersion: 1:8.2.7-1\n"),
				"var/lib/dpkg/status.d/libpq5.md5sums": file("0  usr/lib/x\n"),
			},
			[]deployment.Driver{{Name: "php-pgsql", Version: "8.2.7", Path: "/var/lib/dpkg/status.d/php", Package: "php8.2-pgsql", LibPQ: "15.8", Runtime: "libpq 15.8"}},
		},
		"apk": {
			fstest.MapFS{"lib/apk/db/installed": file("C:Q1x\nP:libpq\nV:16.4-r0\nA:x86_64\n\nP:php83-pdo_pgsql\nV:8.3.11-r0\n\nP:libssl3\nV:3.3.2-r0\n")},
			[]deployment.Driver{{Name: "php-pgsql", Version: "8.3.11", Path: "/lib/apk/db/installed", Package: "php83-pdo_pgsql", LibPQ: "16.4", OpenSSL: "3.3.2", Runtime: "libpq 16.4, OpenSSL 3.3.2"}},
		},
		"a list and the driver's own file are one driver": {
			fstest.MapFS{
				"var/lib/dpkg/status": file("Package: python3-psycopg2\nStatus: install ok installed\nVersion: 2.9.5-1\n"),
				"usr/lib/python3/dist-packages/psycopg2-2.9.5.egg-info/PKG-INFO": file("Metadata-Version: 2.1\nName: psycopg2\nVersion: 2.9.5\n"),
			},
			[]deployment.Driver{{Name: "psycopg2", Version: "2.9.5", Path: "/usr/lib/python3/dist-packages/psycopg2-2.9.5.egg-info/PKG-INFO"}},
		},
		"wheels": {
			fstest.MapFS{
				"usr/local/lib/python3.12/site-packages/psycopg2_binary-2.9.9.dist-info/METADATA":       file("Metadata-Version: 2.1\nName: psycopg2-binary\nVersion: 2.9.9\n\nVersion: 0\n"),
				"usr/local/lib/python3.12/site-packages/psycopg2_binary.libs/libpq-9b38f5e3.so.5.16":    file("x"),
				"usr/local/lib/python3.12/site-packages/psycopg2_binary.libs/libcrypto-ea28cefb.so.1.1": file("\x00OpenSSL 1.1.1w  11 Sep 2023\x00"),
				"usr/local/lib/python3.12/site-packages/Asyncpg-0.29.0.dist-info/METADATA":              file("Name: Asyncpg\r\nVersion: 0.29.0\r\n"),
				"usr/local/include/python3.12/patchlevel.h":                                             file("#define PY_VERSION      \t\"3.12.4\"\n"),
			},
			[]deployment.Driver{
				{Name: "asyncpg", Version: "0.29.0", Path: "/usr/local/lib/python3.12/site-packages/Asyncpg-0.29.0.dist-info/METADATA", Runtime: "3.12.4"},
				{Name: "psycopg2", Version: "2.9.9", Path: "/usr/local/lib/python3.12/site-packages/psycopg2_binary-2.9.9.dist-info/METADATA", Package: "psycopg2-binary", LibPQ: "16", OpenSSL: "1.1.1w", Runtime: "libpq 16, OpenSSL 1.1.1w", Carries: true},
			},
		},
		"node_modules": {
			fstest.MapFS{
				"app/node_modules/pg/package.json":                  file(`{"name":"pg","version":"8.11.3"}`),
				"app/node_modules/x/node_modules/pg/package.json":   file(`{"name":"pg","version":"7.18.2"}`),
				"app/node_modules/pg/test/package.json":             file(`{"name":"pg","version":"0"}`),
				"app/node_modules/@prisma/client/package.json":      file(`{"name":"@prisma/client","version":"5.22.0"}`),
				"usr/local/include/node/node_version.h":             file("#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 17\n#define NODE_PATCH_VERSION 0\n"),
				"srv/.yarn/cache/postgres-npm-3.4.4-0a1b2c3d4e.zip": file("PK"),
			},
			[]deployment.Driver{
				{Name: "prisma", Version: "5.22.0", Path: "/app/node_modules/@prisma/client/package.json"},
				{Name: "node-postgres", Version: "8.11.3", Path: "/app/node_modules/pg/package.json", Runtime: "20.17.0"},
				{Name: "node-postgres", Version: "7.18.2", Path: "/app/node_modules/x/node_modules/pg/package.json", Runtime: "20.17.0"},
				{Name: "postgres.js", Version: "3.4.4", Path: "/srv/.yarn/cache/postgres-npm-3.4.4-0a1b2c3d4e.zip", Runtime: "20.17.0"},
			},
		},
		"jars in jars": {
			fstest.MapFS{
				"app/app.jar":                      file(jarOf(t, map[string]string{"BOOT-INF/lib/postgresql-42.7.4.jar": pgjdbc, "BOOT-INF/lib/r2dbc-postgresql-1.0.5.RELEASE.jar": jarOf(t, map[string]string{"a": "a"})})),
				"opt/java/openjdk/release":         file("IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.9\"\n"),
				"usr/share/java/postgresql-42.jar": file(pgjdbc),
				"app/shaded.jar":                   file(jarOf(t, map[string]string{"shadow/org/postgresql/util/DriverInfo.class": "\xca\xfe\xba\xbe\x01\x00\x0e99.1.2 no driver\x01\x00\x0642.6.1\x01\x00\x04Code"})),
			},
			[]deployment.Driver{
				{Name: "pgjdbc", Version: "42.7.4", Path: "/app/app.jar!/BOOT-INF/lib/postgresql-42.7.4.jar", Runtime: "17.0.9"},
				{Name: "r2dbc-postgresql", Version: "1.0.5.RELEASE", Path: "/app/app.jar!/BOOT-INF/lib/r2dbc-postgresql-1.0.5.RELEASE.jar", Runtime: "17.0.9"},
				{Name: "pgjdbc", Version: "42.6.1", Path: "/app/shaded.jar", Runtime: "17.0.9"},
				{Name: "pgjdbc", Version: "42.7.4", Path: "/usr/share/java/postgresql-42.jar", Runtime: "17.0.9"},
			},
		},
		"gems, .deps.json and PHP's extension": {
			fstest.MapFS{
				"usr/local/bundle/specifications/pg-1.5.8.gemspec":              file("x"),
				"usr/local/bundle/specifications/pg-1.6.0-x86_64-linux.gemspec": file("x"),
				"usr/local/bundle/specifications/pg_query-5.1.0.gemspec":        file("x"),
				"app/api.deps.json": file("\xef\xbb\xbf" + `{"libraries":{"Npgsql/8.0.3":{},"Npgsql.EntityFrameworkCore.PostgreSQL/8.0.4":{}}}`),
				"usr/local/lib/php/extensions/no-debug-non-zts-20230831/pdo_pgsql.so": file("x"),
				"usr/lib/x86_64-linux-gnu/libpq.so.5.15":                              file("x"),
			},
			[]deployment.Driver{
				{Name: "npgsql", Version: "8.0.3", Path: "/app/api.deps.json"},
				{Name: "libpq", Version: "15", Path: "/usr/lib/x86_64-linux-gnu/libpq.so.5.15", LibPQ: "15", Runtime: "libpq 15"},
				{Name: "ruby-pg", Version: "1.5.8", Path: "/usr/local/bundle/specifications/pg-1.5.8.gemspec", LibPQ: "15", Runtime: "libpq 15"},
				{Name: "ruby-pg", Version: "1.6.0", Path: "/usr/local/bundle/specifications/pg-1.6.0-x86_64-linux.gemspec", Carries: true},
				{Name: "php-pgsql", Path: "/usr/local/lib/php/extensions/no-debug-non-zts-20230831/pdo_pgsql.so", Package: "pdo_pgsql", LibPQ: "15", Runtime: "libpq 15"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := deployment.Inspect(test.files, deployment.Config{}, deployment.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Drivers); diff != "" {
				t.Error(diff)
			}
			if len(got.Unread) > 0 {
				t.Errorf("unread: %+v", got.Unread)
			}
			for path, f := range test.files {
				if !deployment.Wanted("./"+path, f.Mode, int64(len(f.Data)), f.Data) && !strings.Contains(path, "/test/") && !strings.HasSuffix(path, "md5sums") && !strings.Contains(path, "pg_query") {
					t.Errorf("%s is read, and not wanted while a layer is read", path)
				}
			}
		})
	}
}

// packages is a database of RPM that the package rpmdb has for its tests.
func packages(t testing.TB, name string) []byte {
	t.Helper()
	packed, err := os.Open(filepath.Join("rpmdb", "testdata", name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close() //nolint:errcheck // Only read.
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestPackagesOfRPM: what is in its database is found, and what was removed is
// not.
func TestPackagesOfRPM(t *testing.T) {
	t.Parallel()
	for at, name := range map[string]string{"usr/lib/sysimage/rpm/rpmdb.sqlite": "rpmdb.sqlite", "var/lib/rpm/Packages": "Packages"} {
		got, err := deployment.Inspect(fstest.MapFS{at: {Data: packages(t, name)}, at + "-wal": file("")}, deployment.Config{}, deployment.Options{})
		if err != nil || len(got.Unread) > 0 {
			t.Fatal(err, got.Unread)
		}
		var found []string
		for _, d := range got.Drivers {
			found = append(found, d.Name+" "+d.Version+" "+d.Path)
		}
		for _, r := range got.Runtimes {
			found = append(found, r.Name+" "+r.Version+" "+r.Path)
		}
		slices.Sort(found)
		want := []string{"odbc 13.02.0000 /" + at, "openssl 3.2.2 /" + at, "php-pgsql 8.2.28 /" + at, "psql 15.12 /" + at, "psycopg2 2.9.3 /" + at}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestUnread holds that what cannot be read is said, and nothing else is lost.
func TestUnread(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a/node_modules/pg/package.json": file("{"), "b/app.jar": file("no zip"), "c/x.deps.json": file("["),
		"d/pg8000-1.31.2.dist-info/METADATA": file("Name: pg8000\n"), "var/lib/rpm/rpmdb.sqlite": file("x"),
		"usr/lib/sysimage/rpm/rpmdb.sqlite": {Data: packages(t, "rpmdb.sqlite")}, "usr/lib/sysimage/rpm/rpmdb.sqlite-wal": file("changes"),
		"e/node_modules/pg/package.json": file(`{"version":"8.0.0"}`),
	}
	got, err := deployment.Inspect(files, deployment.Config{}, deployment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, u := range got.Unread {
		if u.Reason == "" {
			t.Errorf("%s has no reason", u.Path)
		}
		paths = append(paths, u.Path)
	}
	slices.Sort(paths)
	want := []string{"/a/node_modules/pg/package.json", "/b/app.jar", "/c/x.deps.json", "/d/pg8000-1.31.2.dist-info/METADATA", "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
	if got := got.Names(); !slices.Equal(got, []string{"node-postgres"}) {
		t.Errorf("drivers: %q", got)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	passwd := fstest.MapFS{"etc/passwd": file("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n")}
	for name, test := range map[string]struct {
		files  fs.FS
		config deployment.Config
		home   string
	}{
		"root by default":          {passwd, deployment.Config{}, "/root"},
		"a user by name":           {passwd, deployment.Config{User: "app:app"}, "/home/app"},
		"a user by number":         {passwd, deployment.Config{User: "1000:0"}, "/home/app"},
		"a number that nobody has": {passwd, deployment.Config{User: "4711"}, "/"},
		"HOME":                     {passwd, deployment.Config{User: "app", Env: []string{"HOME=/srv"}}, "/srv"},
		"scratch":                  {fstest.MapFS{}, deployment.Config{User: "65532"}, "/"},
		"Lambda":                   {fstest.MapFS{}, deployment.Config{Lambda: true}, "/home/sbx_user1051"},
	} {
		got, err := deployment.Inspect(test.files, test.config, deployment.Options{})
		if err != nil || got.Home != test.home {
			t.Errorf("%s: home %q, want %q (%v)", name, got.Home, test.home, err)
		}
	}
	got, err := deployment.Inspect(passwd, deployment.Config{Env: []string{
		"PATH=/bin", "PGSSLMODE=verify-full", "PGPASSWORD=planted", "DATABASE_URL=postgres://u:planted@h/d", "READ_URL=postgres://h/d", "SSL_CERT_FILE=/x", "NODE_EXTRA_CA_CERTS=/y", "broken",
	}}, deployment.Options{})
	want := map[string]string{"PGSSLMODE": "verify-full", "READ_URL": "postgres://h/d", "SSL_CERT_FILE": "/x", "NODE_EXTRA_CA_CERTS": "/y"}
	if diff := cmp.Diff(want, got.Environment); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
