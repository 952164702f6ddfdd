// Package images_test builds images of several ecosystems from real packages,
// without a Docker engine, and looks for their drivers and trust stores.
//
// Debian's packages, npm's, PyPI's and Maven's, and programs that Go built, are
// the real files; what Alpine, .NET and Airflow have is laid out by hand in its
// own format, since their packages are not to be had.
package images_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/judge"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// folderVariable names a folder that the images are written to, as docker save
// would, so that another scanner can be asked about them.
const folderVariable = "SSLREADY_IMAGES_DIR"

type built struct {
	config   v1.Config
	layers   [][]byte
	archives []string
	// drivers are "name version"; a version that is that of this machine's
	// package is left out.
	drivers []string
	// stores are "path: number of roots of eu-west-1".
	stores []string
}

func TestImages(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(*testing.T) built{
		"spring-boot": springBoot, "django": django, "node-alpine": nodeAlpine, "go-scratch": goScratch, "rails": rails, "laravel": laravel,
		"dotnet": dotnet, "lambda-python": lambdaPython, "pgbouncer": pgbouncer, "airflow": airflow, "distroless": distroless, "update-ca-certificates": updateCACertificates,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := build(t)
			image := open(t, name, b)
			found, err := deployment.Inspect(image.Files(t.Context()), deployment.Config{User: image.Config.User, WorkingDir: image.Config.WorkingDir, Env: image.Config.Env, Lambda: image.Lambda},
				deployment.Options{Region: "eu-west-1"})
			if err != nil {
				t.Fatal(err)
			}
			var drivers, stores []string
			for _, d := range found.Drivers {
				drivers = append(drivers, d.Name+" "+d.Version)
			}
			for _, s := range found.Stores {
				stores = append(stores, fmt.Sprintf("%s: %d %v", s.Path, len(s.Held), s.Uses))
			}
			for _, want := range b.drivers {
				if !slices.ContainsFunc(drivers, func(d string) bool { return strings.HasPrefix(d, want) }) {
					t.Errorf("driver %s was not found, of %q", want, drivers)
				}
			}
			for _, want := range b.stores {
				if !slices.Contains(stores, want) {
					t.Errorf("store %s was not found, of %q", want, stores)
				}
			}
			if len(found.Unread) > 0 {
				t.Errorf("unread: %+v", found.Unread)
			}
			t.Logf("%q on %v, stores %q", drivers, found.Runtimes, stores)
		})
	}
}

func open(t *testing.T, name string, b built) *artifact.Image {
	t.Helper()
	image, err := artifact.OpenArchives(t.Context(), b.archives, artifact.Options{})
	if b.archives == nil {
		made, buildErr := registry.Image("linux/amd64", b.config, b.layers...)
		must(t, buildErr)
		folder := os.Getenv(folderVariable)
		if folder == "" {
			folder = t.TempDir()
		}
		file := filepath.Join(folder, name+".tar")
		must(t, registry.WriteDockerArchive(file, name+":1", made))
		image, err = artifact.Open(t.Context(), "docker-archive:"+file, artifact.Options{Keep: deployment.Wanted})
	}
	must(t, err)
	t.Cleanup(func() { _ = image.Close() })
	return image
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// roots is a piece of AWS's own bundle, with the roots of eu-west-1.
func roots(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "..", "truststore", "testdata", "rds", "roots.pem"))
	must(t, err)
	return content
}

func certificates(t *testing.T) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for block, rest := pem.Decode(roots(t)); block != nil; block, rest = pem.Decode(rest) {
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, certificate)
		}
	}
	return all
}

// cached is a folder or file of the judges' cache; the test is skipped, and
// counted, where it is not there.
func cached(t *testing.T, pattern ...string) string {
	t.Helper()
	cache, err := judge.CacheDir()
	must(t, err)
	found, err := filepath.Glob(filepath.Join(append([]string{cache}, pattern...)...))
	must(t, err)
	if len(found) == 0 {
		judge.Missing(t, strings.Join(pattern, "/"), "no image was built of it; run make clients")
		t.SkipNow()
	}
	return found[len(found)-1]
}

// brought are packages that make clients brings, and the cache that has them.
func brought(t *testing.T, manager, name string) (judge.Packages, string) {
	t.Helper()
	cache, err := judge.CacheDir()
	must(t, err)
	packages := judge.Packages{Manager: manager, Names: []string{name}}
	if lacking := packages.Missing(cache); lacking != "" {
		judge.Missing(t, lacking, "no image was built of it; run make clients")
		t.SkipNow()
	}
	return packages, cache
}

func pgjdbc(t *testing.T) string {
	t.Helper()
	driver, cache := brought(t, "maven", "org.postgresql:postgresql:42.7.14")
	jar, _, _ := strings.Cut(driver.ClassPath(cache), string(os.PathListSeparator))
	return jar
}

// nodePostgres is a folder with pg, packed below a prefix.
func nodePostgres(t *testing.T, prefix string) []byte {
	t.Helper()
	packages, cache := brought(t, "npm", "pg@8.23.1")
	return packed(t, packages.Dir(cache), prefix)
}

func filesOf(t *testing.T, name, prefix string) []registry.Entry {
	t.Helper()
	all, err := registry.Folder(name, prefix)
	must(t, err)
	return all
}

func packed(t *testing.T, name, prefix string) []byte {
	t.Helper()
	return registry.Tar(filesOf(t, name, prefix)...)
}

// debian packs the files of installed packages, and the list with them.
func debian(t *testing.T, packages ...string) []byte {
	t.Helper()
	var entries []registry.Entry
	var status bytes.Buffer
	for _, name := range packages {
		listed, err := exec.CommandContext(t.Context(), "dpkg-query", "-L", name).Output()
		if err != nil {
			judge.Missing(t, "Debian's "+name, "no image was built of it")
			t.SkipNow()
		}
		stanza, err := exec.CommandContext(t.Context(), "dpkg-query", "-s", name).Output()
		must(t, err)
		status.Write(append(bytes.TrimSpace(stanza), "\n\n"...))
		for file := range strings.FieldsSeq(string(listed)) {
			info, err := os.Lstat(file)
			if err != nil || info.IsDir() || filepath.Dir(file) == "/" { // /lib is a link of this machine's.
				continue
			}
			entry, err := registry.File(file, strings.TrimPrefix(file, "/"))
			must(t, err)
			entries = append(entries, entry)
		}
	}
	return registry.Gzip(registry.Tar(append(entries, registry.Entry{Name: "var/lib/dpkg/status", Content: status.String()})...))
}

func springBoot(t *testing.T) built {
	t.Helper()
	driver, err := os.ReadFile(pgjdbc(t))
	must(t, err)
	password := "changeit"
	store, err := truststore.EncodeJKS(certificates(t), &password)
	must(t, err)
	jar := registry.Zip(registry.Entry{Name: "BOOT-INF/lib/postgresql-42.7.14.jar", Content: string(driver)}, registry.Entry{Name: "BOOT-INF/classes/truststore.jks", Content: string(store)})
	return built{
		layers: [][]byte{
			registry.Gzip(registry.Tar(registry.Entry{Name: "opt/java/openjdk/release", Content: "JAVA_VERSION=\"21.0.4\"\n"})),
			registry.Gzip(registry.Tar(registry.Entry{Name: "app/app.jar", Content: string(jar)})),
		},
		drivers: []string{"pgjdbc 42.7.14"}, stores: []string{"/app/app.jar!/BOOT-INF/classes/truststore.jks: 3 []"},
	}
}

func django(t *testing.T) built {
	t.Helper()
	return built{
		layers: [][]byte{
			registry.Zstd(packed(t, wheelOf(t), "usr/local/lib/python3.12/site-packages")),
			registry.Gzip(registry.Tar(registry.Entry{Name: "app/rds.pem", Content: string(roots(t))})),
		},
		drivers: []string{"psycopg2 2.9"}, stores: []string{"/app/rds.pem: 3 []"},
	}
}

func nodeAlpine(t *testing.T) built {
	t.Helper()
	return built{
		config: v1.Config{Env: []string{"NODE_EXTRA_CA_CERTS=/app/rds.pem"}},
		layers: [][]byte{
			registry.Gzip(registry.Tar(registry.Entry{Name: "lib/apk/db/installed", Content: "P:nodejs\nV:20.15.1-r0\n\nP:libssl3\nV:3.3.2-r0\n\n"})),
			registry.Gzip(nodePostgres(t, "app")), registry.Tar(registry.Entry{Name: "app/rds.pem", Content: string(roots(t))}),
		},
		drivers: []string{"node-postgres 8.23.1"}, stores: []string{"/app/rds.pem: 3 [node]"},
	}
}

func goScratch(t *testing.T) built {
	t.Helper()
	program, err := os.ReadFile(cached(t, "go", "pgx-5.12.0-*", "runner"))
	must(t, err)
	return built{
		layers:  [][]byte{registry.Gzip(registry.Tar(registry.Entry{Name: "app", Content: string(program), Mode: 0o755}, registry.Entry{Name: "etc/ssl/certs/ca-certificates.crt", Content: string(roots(t))}))},
		drivers: []string{"pgx 5.12.0"}, stores: []string{"/etc/ssl/certs/ca-certificates.crt: 3 [go]"},
	}
}

func rails(t *testing.T) built {
	t.Helper()
	return built{layers: [][]byte{debian(t, "ruby-pg", "libpq5", "libssl3")}, drivers: []string{"ruby-pg 1."}}
}

func laravel(t *testing.T) built {
	t.Helper()
	return built{layers: [][]byte{debian(t, "php8.2-pgsql", "libpq5", "libssl3")}, drivers: []string{"php-pgsql"}}
}

func dotnet(t *testing.T) built {
	t.Helper()
	return built{
		layers: [][]byte{registry.Gzip(registry.Tar(
			registry.Entry{Name: "app/Api.deps.json", Content: `{"libraries":{"Npgsql/8.0.3":{"type":"package"}}}`},
			registry.Entry{Name: "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.8/x", Content: "x"}))},
		drivers: []string{"npgsql 8.0.3"},
	}
}

func lambdaPython(t *testing.T) built {
	t.Helper()
	function := registry.Zip(registry.Entry{Name: "handler.py", Content: "import psycopg2"}, registry.Entry{Name: "rds.pem", Content: string(roots(t))})
	return built{archives: written(t, t.TempDir(), registry.Zip(filesOf(t, wheelOf(t), "python")...), function), drivers: []string{"psycopg2 2.9"}, stores: []string{"/var/task/rds.pem: 3 []"}}
}

// written are the names of archives, written into a folder.
func written(t *testing.T, folder string, archives ...[]byte) []string {
	t.Helper()
	var names []string
	for i, archive := range archives {
		names = append(names, filepath.Join(folder, fmt.Sprintf("%d.zip", i)))
		must(t, os.WriteFile(names[i], archive, 0o600))
	}
	return names
}

func pgbouncer(t *testing.T) built {
	t.Helper()
	return built{layers: [][]byte{debian(t, "pgbouncer", "libssl3")}, drivers: []string{"pgbouncer 1."}}
}

func airflow(t *testing.T) built {
	t.Helper()
	return built{layers: [][]byte{
		debian(t, "python3-psycopg2", "libpq5", "libssl3"),
		registry.Gzip(registry.Tar(registry.Entry{Name: "home/airflow/.local/lib/python3.11/site-packages/asyncpg-0.29.0.dist-info/METADATA", Content: "Name: asyncpg\nVersion: 0.29.0\n"})),
	}, drivers: []string{"psycopg2 2.9", "asyncpg 0.29.0"}}
}

func distroless(t *testing.T) built {
	t.Helper()
	stanza, err := exec.CommandContext(t.Context(), "dpkg-query", "-s", "libpq5").Output()
	if err != nil {
		judge.Missing(t, "Debian's libpq5", "no image was built of it")
		t.SkipNow()
	}
	return built{
		config: v1.Config{User: "65532"},
		layers: [][]byte{registry.Gzip(registry.Tar(
			registry.Entry{Name: "var/lib/dpkg/status.d/libpq5", Content: string(stanza)},
			registry.Entry{Name: "var/lib/dpkg/status.d/psql", Content: "Package: postgresql-client-15\nVersion: 15.8-0\n"}))},
		drivers: []string{"psql 15.8"},
	}
}

// updateCACertificates has what that program leaves: each certificate under
// its hash, and all in one file.
func updateCACertificates(t *testing.T) built {
	t.Helper()
	entries := []registry.Entry{{Name: "etc/ssl/certs/ca-certificates.crt", Content: string(roots(t))}, {Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}}
	for i, c := range certificates(t) {
		file := fmt.Sprintf("usr/local/share/ca-certificates/rds-%d.crt", i)
		entries = append(entries, registry.Entry{Name: file, Content: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))},
			registry.Entry{Name: fmt.Sprintf("etc/ssl/certs/%s.%d", truststore.NameHash(c), 0), Link: "/" + file})
	}
	return built{
		layers:  [][]byte{debian(t, "python3-psycopg2", "libpq5", "libssl3"), registry.Gzip(registry.Tar(entries...))},
		drivers: []string{"psycopg2 2.9"},
		stores:  []string{"/etc/ssl/certs/ca-certificates.crt: 3 [go]", "/usr/lib/ssl/certs: 3 [openssl]"},
	}
}

// TestSpeed prints how long the images of a folder take, for a comparison with
// a scanner.
func TestSpeed(t *testing.T) { //nolint:paralleltest // It measures.
	folder := os.Getenv(folderVariable)
	if folder == "" {
		t.Skip("no folder is named in " + folderVariable)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.tar"))
	must(t, err)
	for _, file := range files {
		began := time.Now()
		image, err := artifact.Open(t.Context(), "docker-archive:"+file, artifact.Options{Keep: deployment.Wanted})
		must(t, err)
		found, err := deployment.Inspect(image.Files(t.Context()), deployment.Config{}, deployment.Options{})
		must(t, err)
		t.Logf("%s: %d ms, %q", filepath.Base(file), time.Since(began).Milliseconds(), found.Names())
		must(t, image.Close())
	}
}
