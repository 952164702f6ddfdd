package deployment_test

import (
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sslready/terraform-provider-sslready/internal/deployment"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// rootOf is a root of RDS as PEM, and the name under which OpenSSL looks for it.
func rootOf(t *testing.T) (content, hashed string) {
	t.Helper()
	all, err := os.ReadFile(filepath.Join("..", "truststore", "testdata", "rds", "roots.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(all)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), truststore.NameHash(certificate) + ".0"
}

// owned has every file belong to root.
type owned struct{ fstest.MapFS }

type ownedInfo struct{ fs.FileInfo }

func (ownedInfo) Owner() (uid, gid int, known bool) { return 0, 0, true }

func (o owned) Stat(name string) (fs.FileInfo, error) {
	info, err := o.MapFS.Stat(name)
	return ownedInfo{info}, err
}

const (
	goProgram  = "usr/local/lib/python3.12/site-packages/asyncpg-0.30.0.dist-info/METADATA"
	jarPath    = "app/lib/postgresql-42.7.4.jar"
	defaultJVM = "jdbc:postgresql://h/d?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
)

// TestClientOfImagesAsPeopleBuildThem holds where the client of an image finds
// its trust store, and where that is not known.
func TestClientOfImagesAsPeopleBuildThem(t *testing.T) {
	t.Parallel()
	root, hashed := rootOf(t)
	java := func(home, version string) fstest.MapFS {
		return fstest.MapFS{home + "/release": file("JAVA_VERSION=\"" + version + "\"\n"), home + "/lib/security/cacerts": file(root), home + "/bin/java": file("x"), jarPath: file(emptyZip)}
	}
	psycopg := fstest.MapFS{
		"etc/passwd":          file("app:x:1000:1000::/home/app:/bin/sh\n"),
		"var/lib/dpkg/status": file("Package: python3-psycopg2\nStatus: install ok installed\nVersion: 2.9.5-1\n\nPackage: libpq5\nStatus: install ok installed\nVersion: 16.4-1\n\nPackage: libssl3\nStatus: install ok installed\nVersion: 3.0.14-1\n"),
		"app/rds.pem":         file(root),
	}
	asyncpg := fstest.MapFS{goProgram: file("Name: asyncpg\nVersion: 0.30.0\n"), "usr/local/include/python3.12/patchlevel.h": file("#define PY_VERSION \"3.12.4\"\n")}
	debian := fstest.MapFS{"var/lib/dpkg/status": file("Package: libssl3\nStatus: install ok installed\nVersion: 3.0.14-1\n")}
	npgsql := fstest.MapFS{"app/a.deps.json": file(`{"libraries":{"Npgsql/8.0.3":{}}}`), "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.8/x": file("x")}
	node := fstest.MapFS{"app/node_modules/pg/package.json": file(`{"version":"8.11.3"}`)}
	script := func(text string) fstest.MapFS {
		return fstest.MapFS{"app/start.sh": file("#!/bin/sh\n# PGSSLMODE=disable\n" + text + "\nexec \"$@\"\n")}
	}
	start := []string{"/app/start.sh"}
	for name, test := range map[string]struct {
		files                         []fstest.MapFS
		config                        deployment.Config
		declared                      policy.Settings
		rootOwns                      bool
		store, unknown, contradiction string
		place                         policy.Place
	}{
		"a start script that names the file": {
			files: []fstest.MapFS{psycopg, script("export PGSSLROOTCERT=/tmp/x.pem")}, config: deployment.Config{Entrypoint: start},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=verify-full"}, unknown: "/app/start.sh sets PGSSLROOTCERT: in \"environment\", declare the value that PGSSLROOTCERT has afterwards", contradiction: "/app/start.sh sets PGSSLROOTCERT when the container starts",
		},
		"a start script whose variable is declared": {
			files: []fstest.MapFS{psycopg, script("export PGSSLROOTCERT=/tmp/x.pem")}, config: deployment.Config{Entrypoint: start},
			declared: policy.Settings{Driver: "psycopg2", Environment: map[string]string{"PGSSLROOTCERT": "/app/rds.pem"}}, store: "/app/rds.pem",
		},
		"a start script that sets what no driver reads": {
			files: []fstest.MapFS{psycopg, script("export PGPASSWORD=x NODE_OPTIONS=y APP=z")}, config: deployment.Config{Entrypoint: start, WorkingDir: "/app"},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=rds.pem"}, store: "/app/rds.pem",
		},
		"a shell command with a default": {
			files: []fstest.MapFS{psycopg}, config: deployment.Config{Cmd: []string{"/bin/sh", "-c", ": ${PGSSLMODE:=disable}; exec app"}},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=/app/rds.pem"}, unknown: "sets PGSSLMODE", contradiction: "the command of the image sets PGSSLMODE",
		},
		"a relative script by the working directory": {
			files: []fstest.MapFS{psycopg, script("PGSSLMODE=disable exec app")}, config: deployment.Config{Entrypoint: []string{"sh", "./start.sh"}, WorkingDir: "/app"},
			declared: policy.Settings{Driver: "psycopg2"}, unknown: "sets PGSSLMODE", contradiction: "sets PGSSLMODE",
		},
		"a relative script as the entry point": {
			files: []fstest.MapFS{psycopg, script("PGSSLMODE=disable exec app")}, config: deployment.Config{Entrypoint: []string{"./start.sh"}, WorkingDir: "/app"},
			declared: policy.Settings{Driver: "psycopg2"}, unknown: "sets PGSSLMODE", contradiction: "/app/start.sh sets PGSSLMODE",
		},
		"a start that adds to the system's store": {
			files: []fstest.MapFS{psycopg, script("update-ca-certificates")}, config: deployment.Config{Entrypoint: start},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=system"}, unknown: "/app/start.sh changes trust stores when the container starts (update-ca-certificates)",
		},
		"a variable of another runtime hides no default file": {
			files: []fstest.MapFS{psycopg, {"home/app/.postgresql/root.crt": file(root)}}, config: deployment.Config{User: "app", Env: []string{"SSL_CERT_FILE=/app/rds.pem"}},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=require"}, store: "/home/app/.postgresql/root.crt", place: policy.PlaceHome,
		},
		"HOME of the deployment": {
			files: []fstest.MapFS{psycopg, {"srv/.postgresql/root.crt": file(root)}}, config: deployment.Config{User: "app"},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=require", Environment: map[string]string{"HOME": "/srv"}}, store: "/srv/.postgresql/root.crt",
		},
		"the system's file that a variable names": {
			files: []fstest.MapFS{psycopg}, config: deployment.Config{Env: []string{"SSL_CERT_FILE=/app/rds.pem"}},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=system"}, store: "/app/rds.pem", place: policy.PlaceSystem,
		},
		"a file that only a volume could bring": {
			files:    []fstest.MapFS{psycopg},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=require sslrootcert=/mnt/rds.pem"}, unknown: "/mnt/rds.pem is not in the image: if it comes from a volume", contradiction: `the settings refer to "/mnt/rds.pem"`,
		},
		"a file that the user may not read": {
			files: []fstest.MapFS{psycopg, {"app/secret.pem": {Data: []byte(root), Mode: 0o600}}}, config: deployment.Config{User: "app"}, rootOwns: true,
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=verify-full sslrootcert=/app/secret.pem"}, unknown: "the image's user is not allowed to read it (/app/secret.pem has mode 0600)", contradiction: "the client's trust store is /app/secret.pem",
		},
		"a file that root may read": {
			files: []fstest.MapFS{psycopg, {"app/secret.pem": {Data: []byte(root), Mode: 0o600}}}, rootOwns: true,
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslmode=verify-full sslrootcert=/app/secret.pem"}, store: "/app/secret.pem",
		},
		"a certificate under its hash": {
			files:    []fstest.MapFS{asyncpg, debian, {"usr/lib/ssl/certs/" + hashed: file(root)}},
			declared: policy.Settings{Driver: "asyncpg", Properties: map[string]string{"ssl": "create_default_context"}}, store: "/usr/lib/ssl/certs", place: policy.PlaceSystem,
		},
		"a file in OpenSSL's folder that is under no hash": {
			files:    []fstest.MapFS{psycopg, {"usr/lib/ssl/certs/rds.pem": file(root)}},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=system"},
		},
		"two OpenSSLs": {
			files:    []fstest.MapFS{psycopg, {"opt/conda/lib/libcrypto.so.3": file("OpenSSL 3.2.0 x")}},
			declared: policy.Settings{Driver: "psycopg2", Connection: "sslrootcert=system"}, unknown: "it is not known where the client looks for trust stores: the image has no system OpenSSL, more than one, or",
		},
		".NET reads every file of the folder": {
			files:    []fstest.MapFS{npgsql, debian, {"usr/lib/ssl/certs/rds.pem": file(root)}},
			declared: policy.Settings{Driver: "npgsql", Connection: "Host=h;SSL Mode=VerifyFull"}, store: "/usr/lib/ssl/certs", place: policy.PlaceSystem,
		},
		"a program that joins the name": {
			files:    []fstest.MapFS{node},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl.ca": "readFileSync(path.join(__dirname, 'rds.pem'))"}}, unknown: "which cannot be looked up in an image",
		},
		"the JVM's options on the command line": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), {"certs/t.jks": file(root)}}, config: deployment.Config{Entrypoint: []string{"java", "-Xmx1g", "-Djavax.net.ssl.trustStore=/certs/t.jks", "-jar", "/app.jar"}},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, store: "/certs/t.jks",
		},
		"the JVM's options in a script": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), script("exec java -Djavax.net.ssl.trustStore=$STORE -jar app.jar")}, config: deployment.Config{Entrypoint: start},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, unknown: "passes javax.net.ssl.trustStore to the JVM", contradiction: "passes javax.net.ssl.trustStore to the JVM",
		},
		"the JVM's options beside a secret": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), {"certs/t.jks": file(root)}}, config: deployment.Config{Env: []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/certs/t.jks -Djavax.net.ssl.keyStorePassword=planted"}},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, store: "/certs/t.jks",
		},
		"Temurin's entry point": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), script("if [ -n \"$USE_SYSTEM_CA_CERTS\" ]; then\n keytool -import -file x\n export JAVA_TOOL_OPTIONS=y\nfi")}, config: deployment.Config{Entrypoint: start},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, store: "/opt/java/lib/security/cacerts", place: policy.PlaceSystem,
		},
		"Temurin's entry point at work": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), script("if [ -n \"$USE_SYSTEM_CA_CERTS\" ]; then\n export JAVA_TOOL_OPTIONS=y\nfi")}, config: deployment.Config{Entrypoint: start, Env: []string{"USE_SYSTEM_CA_CERTS=1"}},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, unknown: "sets JAVA_TOOL_OPTIONS", contradiction: "sets JAVA_TOOL_OPTIONS",
		},
		"two Javas, and one in PATH": {
			files: []fstest.MapFS{java("opt/java", "17.0.9"), java("opt/old", "1.8.0_392")}, config: deployment.Config{Env: []string{"PATH=/bin:/opt/old/bin"}},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, store: "/opt/old/lib/security/cacerts", place: policy.PlaceSystem,
		},
		"two Javas, and nothing chooses": {
			files:    []fstest.MapFS{java("opt/java", "17.0.9"), java("opt/old", "1.8.0_392")},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, unknown: "which Java runtime of the image runs the client", contradiction: "the image has several runtimes: java 17.0.9, java 1.8.0_392. Declare the runtime_version",
		},
		"Node in AWS Lambda": {
			files: []fstest.MapFS{node}, config: deployment.Config{Lambda: true},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl": "true"}}, unknown: "Node up to 18",
		},
		"no Java that can be seen": {
			files:    []fstest.MapFS{{jarPath: file(emptyZip)}},
			declared: policy.Settings{Driver: "pgjdbc", Connection: defaultJVM}, unknown: "it is not known which Java runtime of the image runs the client",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := fstest.MapFS{}
			for _, layer := range test.files {
				maps.Copy(plain, layer)
			}
			var files fs.FS = plain
			if test.rootOwns {
				files = owned{plain}
			}
			test.declared.Host = "db.example.com"
			before := maps.Clone(test.declared.Properties)
			got := deployment.ClientOf(files, test.config, test.declared, func() (*deployment.Deployment, error) {
				return deployment.Inspect(files, test.config, deployment.Options{})
			})
			if got.StorePath != test.store || test.place != "" && got.Settings.StorePlace != test.place {
				t.Errorf("store %q (%s), want %q (%s)", got.StorePath, got.Settings.StorePlace, test.store, test.place)
			}
			if test.store != "" && !strings.Contains(string(got.Store), strings.Split(root, "\n")[5]) {
				t.Errorf("the store holds not the root: %q", got.Store)
			}
			if !strings.Contains(got.Unknown, test.unknown) || test.unknown == "" && got.Unknown != "" {
				t.Errorf("unknown %q, want %q", got.Unknown, test.unknown)
			}
			if all := strings.Join(got.Contradictions, "\n"); !strings.Contains(all, test.contradiction) || test.contradiction == "" && all != "" {
				t.Errorf("contradictions %q, want %q", all, test.contradiction)
			}
			if !maps.Equal(before, test.declared.Properties) {
				t.Error("what was declared is changed")
			}
		})
	}
}

// TestClientOfTakesFilesOfTheHome holds what drivers read without being told.
func TestClientOfTakesFilesOfTheHome(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"etc/passwd":                          file("app:x:1000:1000::/home/app:/bin/sh\n"),
		"home/app/.postgresql/postgresql.crt": file("x"),
		"home/app/.postgresql/root.crl":       file("x"),
		"home/app/.pg_service.conf":           file("[orders]\nsslmode=verify-full\npassword=planted\n"),
	}
	got := deployment.ClientOf(files, deployment.Config{User: "app"}, policy.Settings{Driver: "psycopg2", Connection: "service=orders"}, func() (*deployment.Deployment, error) {
		return deployment.Inspect(files, deployment.Config{}, deployment.Options{})
	})
	if e := got.Settings.Environment; string(got.Settings.Files["/home/app/.postgresql/postgresql.crt"].Content) != "x" || e["PGSSLCRL"] != "/home/app/.postgresql/root.crl" {
		t.Errorf("environment %v", e)
	}
	if service := got.Settings.Properties["pg_service.conf"]; !strings.Contains(service, "sslmode=verify-full") || strings.Contains(service, "planted") {
		t.Errorf("service file %q", service)
	}
	got = deployment.ClientOf(files, deployment.Config{User: "app"}, policy.Settings{Driver: "pgjdbc", Connection: "jdbc:postgresql://h/d"}, func() (*deployment.Deployment, error) {
		return deployment.Inspect(files, deployment.Config{}, deployment.Options{})
	})
	if keys := slices.Sorted(maps.Keys(got.Settings.Environment)); len(keys) > 0 || len(got.Settings.Properties) > 0 {
		t.Errorf("pgjdbc has %q, %v", keys, got.Settings.Properties)
	}
}
