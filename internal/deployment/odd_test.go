package deployment_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/artifact"
	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/pki"
	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// oddServer is the server that the clients of odd images connect to: its
// certification path, the root of it, one of another Region, and OpenSSL's name
// of the right one's file.
type oddServer struct {
	chain             *pki.Chain
	right, past, hash string
}

func newOddServer(t *testing.T) oddServer {
	t.Helper()
	chain, err := pki.NewRegion("us-east-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	must(t, err)
	other, err := pki.NewRegion("eu-west-1", pki.Today()).Chain(pki.CARSA2048, pki.Options{})
	must(t, err)
	return oddServer{chain: chain, right: string(chain.RootPEM()), past: string(other.RootPEM()), hash: truststore.NameHash(chain.Root) + ".0"}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func at(name, content string) registry.Entry { return registry.Entry{Name: name, Content: content} }

// odd is an image that misleads who reads it in haste.
type odd struct {
	layers   [][]byte
	config   v1.Config
	declared policy.Settings
	// drivers are all of them, as "name version"; nil does not ask.
	drivers []string
	// outcome is the verdict; empty asks for none.
	outcome readiness.Outcome
	// says is in what the provider says of the client or of the image: why
	// something is not known, a contradiction, or what is unread.
	says string
}

// TestOddImages pushes images as people build them to a registry, and holds
// what is found and said of them.
func TestOddImages(t *testing.T) {
	t.Parallel()
	c := newOddServer(t)
	server := registry.Start()
	t.Cleanup(server.Stop)
	cache := artifact.NewCache(t.TempDir(), 0)
	for family, all := range map[string]map[string]odd{
		"drivers": c.oddDrivers(t), "bundles": c.oddBundles(t), "starts": c.oddStarts(), "stores": c.oddStores(),
	} {
		for name, o := range all {
			t.Run(family+"/"+name, func(t *testing.T) {
				t.Parallel()
				made, err := registry.Image("linux/amd64", o.config, o.layers...)
				must(t, err)
				repository := strings.ToLower(strings.NewReplacer(" ", "-", "'", "", ",", "", "$", "", ".", "", ":", "").Replace(family + "-" + name))
				reference, err := server.Push(repository+":1", made)
				must(t, err)
				image, err := artifact.Open(t.Context(), reference, artifact.Options{Keep: deployment.Wanted, Cache: cache})
				must(t, err)
				t.Cleanup(func() { _ = image.Close() })
				o.ask(t, c, image)
			})
		}
	}
}

func (o odd) ask(t *testing.T, c oddServer, image *artifact.Image) {
	t.Helper()
	config := deployment.Config{User: o.config.User, WorkingDir: o.config.WorkingDir, Env: o.config.Env, Entrypoint: o.config.Entrypoint, Cmd: o.config.Cmd}
	found, err := deployment.Inspect(image.Files(t.Context()), config, deployment.Options{})
	must(t, err)
	drivers, said := []string{}, ""
	for _, d := range found.Drivers {
		drivers = append(drivers, strings.TrimSpace(d.Name+" "+d.Version+" "+d.Runtime))
	}
	for _, u := range found.Unread {
		said += u.Path + ": " + u.Reason + "\n"
	}
	slices.Sort(drivers)
	if o.drivers != nil && !slices.Equal(drivers, o.drivers) {
		t.Errorf("drivers %q, want %q", drivers, o.drivers)
	}
	if o.declared.Driver != "" {
		verdict, client := c.verdict(t, image, config, o.declared)
		said += client.Unknown + "\n" + strings.Join(client.Contradictions, "\n")
		if verdict.Outcome != o.outcome {
			t.Errorf("the verdict is %s (%s, store %q), want %s; %s", verdict.Outcome, verdict.Detail, client.StorePath, o.outcome, said)
		}
	}
	if !strings.Contains(said, o.says) || o.says == "" && strings.TrimSpace(said) != "" {
		t.Errorf("it says %q, want %q", said, o.says)
	}
}

// verdict is what the provider would say.
func (c oddServer) verdict(t *testing.T, image *artifact.Image, config deployment.Config, declared policy.Settings) (readiness.Verdict, deployment.Client) {
	t.Helper()
	files, force := image.Files(t.Context()), true
	declared.Host = "localhost"
	found := deployment.ClientOf(files, config, declared, func() (*deployment.Deployment, error) { return deployment.Inspect(files, config, deployment.Options{}) })
	client := readiness.Client{Name: "client", Settings: found.Settings, Store: readiness.Store{Content: found.Store}, Unknown: found.Unknown}
	report := readiness.Evaluate(readiness.Input{
		Target: readiness.Evidence{Presented: certpath.Presented{Certificates: c.chain.Presented()}}, ForceSSL: &force, At: pki.Today(), Clients: []readiness.Client{client},
	})
	return report.Verdicts["client"].Target, found
}

// of is a layer.
func of(entries ...registry.Entry) []byte { return registry.Gzip(registry.Tar(entries...)) }

func metadata(site, name, version string) registry.Entry {
	return at(site+"/"+strings.ReplaceAll(name, "-", "_")+"-"+version+".dist-info/METADATA", "Metadata-Version: 2.1\nName: "+name+"\nVersion: "+version+"\n")
}

func (c oddServer) oddDrivers(t *testing.T) map[string]odd {
	t.Helper()
	const site = "usr/local/lib/python3.12/site-packages"
	pg := func(version string) string { return `{"name":"pg","version":"` + version + `"}` }
	debian := at("var/lib/dpkg/status", "Package: libpq5\nStatus: install ok installed\nVersion: 15.18-0+deb12u1\n\nPackage: libssl3\nStatus: install ok installed\nVersion: 3.0.17-1\n")
	return map[string]odd{
		"a multi-stage leftover": {
			layers:  [][]byte{of(at("build/node_modules/pg/package.json", pg("7.0.0")), at("app/node_modules/pg/package.json", pg("8.11.3"))), of(at(".wh.build", ""))},
			drivers: []string{"node-postgres 8.11.3"},
		},
		"a venv beside the system's Python": {
			layers:  [][]byte{of(debian, metadata("opt/venv/lib/python3.12/site-packages", "psycopg2", "2.9.9"), metadata("usr/lib/python3/dist-packages", "asyncpg", "0.27.0"))},
			drivers: []string{"asyncpg 0.27.0 3.12", "psycopg2 2.9.9 libpq 15.18, OpenSSL 3.0.17"},
		},
		"uv links from its cache": {
			layers: [][]byte{of(metadata("root/.cache/uv/archive-v0/x", "asyncpg", "0.29.0"),
				registry.Entry{Name: "srv/.venv/lib/python3.12/site-packages/asyncpg-0.29.0.dist-info/METADATA", Hard: "root/.cache/uv/archive-v0/x/asyncpg-0.29.0.dist-info/METADATA"})},
			drivers: []string{"asyncpg 0.29.0 3.12", "asyncpg 0.29.0 3.12"},
		},
		"pnpm links from its store": {
			layers: [][]byte{of(at("root/.local/share/pnpm/store/v3/files/ab/cdef", pg("8.11.3")),
				registry.Entry{Name: "srv/node_modules/.pnpm/pg@8.11.3/node_modules/pg/package.json", Hard: "root/.local/share/pnpm/store/v3/files/ab/cdef"},
				registry.Entry{Name: "srv/node_modules/pg", Link: ".pnpm/pg@8.11.3/node_modules/pg"})},
			drivers: []string{"node-postgres 8.11.3"},
		},
		"pnpm links from the store of a layer below": {
			layers: [][]byte{
				of(at("root/.local/share/pnpm/store/v3/files/ab/cdef", pg("8.11.3"))),
				of(registry.Entry{Name: "srv/node_modules/.pnpm/pg@8.11.3/node_modules/pg/package.json", Hard: "root/.local/share/pnpm/store/v3/files/ab/cdef"}),
			},
			drivers: []string{"node-postgres 8.11.3"},
		},
		"pipx":         {layers: [][]byte{of(metadata("root/.local/share/pipx/venvs/pgcli/lib/python3.11/site-packages", "psycopg", "3.2.1"))}, drivers: []string{"psycopg 3.2.1"}},
		"poetry's own": {layers: [][]byte{of(metadata("root/.cache/pypoetry/virtualenvs/app-x-py3.12/lib/python3.12/site-packages", "pg8000", "1.31.2"))}, drivers: []string{"pg8000 1.31.2 3.12"}},
		"conda has its own libraries": {
			layers: [][]byte{of(debian, at("opt/conda/conda-meta/libpq-16.4-h2d7952a_2.json", "{}"), at("opt/conda/conda-meta/openssl-3.3.2-hb9d3cd8_0.json", "{}"),
				metadata("opt/conda/lib/python3.11/site-packages", "psycopg2", "2.9.9"), at("opt/conda/lib/libpq.so.5.16", "x"))},
			drivers: []string{"libpq 16 libpq 16", "psycopg2 2.9.9 libpq 16.4, OpenSSL 3.3.2"},
		},
		"an egg of setuptools": {layers: [][]byte{of(at(site+"/psycopg2-2.8.6-py3.12-linux-x86_64.egg/EGG-INFO/PKG-INFO", "Name: psycopg2\nVersion: 2.8.6\n"))}, drivers: []string{"psycopg2 2.8.6"}},
		"packages without their metadata": {
			layers: [][]byte{of(at("var/task/psycopg2/__init__.py", ""), at("var/task/psycopg2/_psycopg.cpython-312-x86_64-linux-gnu.so", "\x002.9.10 (dt dec pq3 ext lo64)\x00"),
				at("var/task/psycopg2_binary.libs/libpq-0a1b2c3d.so.5.17", "x"), at("var/task/psycopg2_binary.libs/libcrypto-0a1b2c3d.so.3", "\x00OpenSSL 3.5.8 1 Jan 2026\x00"), at("var/task/asyncpg/__init__.py", ""), at("var/task/asyncpg/_version.py", "__version__: typing.Final = '0.30.0'\n"),
				at("var/task/psycopg/__init__.py", ""), at("var/task/psycopg/version.py", "__version__ = \"3.1.18\"\n"), at("var/task/pg8000/__init__.py", ""),
				metadata(site, "pg8000", "1.31.2"), at(site+"/pg8000/__init__.py", ""))},
			drivers: []string{"asyncpg 0.30.0 3.12", "pg8000  3.12", "pg8000 1.31.2 3.12", "psycopg 3.1.18", "psycopg2 2.9.10 libpq 17, OpenSSL 3.5.8"},
		},
		"Yarn's caches": {
			layers: [][]byte{of(at("srv/.yarn/cache/pg-npm-8.11.3-2ff8fcae7c-10c0.zip", "PK"), at("root/.yarn/berry/cache/postgres-npm-3.4.4-0a1b2c3d4e-10c0.zip", "PK"),
				at("srv/.yarn/cache/@prisma-client-npm-5.22.0-0a1b2c3d4e-10c0.zip", "PK"), at("srv/.yarn/cache/pg-pool-npm-3.6.1-0a1b2c3d4e-10c0.zip", "PK"))},
			drivers: []string{"node-postgres 8.11.3", "postgres.js 3.4.4", "prisma 5.22.0"},
		},
		"workspaces": {
			layers:  [][]byte{of(registry.Entry{Name: "app/node_modules/@acme/db", Link: "../../packages/db"}, at("app/packages/db/node_modules/pg/package.json", pg("8.13.0")), at("app/packages/db/node_modules/pg-native/package.json", `{"name":"pg-native","version":"3.9.0"}`))},
			drivers: []string{"node-postgres 8.13.0", "pg-native 3.9.0"},
		},
		"Alpine's libpq, and a driver that was compiled": {
			layers:  [][]byte{of(at("lib/apk/db/installed", "P:libpq\nV:16.4-r0\n\nP:libcrypto3\nV:3.3.2-r0\n\nP:libssl3\nV:3.3.2-r0\n\n"), at("usr/lib/libpq.so.5.16", "x"), metadata(site, "psycopg2", "2.9.9"))},
			drivers: []string{"libpq 16 libpq 16.4, OpenSSL 3.3.2", "psycopg2 2.9.9 libpq 16.4, OpenSSL 3.3.2"},
		},
		"Bitnami's psql": {
			layers:  [][]byte{of(at("opt/bitnami/postgresql/lib/libpq.so.5.16", "x"), registry.Entry{Name: "opt/bitnami/postgresql/bin/psql", Content: "\x7fELF\x00psql (PostgreSQL) 16.4\x00", Mode: 0o755})},
			drivers: []string{"libpq 16 libpq 16", "psql 16.4 libpq 16.4"},
		},
		"Chainguard": {
			layers:  [][]byte{of(at("usr/lib/apk/db/installed", "P:php-8.3-pdo_pgsql\nV:8.3.11-r0\n\nP:libpq-16\nV:16.4-r1\n\nP:libssl3\nV:3.3.2-r0\n\n"))},
			drivers: []string{"php-pgsql 8.3.11 libpq 16.4, OpenSSL 3.3.2"},
		},
		"distroless": {
			layers:  [][]byte{of(at("var/lib/dpkg/status.d/libssl3t64", "Package: libssl3t64\nVersion: 3.5.1-1\n"), at("nodejs/bin/node", ""), at("app/node_modules/pg/package.json", pg("8.11.3")))},
			drivers: []string{"node-postgres 8.11.3"},
		},
		"gems of a bundle": {
			layers: [][]byte{of(debian, at("srv/vendor/bundle/ruby/3.3.0/specifications/pg-1.5.8.gemspec", "x"))}, drivers: []string{"ruby-pg 1.5.8 libpq 15.18, OpenSSL 3.0.17"},
		},
		"a gem with its own libpq": {
			layers:  [][]byte{of(debian, at("usr/local/bundle/specifications/pg-1.6.2-x86_64-linux.gemspec", "x"), at("usr/local/bundle/gems/pg-1.6.2-x86_64-linux/ports/x86_64-linux/lib/libpq-ruby-pg.so.1", "\x00PostgreSQL 18.0\x00OpenSSL 3.5.2 5 Aug 2025\x00"))},
			drivers: []string{"ruby-pg 1.6.2"},
		},
		"an Elixir release": {
			layers: [][]byte{of(at("app/lib/postgrex-0.19.3/ebin/postgrex.app", "{application,postgrex,[{vsn,\"0.19.3\"}]}."), at("app/releases/26/OTP_VERSION", "26.2.5\n"))}, drivers: []string{"postgrex 0.19.3"},
		},
		"poolers": {
			layers: [][]byte{of(registry.Entry{Name: "usr/bin/pgcat", Content: "\x7fELF", Mode: 0o755}, registry.Entry{Name: "usr/bin/odyssey", Content: "\x7fELF", Mode: 0o755})}, drivers: []string{"odyssey", "pgcat"},
		},
		"what cannot be read may be the driver": {
			layers: [][]byte{of(at("app/node_modules/pg/package.json", "{"))}, drivers: []string{},
			declared: policy.Settings{Driver: "node-postgres", Connection: "postgres://h/d?sslmode=no-verify"}, outcome: readiness.Indeterminate, says: "or in a part of the image that could not be read: /app/node_modules/pg/package.json",
		},
	}
}

// oddBundles are programs and archives with their drivers inside.
func (c oddServer) oddBundles(t *testing.T) map[string]odd {
	t.Helper()
	pom := func(group, artifact, version string) registry.Entry {
		return at("META-INF/maven/"+group+"/"+artifact+"/pom.properties", "version="+version+"\n")
	}
	driver := string(registry.Zip(pom("org.postgresql", "postgresql", "42.7.4")))
	class := "\xca\xfe\xba\xbe\x01\x00\x0642.6.1\x01\x00\x04Code"
	war := string(registry.Zip(at("WEB-INF/lib/postgresql-42.7.4.jar", driver)))
	java := at("opt/java/release", "JAVA_VERSION=\"21.0.4\"\n")
	content, err := os.ReadFile("/bin/true")
	must(t, err)
	elf := string(content)
	program := func(content string) registry.Entry {
		return registry.Entry{Name: "app", Content: content + strings.Repeat("\x00", 2<<20), Mode: 0o755}
	}
	return map[string]odd{
		"a WAR in an EAR":                  {layers: [][]byte{of(java, at("srv/app.ear", string(registry.Zip(at("web.war", war)))))}, drivers: []string{"pgjdbc 42.7.4 21.0.4"}},
		"a jar that is a script":           {layers: [][]byte{of(java, at("app.jar", "#!/bin/bash\nexec java -jar $0\n"+string(registry.Zip(at("BOOT-INF/lib/postgresql-42.7.4.jar", driver)))))}, drivers: []string{"pgjdbc 42.7.4 21.0.4"}},
		"a shaded jar":                     {layers: [][]byte{of(java, at("app.jar", string(registry.Zip(at("shadow/org/postgresql/util/DriverInfo.class", class)))))}, drivers: []string{"pgjdbc 42.6.1 21.0.4"}},
		"classes that lie open":            {layers: [][]byte{of(java, at("app/classes/org/postgresql/util/DriverInfo.class", class))}, drivers: []string{"pgjdbc 42.6.1 21.0.4"}},
		"Quarkus names it after its group": {layers: [][]byte{of(java, at("deployments/lib/main/org.postgresql.postgresql-42.7.4.jar", driver))}, drivers: []string{"pgjdbc 42.7.4 21.0.4"}},
		"wrappers, and Vert.x": {
			layers: [][]byte{of(java, at("lib/postgresql-42.7.4.jar", driver), at("lib/aws-advanced-jdbc-wrapper-2.5.4.jar", string(registry.Zip())), at("lib/aws-secretsmanager-jdbc-2.0.2.jar", string(registry.Zip(pom("com.amazonaws.secretsmanager", "aws-secretsmanager-jdbc", "2.0.2")))),
				at("lib/vertx-pg-client-4.5.10.jar", string(registry.Zip(pom("io.vertx", "vertx-pg-client", "4.5.10")))))},
			drivers: []string{"aws-advanced-jdbc-wrapper 42.7.4 21.0.4", "aws-secretsmanager-jdbc 42.7.4 21.0.4", "pgjdbc 42.7.4 21.0.4", "vertx-pg-client 4.5.10 21.0.4"},
		},
		"a bundle of esbuild": {
			layers:   [][]byte{of(at("app/index.js", "var pg=(()=>{})()"), at("app/rds.pem", c.past))},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl.ca": "/app/rds.pem"}}, outcome: readiness.Fails, says: "no node-postgres was found in the image",
		},
		"a native image beside a JDK": {
			layers:   [][]byte{of(java, at("opt/java/lib/security/cacerts", c.right), registry.Entry{Name: "opt/java/bin/java", Content: "x", Mode: 0o755}, program("\x7fELF"))},
			declared: policy.Settings{Driver: "pgjdbc", Connection: "jdbc:postgresql://localhost/d?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"}, outcome: readiness.Indeterminate, says: "no pgjdbc was found in the image",
		},
		"a program that UPX packed": {layers: [][]byte{of(program("\x7fELF\x00\x00UPX!\x00"))}, drivers: []string{}, says: "/app: it is packed with UPX"},
		"Rust without its list of crates": {
			layers:  [][]byte{of(program(elf + "/usr/local/cargo/registry/src/index-6f17d22bba15001f/tokio-postgres-0.7.10/src/connect.rs\x00/root/.cargo/registry/src/x/sqlx-postgres-0.8.2/src/lib.rs\x00"))},
			drivers: []string{"sqlx 0.8.2", "tokio-postgres 0.7.10"},
		},
	}
}
