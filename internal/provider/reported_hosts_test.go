package provider_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestReportedHosts are hosts that are none: of a manual, of a template, or what an
// empty variable becomes. In modes that verify nothing, no name is compared, and
// each would pass.
func TestReportedHosts(t *testing.T) {
	t.Parallel()
	const unfilled = "placeholder_not_filled_in"
	drivers := map[string]struct {
		connection string
		version    string
	}{
		"psycopg2":         {"host=%s sslmode=require", ""},
		"psql":             {"postgresql://app@%s:5432/app", ""},
		"asyncpg":          {"postgresql://app@%s/app?sslmode=prefer", ""},
		"lib-pq":           {"host=%s sslmode=require", ""},
		"pgx":              {"postgres://app@%s/app?sslmode=require", ""},
		"pgjdbc":           {"jdbc:postgresql://%s:5432/app?sslmode=require", ""},
		"r2dbc-postgresql": {"r2dbc:postgresql://app@%s/app?sslMode=require", ""},
		"node-postgres":    {"postgres://app@%s/app?sslmode=no-verify", "8.16.3"},
		"postgres.js":      {"postgres://app@%s/app?ssl=require", ""},
		"npgsql":           {"Host=%s;SSL Mode=Require;Trust Server Certificate=true", "8.0.3"},
		"pgbouncer":        {"host=%s", "1.22"},
		"sqlx":             {"postgres://app@%s/app?sslmode=require", ""},
		"dbd-pg":           {"dbi:Pg:host=%s;sslmode=require", ""},
	}
	cases := map[string]reported{}
	add := func(driver, host string, want reported) {
		want.client = values{"driver": driver, "connection": fmt.Sprintf(drivers[driver].connection, host)}
		if version := drivers[driver].version; version != "" {
			want.client["driver_version"] = version
		}
		cases[driver+" at "+host] = want
	}
	for driver := range drivers {
		for _, host := range []string{"YOUR_HOST", "DB_HOST", "<host>", "changeme", "your-rds-endpoint", "undefined", "db.example.com", "mydb.xxxxxxxx.us-east-1.rds.amazonaws.com"} {
			add(driver, host, reported{outcomes: "indeterminate", reason: unfilled, says: host})
		}
		for _, host := range []string{"localhost", "db", "postgres", "DBSERVER", "my_db", "orders.internal", "127.0.0.1"} {
			add(driver, host, reported{outcomes: "connects_unverified", reason: "not_verified"})
		}
	}
	judgeReported(t, cases)
}

// TestReportedStores are settings that name two files of roots, of which the driver
// takes one: the declared store is taken for that one only where its own name or its
// format says so.
func TestReportedStores(t *testing.T) {
	t.Parallel()
	const (
		unread  = "setting_not_read"
		missing = "root_certificate_missing"
		notRead = "trust_store_not_read"
		full    = "host=localhost sslmode=verify-full"
		java    = "-Djavax.net.ssl.trustStore="
		factory = "jdbc:postgresql://localhost/app?ssl=true&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
		node    = "postgres://app@localhost/app"
	)
	s := newReportedStores(t, newAccount(t))
	more := func(name string, pairs ...string) values {
		all := values{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return values{name: all}
	}
	release := values{"driver_version": "8.16.3"}
	system := values{"trust_store": values{"path": s.both, "place": "system"}}
	root := func(file string) values { return more("environment", "PGSSLROOTCERT", file) }
	cases := map[string]reported{
		"node, the option and its variable":         {verifying("node-postgres", node, s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/a.pem')"), more("environment", "NODE_EXTRA_CA_CERTS", "/b.pem")), "indeterminate", unread, `NODE_EXTRA_CA_CERTS names "/b.pem"`},
		"node, by name the option's":                {verifying("node-postgres", node, s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/app/both.pem')"), more("environment", "NODE_EXTRA_CA_CERTS", "/b.pem")), "connects", "accepted", ""},
		"node, by name the variable's":              {verifying("node-postgres", node, s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/a.pem')"), more("environment", "NODE_EXTRA_CA_CERTS", "/app/both.pem")), "fails", missing, "the declared store is the one that NODE_EXTRA_CA_CERTS names"},
		"node, the URL and the option":              {verifying("node-postgres", node+"?sslmode=verify-full&sslrootcert=/a.pem", s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/both.pem')")), "fails", missing, notRead},
		"node, a variable and the system's bundle":  {verifying("node-postgres", node, s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/a.pem')"), more("environment", "SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")), "connects", "accepted", ""},
		"node, the same file twice":                 {verifying("node-postgres", node, s.both, release, more("properties", "ssl.ca", "fs.readFileSync('/a.pem')"), more("environment", "NODE_EXTRA_CA_CERTS", "/a.pem")), "connects", "accepted", ""},
		"pgjdbc, PEM and the JVM's key store":       {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/a.pem", s.both, more("environment", "JAVA_TOOL_OPTIONS", java+"/b.jks")), "connects", "accepted", ""},
		"pgjdbc, PEM and a factory of the JVM":      {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/a.pem&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory", s.both, more("environment", "JAVA_TOOL_OPTIONS", java+"/b.jks")), "fails", "unknown_authority", `the declared store is the one that sslrootcert names ("/a.pem")`},
		"pgjdbc, a variable of a script":            {verifying("pgjdbc", factory, s.both, more("environment", "JAVA_OPTS", java+"/both.jks")), "indeterminate", unread, "ariable JAVA_OPTS contains JVM options"},
		"pgjdbc, Tomcat's, beside the JVM's own":    {verifying("pgjdbc", factory, s.both, system, more("environment", "CATALINA_OPTS", "-Xmx1g "+java+"/old.jks")), "indeterminate", unread, "CATALINA_OPTS"},
		"pgjdbc, declared as it is handed on":       {verifying("pgjdbc", factory, s.both, values{"properties": values{"javax.net.ssl.trustStore": "/both.jks"}, "environment": values{"JAVA_OPTS": java + "/both.jks"}}), "fails", "trust_store_unreadable", ""},
		"pgjdbc, a script's, and it does not count": {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/a.pem", s.both, more("environment", "JAVA_OPTS", java+"/b.jks")), "connects", "accepted", ""},
		"pgjdbc, a script's, nothing about TLS":     {verifying("pgjdbc", factory, s.both, system, more("environment", "JAVA_OPTS", "-Xmx1g -Dfoo=bar")), "fails", "trust_store_unreadable", ""},
		"r2dbc, a variable of a script":             {verifying("r2dbc-postgresql", "r2dbc:postgresql://localhost/app?sslMode=verify-full", s.both, system, more("environment", "JAVA_OPTS", java+"/old.jks")), "indeterminate", unread, "JAVA_OPTS"},
		"r2dbc, what Netty does not read":           {verifying("r2dbc-postgresql", "r2dbc:postgresql://localhost/app?sslMode=verify-full", s.both, system, more("environment", "JAVA_OPTS", "-Djdk.tls.client.protocols=TLSv1.2")), "fails", "trust_store_unreadable", ""},
		"pgx, a mode behind a #":                    {values{"driver": "pgx", "driver_version": "5.7.6", "connection": node + "#sslmode=verify-full"}, "indeterminate", unread, "gx silently drops #sslmode. As deployed, the client connects without verifying"},
		"lib/pq, a mode behind a #":                 {values{"driver": "lib-pq", "driver_version": "1.12.3", "connection": node + "?sslmode=require#&sslmode=verify-full"}, "indeterminate", unread, "lib-pq silently drops #sslmode"},
		"node, a mode behind a #":                   {values{"driver": "node-postgres", "driver_version": "8.16.3", "connection": node + "?sslmode=verify-full#sslmode=disable"}, "fails", "unknown_authority", "#sslmode"},
		"asyncpg, a comment behind a #":             {values{"driver": "asyncpg", "connection": node + "?sslmode=require#primary"}, "connects_unverified", "not_verified", ""},
		"psql, a database with a #":                 {values{"driver": "psql", "connection": node + "#?sslmode=require"}, "connects_unverified", "not_verified", ""},
		"psycopg2, a variable of Java is nothing":   {verifying("psycopg2", full+" sslrootcert=/a.pem", s.both, more("environment", "JAVA_OPTS", java+"/b.jks")), "connects", "accepted", ""},
		"psycopg2, the keyword beats the string":    {verifying("psycopg2", full+" sslrootcert=/a.pem", s.both, more("properties", "sslrootcert", "/both.pem")), "connects", "accepted", ""},
		"psycopg2, the string beaten":               {verifying("psycopg2", full+" sslrootcert=/both.pem", s.both, more("properties", "sslrootcert", "/a.pem")), "fails", missing, `sslrootcert names ("/both.pem")`},
		"psycopg2, the place that is declared":      {values{"driver": "psycopg2", "connection": full + " sslrootcert=/home/app/.postgresql/root.crt", "environment": values{"PGSSLROOTCERT": "/b.pem"}, "trust_store": values{"path": s.both, "place": "home"}}, "connects", "accepted", ""},
		"psql, the system's store in a variable":    {verifying("psql", full+" sslrootcert=system", s.both, values{"driver_version": "17"}, more("environment", "SSL_CERT_FILE", "/app/both.pem")), "connects", "accepted", ""},
		"psql, the system's store, another name":    {verifying("psql", full+" sslrootcert=system", s.both, values{"driver_version": "17"}, more("environment", "SSL_CERT_FILE", "/etc/b.pem")), "connects", "accepted", ""},
		"psql before 16, a file called system":      {verifying("psql", full+" sslrootcert=system", s.both, values{"driver_version": "15"}, more("environment", "SSL_CERT_FILE", "/app/both.pem")), "fails", "", ""},
		"pgx before it knew system":                 {verifying("pgx", full+" sslrootcert=system", s.both, values{"driver_version": "5.3.0"}, more("environment", "SSL_CERT_FILE", "/app/both.pem")), "fails", "", ""},
		"pgx, the system's store in a variable":     {verifying("pgx", full+" sslrootcert=system", s.both, values{"driver_version": "5.10.0"}, more("environment", "SSL_CERT_FILE", "/app/both.pem")), "connects", "accepted", ""},
		"psycopg2, require, and the store is other": {verifying("psycopg2", "host=localhost sslmode=require sslrootcert=/a.pem", s.both, root("/both.pem")), "connects_unverified", "not_verified", notRead},
	}
	for driver, connection := range map[string]string{
		"psycopg2": full + " sslrootcert=%s", "psql": full + " sslrootcert=%s", "pgx": full + " sslrootcert=%s", "lib-pq": full + " sslrootcert=%s",
		"asyncpg": "postgresql://localhost/app?sslmode=verify-full&sslrootcert=%s", "npgsql": "Host=localhost;SSL Mode=VerifyFull;Root Certificate=%s",
	} {
		aside := root("/etc/b.pem")
		aside["files"] = values{"/etc/b.pem": values{"absent": true}}
		cases[driver+", the other is declared"] = reported{verifying(driver, fmt.Sprintf(connection, "/etc/a.pem"), s.both, aside), "connects", "accepted", ""}
		named := func(file string) string { return fmt.Sprintf(connection, file) }
		cases[driver+", two names"] = reported{verifying(driver, named("/etc/a.pem"), s.both, root("/etc/b.pem")), "indeterminate", unread, `he driver uses "/etc/a.pem", but PGSSLROOTCERT names "/etc/b.pem"`}
		cases[driver+", by name the string's"] = reported{verifying(driver, named("/etc/both.pem"), s.both, root("/etc/b.pem")), "connects", "accepted", ""}
		cases[driver+", by name the variable's"] = reported{verifying(driver, named("/etc/a.pem"), s.both, root("/etc/both.pem")), "fails", "", "the declared store is the one that PGSSLROOTCERT names"}
		cases[driver+", the same file"] = reported{verifying(driver, named("/etc/a.pem"), s.both, root("/etc/a.pem")), "connects", "accepted", ""}
		cases[driver+", without a name"] = reported{values{"driver": driver, "connection": named("/etc/a.pem"), "environment": values{"PGSSLROOTCERT": "/etc/b.pem"}, "trust_store": values{"content_base64": s.encoded(t)}}, "indeterminate", unread, "which of the two"}
	}
	judgeReported(t, cases)
}

// TestAClientWithoutAHost is one of a DB instance whose endpoint is not known, by the
// fact table: it is no client of a local socket, and nobody has to try a canary.
func TestAClientWithoutAHost(t *testing.T) {
	t.Parallel()
	const give = "Set \"host\", or add to \"connection\" the host name that the client uses to reach the server."
	clients, want := values{}, map[string]string{
		"psql": "indeterminate host_name_mismatch " + give, "psycopg2": "indeterminate host_name_mismatch " + give,
		"pgbouncer": "indeterminate host_name_mismatch " + give, "pgx": "fails unknown_authority In the client's settings, name a trust store",
	}
	for driver := range want {
		clients[driver] = values{"driver": driver, "connection": "dbname=app sslmode=verify-full"}
	}
	clients["pgbouncer"] = values{"driver": "pgbouncer", "connection": "dbname=app", "properties": values{"server_tls_sslmode": "verify-full"}}
	clients["pgx, unverified"] = values{"driver": "pgx", "connection": "dbname=app sslmode=require"}
	want["pgx, unverified"] = "connects_unverified not_verified "
	state, told := newProtocol(t, always(judgedAt), values{}).read(t, readinessType, values{
		"region": "us-east-1", "target_ca_cert_identifier": targetCA, "force_ssl": true, "clients": clients,
	})
	if told.failed() {
		t.Fatal(told)
	}
	for name, verdict := range want {
		remedy, _ := at(t, state, "verdicts", name, "remedy").(string)
		got := fmt.Sprintf("%v %v %s", at(t, state, "verdicts", name, "target", "outcome"), at(t, state, "verdicts", name, "target", "reason"), remedy)
		if !strings.HasPrefix(got, verdict) {
			t.Errorf("%s: %s, want %s", name, got, verdict)
		}
	}
}
