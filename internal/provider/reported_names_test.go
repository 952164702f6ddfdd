package provider_test

import (
	"maps"
	"strings"
	"testing"
)

// TestReportedNames are values that are not the name of the store that is
// declared: with their quotes, of a template, of another variable, of a path that
// a blank or a backslash cuts. The real clients did the same: psycopg2 2.9.5, libpq
// 15.18, pgjdbc 42.2.8 to 42.7.14 on Java 17, pgx 5.7.2 and 5.13.0, lib/pq 1.10.9 and
// 1.12.3, and node-postgres 8.4.2, 8.16.3 and 8.23.1 on Node 20.
func TestReportedNames(t *testing.T) {
	t.Parallel()
	const (
		unread  = "setting_not_read"
		missing = "root_certificate_missing"
	)
	s := newReportedStores(t, newAccount(t))
	environment := func(pairs ...string) values {
		all := values{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return values{"environment": all}
	}
	full := map[string]string{
		"psycopg2": "host=localhost sslmode=verify-full", "psql": "host=localhost sslmode=verify-full", "asyncpg": "postgresql://localhost/app?sslmode=verify-full",
		"pgjdbc": "jdbc:postgresql://localhost/app?sslmode=verify-full", "npgsql": "Host=localhost;SSL Mode=VerifyFull",
	}
	const (
		node    = "postgres://app@localhost/app?sslmode=verify-full"
		java    = "jdbc:postgresql://localhost/app?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
		options = "JAVA_TOOL_OPTIONS"
	)
	release := values{"driver_version": "8.16.3"}
	plain := func(driver, connection string, more ...values) values {
		client := values{"driver": driver, "connection": connection}
		for _, m := range more {
			maps.Copy(client, m)
		}
		return client
	}
	const pair = "jdbc:postgresql://localhost/app?sslmode=require&sslcert=/c&sslkey=/k"
	absent, object := values{"absent": true}, values{"properties": values{"ssl.cert": "fs.readFileSync('/c')", "ssl.key": "fs.readFileSync('/k')", "ssl.rejectUnauthorized": "false"}}
	keyed := func(mode string) values {
		key := values{"path": s.key}
		if mode != "" {
			key["mode"] = mode
		}
		return values{"files": values{"/c": values{"path": s.chain}, "/k": key}}
	}
	cases := map[string]reported{
		"quotes in a conninfo string":      {verifying("psycopg2", `host=localhost sslmode=verify-full sslrootcert="/r"`, s.both), "fails", missing, ""},
		"quotes for pgx":                   {verifying("pgx", `host=localhost sslmode=verify-full sslrootcert="/r"`, s.both), "fails", missing, ""},
		"quotes for lib/pq":                {verifying("lib-pq", `host=localhost sslmode=verify-full sslrootcert="/r"`, s.both), "fails", missing, ""},
		"single quotes are conninfo's":     {verifying("psycopg2", `host=localhost sslmode=verify-full sslrootcert='/my certs/r'`, s.both), "connects", "accepted", ""},
		"quotes in a JDBC URL":             {verifying("pgjdbc", full["pgjdbc"]+"&sslrootcert='/r'", s.both), "fails", missing, ""},
		"quotes in a variable of Node":     {verifying("node-postgres", node, s.both, release, environment("NODE_EXTRA_CA_CERTS", `"/r"`)), "fails", "unknown_authority", ""},
		"a program that joins the name":    {verifying("node-postgres", "postgres://app@localhost/app", s.both, release, values{"properties": values{"ssl.ca": "readFileSync(path.join(__dirname, 'rds.pem'))"}}), "connects", "accepted", ""},
		"two files in a variable of Node":  {verifying("node-postgres", node, s.both, release, environment("NODE_EXTRA_CA_CERTS", "/a.pem:/b.pem")), "fails", "unknown_authority", ""},
		"quotes in a variable of Go":       {verifying("pgx", full["psycopg2"], s.both, environment("SSL_CERT_FILE", "'/r'")), "fails", "unknown_authority", ""},
		"quotes in pgbouncer.ini":          {verifying("pgbouncer", "host=localhost", s.both, values{"properties": values{"server_tls_sslmode": "verify-full", "server_tls_ca_file": `"/r"`}}), "fails", "", ""},
		"a path of Windows":                {verifying("psycopg2", `host=localhost sslmode=verify-full sslrootcert=C:\certs\rds.pem`, s.both), "fails", missing, "C:certsrds.pem"},
		"a path of Windows with slashes":   {verifying("psycopg2", `host=localhost sslmode=verify-full sslrootcert=C:/certs/rds.pem`, s.both), "connects", "accepted", ""},
		"a blank at the end of a variable": {verifying("psql", full["psql"], s.both, environment("PGSSLROOTCERT", "/r ")), "fails", missing, ""},
		"system in capitals":               {verifying("psycopg2", full["psycopg2"]+" sslrootcert=SYSTEM", s.both), "fails", missing, ""},
		"/dev/null is there and empty":     {plain("psycopg2", "host=localhost sslmode=require sslrootcert=/dev/null"), "fails", "trust_store_unreadable", ""},
		"a call for a name":                {verifying("asyncpg", full["asyncpg"], s.both, environment("PGSSLROOTCERT", "os.path.join(BASE, 'rds.pem')")), "fails", missing, ""},

		"a path with a blank, unquoted, for the JVM":  {verifying("pgjdbc", java, s.both, environment(options, "-Djavax.net.ssl.trustStore=/my certs/r.jks")), "fails", "invalid_settings", "A path with a space needs quotes"},
		"a system property without -D":                {verifying("pgjdbc", java, s.both, environment(options, "javax.net.ssl.trustStore=/r.jks")), "fails", "invalid_settings", "starts with -D"},
		"a placeholder among the JVM's options":       {verifying("pgjdbc", java, s.both, environment(options, "$OPTS -Djavax.net.ssl.trustStore=/r.jks")), "indeterminate", "", "placeholder"},
		"the launcher's options may have their value": {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require", environment("JDK_JAVA_OPTIONS", "--add-opens java.base/java.lang=ALL-UNNAMED -Xmx1g")), "connects_unverified", "not_verified", ""},

		"a host of Kubernetes":       {plain("psycopg2", "host=$(DB_HOST) sslmode=require"), "indeterminate", "", "placeholder"},
		"a host of the shell":        {plain("npgsql", "Host=$DB_HOST;SSL Mode=Require", values{"driver_version": "8.0.3"}), "indeterminate", "", "placeholder"},
		"a host of the manual":       {plain("lib-pq", "host=<your-host> sslmode=require"), "indeterminate", "", "placeholder"},
		"Node without node-postgres": {plain("node-postgres", "postgres://app@localhost/app?sslmode=no-verify", release, environment("NODE_PG_FORCE_NATIVE", "1")), "indeterminate", "", "set \"driver\" to libpq"},
		"PDO's attribute of MySQL":   {plain("php-pgsql", "pgsql:host=localhost;sslmode=require", values{"properties": values{"PDO::MYSQL_ATTR_SSL_CA": "/r"}}), "indeterminate", unread, ""},

		"pgjdbc, a certificate and its key":   {plain("pgjdbc", pair), "indeterminate", "file_not_declared", `"/c"`},
		"pgjdbc, a certificate alone":         {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require&sslcert=/c"), "connects_unverified", "not_verified", ""},
		"pgjdbc, no such certificate":         {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require&sslcert=/c", values{"files": values{"/c": absent}}), "connects_unverified", "not_verified", ""},
		"pgjdbc, no such key":                 {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require&sslkey=/k", values{"files": values{"/k": absent}}), "connects_unverified", "not_verified", ""},
		"pgjdbc, no such PKCS#12":             {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require&sslkey=/k.p12", values{"files": values{"/k.p12": absent}}), "indeterminate", "", "TLS fails if the server asks for a client certificate"},
		"pgjdbc, neither of the two":          {plain("pgjdbc", pair, values{"files": values{"/c": absent, "/k": absent}}), "indeterminate", "", "TLS fails if the server asks for a client certificate"},
		"pgjdbc, both files":                  {plain("pgjdbc", pair, keyed("0600")), "connects_unverified", "not_verified", ""},
		"pgjdbc, a key without its mode":      {plain("pgjdbc", pair, keyed(""), values{"driver_version": "42.7.14"}), "indeterminate", "", "permissions of the private key"},
		"pgjdbc, a key that all may read":     {plain("pgjdbc", pair, keyed("0644"), values{"driver_version": "42.7.14"}), "fails", "client_certificate_not_usable", "users other than its owner"},
		"pgjdbc, the same with prefer":        {plain("pgjdbc", strings.Replace(pair, "require", "prefer", 1), keyed("0644"), values{"driver_version": "42.7.13"}), "fails", "client_certificate_not_usable", ""},
		"pgjdbc, the same before 42.7.13":     {plain("pgjdbc", pair, keyed("0644"), values{"driver_version": "42.7.8"}), "connects_unverified", "not_verified", ""},
		"pgjdbc, the same of any release":     {plain("pgjdbc", pair, keyed("0644")), "indeterminate", "version_not_declared", "pgjdbc 42.7.13 and later"},
		"pgjdbc, the same that nobody reads":  {plain("pgjdbc", pair+"&sslfactory=org.postgresql.ssl.NonValidatingFactory", keyed("0644"), values{"driver_version": "42.7.14"}), "connects_unverified", "not_verified", ""},
		"node, a certificate of the object":   {plain("node-postgres", "postgres://app@localhost/app", release, object), "indeterminate", "file_not_declared", `"/c"`},
		"node, the same, with its own key":    {plain("node-postgres", "postgres://app@localhost/app", release, object, values{"files": values{"/c": values{"path": s.chain}, "/k": values{"path": s.key}}}), "connects_unverified", "not_verified", ""},
		"node, the same, with another's key":  {plain("node-postgres", "postgres://app@localhost/app", release, object, values{"files": values{"/c": values{"path": s.chain}, "/k": values{"path": s.otherKey}}}), "fails", "client_certificate_not_usable", ""},
		"node, the same, which is not there":  {plain("node-postgres", "postgres://app@localhost/app", release, object, values{"files": values{"/c": absent, "/k": absent}}), "fails", "client_certificate_not_usable", "does not exist"},
		"node, a PKCS#12 of the object":       {plain("node-postgres", "postgres://app@localhost/app", release, values{"properties": values{"ssl.pfx": "fs.readFileSync('/etc/ssl/c.p12')"}}), "indeterminate", "driver_not_covered", `ssl.pfx reads "/etc/ssl/c.p12"`},
		"node, a member that Node knows not":  {plain("node-postgres", "postgres://app@localhost/app", release, values{"properties": values{"ssl.rejectUnauthorised": "false"}}), "fails", "unknown_authority", "Did you mean ssl.rejectUnauthorized?"},
		"node, the version and its old store": {plain("node-postgres", "postgres://localhost/app?sslmode=require"), "fails", "unknown_authority", ""},
		"r2dbc, no such certificate":          {plain("r2dbc-postgresql", "r2dbc:postgresql://app@localhost/app?sslMode=require&sslCert=/c", values{"files": values{"/c": values{"absent": true}}}), "fails", "invalid_settings", "sslCert"},
		"r2dbc, a certificate":                {plain("r2dbc-postgresql", "r2dbc:postgresql://app@localhost/app?sslMode=require&sslCert=/c"), "indeterminate", "file_not_declared", `"/c"`},
	}
	for driver, connection := range full {
		for _, variable := range []string{"DB_SSL_CA", "AWS_CA_BUNDLE", "RDS_BUNDLE"} {
			cases[driver+" and the variable "+variable] = reported{verifying(driver, connection, s.both, environment(variable, "/etc/ssl/rds.pem")), "indeterminate", unread, `set "place" in trust_store`}
		}
		placed := verifying(driver, connection, s.both, environment("DB_SSL_CA", "/etc/ssl/rds.pem"))
		placed["trust_store"] = values{"path": s.both, "place": "home"}
		cases[strings.ToUpper(driver)+" and the place that is declared"] = reported{placed, "connects", "accepted", ""}
	}
	judgeReported(t, cases)
}
