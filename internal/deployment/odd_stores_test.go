package deployment_test

import (
	"crypto/x509"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sslready/terraform-provider-sslready/internal/lab/standin/registry"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/readiness"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

const (
	debianStatus = "Package: python3-psycopg2\nStatus: install ok installed\nVersion: 2.9.5-1\n\nPackage: libpq5\nStatus: install ok installed\nVersion: 16.4-1\n\nPackage: libssl3\nStatus: install ok installed\nVersion: 3.0.17-1\n"
	catalina     = "#!/bin/sh\nif [ -r \"$CATALINA_BASE/bin/setenv.sh\" ]; then\n  . \"$CATALINA_BASE/bin/setenv.sh\"\nfi\nif [ -z \"$JSSE_OPTS\" ] ; then\n  JSSE_OPTS=\"-Djdk.tls.ephemeralDHKeySize=2048\"\nfi\n"
	jvmStore     = "jdbc:postgresql://localhost/d?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
	users        = "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
)

// psycopg is what is declared of a client on libpq.
func psycopg(connection string) policy.Settings {
	return policy.Settings{Driver: "psycopg2", Connection: "host=localhost " + connection}
}

// jks is a key store of Java with the right root.
func (c oddServer) jks() string {
	password := "changeit"
	store, err := truststore.EncodeJKS([]*x509.Certificate{c.chain.Root}, &password)
	if err != nil {
		panic(err) // It is a certificate.
	}
	return string(store)
}

// oddStarts are commands that change what the image's configuration says.
func (c oddServer) oddStarts() map[string]odd {
	base := of(at("var/lib/dpkg/status", debianStatus), at("etc/passwd", users), at("right.pem", c.right), at("past.pem", c.past))
	script := func(name, text string) registry.Entry {
		return registry.Entry{Name: name, Content: text, Mode: 0o755}
	}
	libpq := func(command []string, outcome readiness.Outcome, says string, entries ...registry.Entry) odd {
		return odd{
			layers: [][]byte{base, of(append(entries, at("x", ""))...)}, config: v1.Config{Entrypoint: command, Env: []string{"PGSSLMODE=verify-full", "PGSSLROOTCERT=/right.pem"}},
			declared: psycopg(""), outcome: outcome, says: says,
		}
	}
	store := c.jks()
	java := of(at("opt/java/release", "JAVA_VERSION=\"21.0.4\"\n"), at("opt/java/lib/security/cacerts", store), script("opt/java/bin/java", "x"), at("app/postgresql-42.7.4.jar", string(registry.Zip())), at("past.pem", c.past))
	jvm := func(command, env []string, outcome readiness.Outcome, says string, entries ...registry.Entry) odd {
		return odd{
			layers: [][]byte{java, of(append(entries, at("x", ""))...)}, config: v1.Config{Entrypoint: command, Env: env},
			declared: policy.Settings{Driver: "pgjdbc", Connection: jvmStore}, outcome: outcome, says: says,
		}
	}
	lambda := func(command, env []string) odd {
		return odd{
			layers: [][]byte{base, of(at("root/.postgresql/root.crt", c.right))}, config: v1.Config{Entrypoint: command, WorkingDir: "/var/task", Env: env},
			declared: psycopg("sslmode=verify-full"), outcome: readiness.Indeterminate, says: "the home directory of the image's user is not known",
		}
	}
	node := of(at("app/node_modules/pg/package.json", `{"version":"8.13.0"}`), at("usr/local/include/node/node_version.h", "#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 17\n#define NODE_PATCH_VERSION 0\n"), at("right.pem", c.right))
	var chain []registry.Entry
	for i := range 70 {
		chain = append(chain, script(fmt.Sprintf("s%d", i), fmt.Sprintf("#!/bin/sh\n. /s%d\n", i+1)))
	}
	const option = "-Djavax.net.ssl.trustStore=/past.pem"
	return map[string]odd{
		"as it is":                   libpq([]string{"/app"}, readiness.Connects, ""),
		"env":                        libpq([]string{"env", "PGSSLROOTCERT=/past.pem", "/app"}, readiness.Fails, ""),
		"env behind an init":         libpq([]string{"/sbin/tini", "--", "/usr/bin/env", "PGSSLROOTCERT=/past.pem", "/app"}, readiness.Fails, ""),
		"env of a home":              libpq([]string{"env", "-", "HOME=/srv", "/app"}, readiness.Indeterminate, "changes the environment"),
		"env with nothing":           libpq([]string{"env", "-i", "/app"}, readiness.Indeterminate, "changes the environment"),
		"a login shell":              libpq([]string{"bash", "-lc", "exec /app"}, readiness.Indeterminate, "/etc/profile.d/app.sh sets PGSSLROOTCERT", at("etc/profile.d/app.sh", "export PGSSLROOTCERT=/past.pem\n")),
		"a shell with options":       libpq([]string{"/bin/bash", "-o", "pipefail", "-c", "export PGSSLROOTCERT=/past.pem; exec /app"}, readiness.Indeterminate, "sets PGSSLROOTCERT"),
		"a shell, options together":  libpq([]string{"/bin/sh", "-ec", "PGSSLROOTCERT=/past.pem /app"}, readiness.Indeterminate, "sets PGSSLROOTCERT"),
		"a script in a script":       libpq([]string{"/start.sh"}, readiness.Indeterminate, "/opt/env.sh sets PGSSLROOTCERT", script("start.sh", "#!/bin/sh\n. /opt/env.sh\nexec /app\n"), at("opt/env.sh", "export PGSSLROOTCERT=/past.pem\n")),
		"a script that reads others": libpq([]string{"/start.sh"}, readiness.Connects, "runs a script whose name is known only at run time", script("start.sh", "#!/bin/sh\n. \"$(dirname $0)/env.sh\"\nexec /app\n")),
		"a script beside it":         libpq([]string{"/opt/bin/start.sh"}, readiness.Indeterminate, "/opt/env.sh sets PGSSLROOTCERT", script("opt/bin/start.sh", "#!/bin/sh\n. \"$(dirname \"$0\")/../env.sh\"\n"), at("opt/env.sh", "export PGSSLROOTCERT=/past.pem\n")),
		"a profile":                  libpq([]string{"/bin/sh", "-c", ". /etc/profile && exec /app"}, readiness.Indeterminate, "/etc/profile.d/app.sh sets PGSSLROOTCERT", at("etc/profile", "for i in /etc/profile.d/*.sh; do . $i; done\n"), at("etc/profile.d/app.sh", "export PGSSLROOTCERT=/past.pem\n")),
		"a program that is a script": libpq([]string{"/start.jar"}, readiness.Indeterminate, "/start.jar sets PGSSLROOTCERT", script("start.jar", "#!/bin/bash\nexport PGSSLROOTCERT=/past.pem\nexec java -jar $0\nPK\x03\x04\x00"+strings.Repeat("\x00PGSSLMODE=x", 1<<18))),
		"two commands of shells":     libpq([]string{"sh", "-c", "exec sh -c \"$1\"", "sh", "-c", "PGSSLROOTCERT=/past.pem /app"}, readiness.Indeterminate, "sets PGSSLROOTCERT"),
		"scripts without an end":     libpq([]string{"/s0"}, readiness.Indeterminate, "more than 64 scripts", chain...),
		"a script of a script":       libpq([]string{"/start.sh"}, readiness.Indeterminate, "/opt/run.sh sets PGSSLROOTCERT", script("start.sh", "#!/bin/sh\nexec /opt/run.sh\n"), script("opt/run.sh", "#!/bin/sh\nexport \"PGSSLROOTCERT=/past.pem\"\n")),
		"a shell's script":           libpq([]string{"/bin/sh", "-c", "./start.sh"}, readiness.Indeterminate, "start.sh sets PGSSLROOTCERT", script("start.sh", "#!/bin/sh\nexport PGSSLROOTCERT=/past.pem\n")),
		"a script without its line":  libpq([]string{"sh", "/start.sh"}, readiness.Indeterminate, "/start.sh sets PGSSLROOTCERT", script("start.sh", "export PGSSLROOTCERT=/past.pem\nexec /app\n")),
		"a script that unsets":       libpq([]string{"/start.sh"}, readiness.Indeterminate, "/start.sh sets PGSSLROOTCERT", script("start.sh", "#!/bin/sh\nunset PGSSLROOTCERT\nexec /app\n")),
		"gosu itself":                libpq([]string{"tini", "--", "gosu", "app", "/app"}, readiness.Indeterminate, "is not allowed to read it", registry.Entry{Name: "right.pem", Content: c.right, Mode: 0o600}),
		"gosu, and a file of root's": libpq([]string{"/start.sh"}, readiness.Indeterminate, "is not allowed to read it", script("start.sh", "#!/bin/sh\nexec gosu app /app\n"), registry.Entry{Name: "right.pem", Content: c.right, Mode: 0o600}),
		"gosu, and root's home": {
			layers: [][]byte{base, of(script("start.sh", "#!/bin/sh\nexec su-exec app /app\n"), at("root/.postgresql/root.crt", c.right))}, config: v1.Config{Entrypoint: []string{"/start.sh"}},
			declared: psycopg("sslmode=verify-full"), outcome: readiness.Indeterminate, says: "the home directory of the image's user is not known",
		},
		"Temurin's script and more": jvm([]string{"/start.sh"}, nil, readiness.Indeterminate, "sets SSL_CERT_FILE", script("start.sh", "#!/bin/sh\nif [ -n \"$USE_SYSTEM_CA_CERTS\" ]; then\n export JAVA_TOOL_OPTIONS=y\nfi\nexport SSL_CERT_FILE=/x\n")),
		"JAVA_OPTS by a shell":      jvm([]string{"sh", "-c", "exec java $JAVA_OPTS -jar /app.jar"}, []string{"JAVA_OPTS=" + option}, readiness.Indeterminate, "JAVA_OPTS"),
		"Tomcat":                    jvm([]string{"catalina.sh", "run"}, []string{"PATH=/usr/local/tomcat/bin:/opt/java/bin"}, readiness.Connects, "whose name is known only at run time", script("usr/local/tomcat/bin/catalina.sh", catalina)),
		"Tomcat with its setenv.sh": jvm([]string{"catalina.sh", "run"}, []string{"PATH=/usr/local/tomcat/bin:/opt/java/bin"}, readiness.Indeterminate, "/usr/local/tomcat/bin/setenv.sh passes javax.net.ssl.trustStore", script("usr/local/tomcat/bin/catalina.sh", catalina), at("usr/local/tomcat/bin/setenv.sh", "CATALINA_OPTS=\""+option+"\"\n")),
		"JAVA_OPTS by env":          jvm([]string{"env", "JAVA_OPTS=" + option, "sh", "-c", "exec java $JAVA_OPTS -jar /app.jar"}, nil, readiness.Indeterminate, "the variable JAVA_OPTS passes javax.net.ssl.trustStore"),
		"JAVA_OPTS that says else":  jvm([]string{"sh", "-c", "exec java $JAVA_OPTS -jar /app.jar"}, []string{"JAVA_OPTS=-Xmx1g"}, readiness.Connects, ""),
		"an option behind a path":   jvm([]string{"/opt/java/bin/java", "-cp", "/app/*", option, "Main"}, nil, readiness.Fails, ""),
		"an option of the program":  jvm([]string{"/opt/java/bin/java", "-jar", "/app.jar", option}, nil, readiness.Connects, ""),
		"an option without quotes":  jvm([]string{"/start.sh"}, nil, readiness.Indeterminate, "/start.sh passes javax.net.ssl.trustStore", script("start.sh", "#!/bin/sh\nexport CATALINA_OPTS="+option+"\n")),
		"a file of options":         jvm([]string{"/opt/java/bin/java", "@/app/args", "Main"}, nil, readiness.Indeterminate, "/app/args passes javax.net.ssl.trustStore", at("app/args", option+"\n")),
		"a file of a class path":    jvm([]string{"/opt/java/bin/java", "-cp", "@/app/jib-classpath-file", "Main"}, nil, readiness.Connects, "", at("app/jib-classpath-file", "/app/a.jar")),
		"a launcher of buildpacks":  jvm([]string{"/cnb/process/web"}, nil, readiness.Indeterminate, "/cnb/process/web"),
		"a variable of buildpacks":  libpq([]string{"/cnb/process/web"}, readiness.Indeterminate, "PGSSLROOTCERT", at("layers/x/y/env.launch/PGSSLROOTCERT.override", "/past.pem")),
		"PgBouncer with its file": {
			layers:   [][]byte{base, of(at("etc/pgbouncer/pgbouncer.ini", "[databases]\nserver_tls_sslmode = disable\n[pgbouncer]\n;server_tls_sslmode = require\nserver_tls_sslmode = verify-full\nserver_tls_ca_file=/past.pem\n"), at("usr/sbin/pgbouncer", "PgBouncer 1.23.1"))},
			declared: policy.Settings{Driver: "pgbouncer"}, outcome: readiness.Fails,
		},
		"PgBouncer without its file": {
			layers: [][]byte{base, of(at("usr/sbin/pgbouncer", "PgBouncer 1.23.1"))}, config: v1.Config{Cmd: []string{"pgbouncer", "conf/my.ini"}, WorkingDir: "/srv"},
			declared: policy.Settings{Driver: "pgbouncer"}, outcome: readiness.Indeterminate, says: "/srv/conf/my.ini cannot be read",
		},
		"PgBouncer whose file ends in conf": {
			layers:   [][]byte{base, of(at("cfg/my.conf", "[pgbouncer]\nserver_tls_sslmode = verify-full\nserver_tls_ca_file=/past.pem\n"), at("usr/sbin/pgbouncer", "PgBouncer 1.23.1"))},
			config:   v1.Config{Cmd: []string{"sh", "-c", "exec pgbouncer -v /cfg/my.conf"}},
			declared: policy.Settings{Driver: "pgbouncer"}, outcome: readiness.Fails,
		},
		"PgBouncer that a program starts": {
			layers: [][]byte{base, of(at("usr/sbin/pgbouncer", "PgBouncer 1.23.1"))}, config: v1.Config{Cmd: []string{"/init"}},
			declared: policy.Settings{Driver: "pgbouncer"}, outcome: readiness.Indeterminate, says: "does not say which file PgBouncer reads",
		},
		"PgBouncer whose file includes another": {
			layers:   [][]byte{base, of(at("etc/pgbouncer/pgbouncer.ini", "%include /run/x.ini\n[pgbouncer]\n"), at("usr/sbin/pgbouncer", "PgBouncer 1.23.1"))},
			declared: policy.Settings{Driver: "pgbouncer"}, outcome: readiness.Indeterminate, says: "includes another file",
		},
		"a home by env": {
			layers: [][]byte{base, of(at("srv/.postgresql/root.crt", c.past), at("root/.postgresql/root.crt", c.right))}, config: v1.Config{Entrypoint: []string{"env", "HOME=/srv", "/app"}},
			declared: psycopg("sslmode=verify-full"), outcome: readiness.Fails,
		},
		"a file of variables for Node": {
			layers: [][]byte{node, of(at("app/.env", "NODE_EXTRA_CA_CERTS=/right.pem\n"))}, config: v1.Config{WorkingDir: "/app", Entrypoint: []string{"node", "-r", "./tracer.js", "--env-file", ".env", "index.js"}},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl": "true"}}, outcome: readiness.Indeterminate, says: "/app/.env sets NODE_EXTRA_CA_CERTS",
		},
		"an option of Node behind another": {
			layers: [][]byte{node}, config: v1.Config{WorkingDir: "/app", Entrypoint: []string{"node", "-r", "./tracer.js", "--use-openssl-ca", "index.js"}},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl": "true"}}, outcome: readiness.Indeterminate, says: "place = \"system\"",
		},
		"Lambda's base image": lambda([]string{"/lambda-entrypoint.sh"}, nil),
		"Lambda's variable":   lambda([]string{"/app"}, []string{"LAMBDA_TASK_ROOT=/var/task"}),
		"Lambda's client":     lambda([]string{"/usr/bin/python3", "-m", "awslambdaric"}, nil),
		"Lambda's Node": {
			layers: [][]byte{node}, config: v1.Config{Entrypoint: []string{"/lambda-entrypoint.sh"}},
			declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl": "true"}}, outcome: readiness.Indeterminate, says: "Node up to 18",
		},
	}
}

// oddStores are trust stores that are not where they seem to be.
func (c oddServer) oddStores() map[string]odd {
	base := of(at("var/lib/dpkg/status", debianStatus), at("etc/passwd", users), at("usr/share/rds.pem", c.right))
	libpq := func(connection string, config v1.Config, outcome readiness.Outcome, says string, layers ...[]byte) odd {
		return odd{layers: append([][]byte{base}, layers...), config: config, declared: psycopg(connection), outcome: outcome, says: says}
	}
	system := "sslmode=verify-full sslrootcert=system"
	folder := func(mode int64) []byte {
		return of(registry.Entry{Name: "usr/local/share/ca-certificates/rds.crt", Content: c.right, Mode: mode}, registry.Entry{Name: "etc/ssl/certs/" + c.hash, Link: "/usr/local/share/ca-certificates/rds.crt"},
			registry.Entry{Name: "usr/lib/ssl/certs", Link: "/etc/ssl/certs"}, at("etc/ssl/certs/ca-certificates.crt", c.right))
	}
	python := func(driver string) policy.Settings {
		return policy.Settings{Driver: driver, Properties: map[string]string{"ssl": "create_default_context"}}
	}
	store := c.jks()
	ubi := at("var/lib/rpm/x", "")
	return map[string]odd{
		"a whiteout":                                 libpq("sslmode=verify-full sslrootcert=/usr/share/rds.pem", v1.Config{}, readiness.Fails, "which is not in the image", of(at("usr/share/.wh.rds.pem", ""))),
		"a link to a bundle":                         libpq("sslmode=verify-full sslrootcert=/etc/rds/ca.pem", v1.Config{}, readiness.Connects, "", of(registry.Entry{Name: "etc/rds", Link: "../usr/share/rds"}, registry.Entry{Name: "usr/share/rds/ca.pem", Link: "../rds.pem"})),
		"a link that leads nowhere":                  libpq("sslmode=verify-full sslrootcert=/etc/ca.pem", v1.Config{}, readiness.Fails, "which is not in the image", of(registry.Entry{Name: "etc/ca.pem", Link: "/run/secrets/ca.pem"})),
		"a folder as a file":                         libpq("sslmode=verify-full sslrootcert=/usr/share", v1.Config{}, readiness.Fails, ""),
		"update-ca-certificates":                     libpq(system, v1.Config{User: "app"}, readiness.Connects, "", folder(0o644)),
		"a user by number":                           libpq(system, v1.Config{User: "1000:1000"}, readiness.Connects, "", folder(0o644)),
		"update-ca-certificates of a file of root's": libpq(system, v1.Config{User: "app"}, readiness.Indeterminate, "is not allowed to read it", folder(0o600)),
		"SSL_CERT_FILE of a file that is not there":  libpq(system, v1.Config{Env: []string{"SSL_CERT_FILE=/absent"}}, readiness.Connects, "", folder(0o644)),
		"SSL_CERT_DIR of folders":                    libpq(system, v1.Config{Env: []string{"SSL_CERT_DIR=/a:/b"}}, readiness.Connects, "", of(at("b/"+c.hash, c.right))),
		"SSL_CERT_DIR with nothing":                  libpq(system, v1.Config{Env: []string{"SSL_CERT_DIR=/a"}}, readiness.Fails, "", folder(0o644)),
		"a store that is too large":                  libpq(system, v1.Config{Env: []string{"SSL_CERT_FILE=/large.pem"}}, readiness.Indeterminate, "/large.pem", of(registry.Entry{Name: "large.pem", Content: c.past + string(make([]byte, 17<<20))})),
		"psycopg 3 with its own OpenSSL": {
			layers:   [][]byte{base, folder(0o644), of(metadata("usr/lib/python3/site-packages", "psycopg", "3.2.1"), metadata("usr/lib/python3/site-packages", "psycopg-binary", "3.2.1"), at("usr/lib/python3/site-packages/psycopg_binary.libs/libpq-1a2b3c4d.so.5.16", "x"))},
			declared: policy.Settings{Driver: "psycopg", Connection: "host=localhost " + system}, outcome: readiness.Indeterminate, says: "brings its own OpenSSL",
		},
		"a Python with its own OpenSSL": {
			layers: [][]byte{of(at("etc/pki/tls/cert.pem", c.right), at("var/lib/dpkg/status", debianStatus), at("root/.local/share/uv/python/cpython-3.12.5-linux-x86_64-gnu/lib/python3.12/ssl.py", ""),
				metadata("srv/.venv/lib/python3.12/site-packages", "asyncpg", "0.29.0"), at("usr/lib/ssl/cert.pem", c.right))},
			declared: python("asyncpg"), outcome: readiness.Indeterminate, says: "no system OpenSSL, more than one, or",
		},
		"a Python with the system's OpenSSL": {
			layers: [][]byte{of(at("var/lib/dpkg/status", debianStatus), at("usr/lib/python3.12/ssl.py", ""), at("usr/lib/python3.12/lib-dynload/_ssl.cpython-312-x86_64-linux-gnu.so", "x"),
				metadata("srv/.venv/lib/python3.12/site-packages", "asyncpg", "0.29.0"), at("usr/lib/ssl/cert.pem", c.right))},
			declared: python("asyncpg"), outcome: readiness.Connects,
		},
		"NODE_EXTRA_CA_CERTS of a file that is not there": {
			layers: [][]byte{of(at("app/node_modules/pg/package.json", `{"version":"8.13.0"}`), at("usr/local/include/node/node_version.h", "#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 17\n#define NODE_PATCH_VERSION 0\n"))},
			config: v1.Config{Env: []string{"NODE_EXTRA_CA_CERTS=/etc/absent.pem"}}, declared: policy.Settings{Driver: "node-postgres", Properties: map[string]string{"ssl": "true"}}, outcome: readiness.Fails, says: "/etc/absent.pem",
		},
		"RHEL's store": {
			layers: [][]byte{of(ubi, at("usr/lib64/libcrypto.so.3", "OpenSSL 3.2.2 4 Jun 2024\x00OPENSSLDIR: \"/etc/pki/tls\"\x00"), metadata("usr/lib64/python3.9/site-packages", "psycopg2", "2.9.9"), at("usr/lib64/libpq.so.5.16", "x"),
				registry.Entry{Name: "etc/pki/tls/cert.pem", Link: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}, at("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", c.right))},
			declared: psycopg(system), outcome: readiness.Connects,
		},
		"the JVM's store is the distribution's": {
			layers:   [][]byte{of(at("usr/lib/jvm/java-21/release", "JAVA_VERSION=\"21.0.4\"\n"), registry.Entry{Name: "usr/lib/jvm/java-21/lib/security/cacerts", Link: "../../../../../../etc/ssl/certs/java/cacerts"}, at("etc/ssl/certs/java/cacerts", store), at("app/postgresql-42.7.4.jar", string(registry.Zip())))},
			declared: policy.Settings{Driver: "pgjdbc", Connection: jvmStore}, outcome: readiness.Connects,
		},
		"the JVM's store was deleted": {
			layers:   [][]byte{of(at("opt/java/release", "JAVA_VERSION=\"21.0.4\"\n"), at("opt/java/lib/security/cacerts", store), at("app/postgresql-42.7.4.jar", string(registry.Zip()))), of(at("opt/java/lib/security/.wh.cacerts", ""))},
			declared: policy.Settings{Driver: "pgjdbc", Connection: jvmStore}, outcome: readiness.Fails,
		},
		"JAVA_TOOL_OPTIONS of a store that is not there": {
			layers: [][]byte{of(at("opt/java/release", "JAVA_VERSION=\"21.0.4\"\n"), at("opt/java/lib/security/cacerts", store), at("app/postgresql-42.7.4.jar", string(registry.Zip())))},
			config: v1.Config{Env: []string{"JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=/absent.jks"}}, declared: policy.Settings{Driver: "pgjdbc", Connection: jvmStore}, outcome: readiness.Connects, says: "/absent.jks",
		},
	}
}
