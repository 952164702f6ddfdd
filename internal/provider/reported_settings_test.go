package provider_test

import "testing"

// TestReportedSettings are settings that the driver does not read: misspelt,
// another layer's, or of another release. None may be ready without a word.
//
// The kinds are those of public reports (brianc/node-postgres, launchbadge/sqlx,
// prisma/prisma, spring-projects/spring-boot and pgbouncer/pgbouncer issues).
func TestReportedSettings(t *testing.T) {
	t.Parallel()
	const unread = "setting_not_read"
	s := newReportedStores(t, newAccount(t))
	with := func(driver, connection string, properties values) values {
		return values{"driver": driver, "connection": connection, "properties": properties}
	}
	plain := func(driver, connection string) values { return values{"driver": driver, "connection": connection} }
	release := func(client values, version string) values {
		client["driver_version"] = version
		return client
	}
	judgeReported(t, map[string]reported{
		"jdbc, the data source's setters":    {with("pgjdbc", "jdbc:postgresql://localhost/app", values{"dataSource.sslMode": "verify-full", "dataSource.sslRootCert": "/r"}), "indeterminate", unread, "Did you mean sslmode?"},
		"jdbc, Spring's key":                 {with("pgjdbc", "jdbc:postgresql://localhost/app", values{"spring.datasource.url": "jdbc:postgresql://h/d?sslmode=verify-full"}), "indeterminate", unread, "drops spring.datasource.url"},
		"jdbc, a capital":                    {plain("pgjdbc", "jdbc:postgresql://localhost/app?sslMode=verify-full&sslRootCert=/r"), "indeterminate", unread, "Did you mean sslmode?"},
		"jdbc, MySQL's words":                {plain("pgjdbc", "jdbc:postgresql://localhost/app?useSSL=true&requireSSL=true&verifyServerCertificate=true"), "indeterminate", unread, "verifyServerCertificate"},
		"jdbc, SQL Server's words":           {plain("pgjdbc", "jdbc:postgresql://localhost/app?encrypt=true"), "indeterminate", unread, "encrypt"},
		"node, Sequelize's key":              {release(with("node-postgres", "postgres://app@localhost/app?sslmode=no-verify", values{"dialectOptions.ssl.ca": "x"}), "8.23.1"), "indeterminate", unread, "dialectOptions.ssl.ca"},
		"node, TypeORM's key":                {release(with("node-postgres", "postgres://app@localhost/app?sslmode=no-verify", values{"extra.ssl.ca": "x"}), "8.23.1"), "indeterminate", unread, "extra.ssl.ca"},
		"node, a letter in the URL":          {release(plain("node-postgres", "postgres://app@localhost/app?ssl=no-verify&sslrotcert=/r"), "8.23.1"), "indeterminate", unread, "Did you mean sslrootcert?"},
		"node, libpq's keyword":              {release(plain("node-postgres", "postgres://app@localhost/app?sslmode=no-verify&sslcrl=/r"), "8.23.1"), "indeterminate", unread, "sslcrl"},
		"node, the URL in a variable":        {values{"driver": "node-postgres", "environment": values{"DATABASE_URL": "postgres://app@localhost/app?sslmode=no-verify"}}, "indeterminate", unread, "DATABASE_URL"},
		"postgres.js, the URL as an option":  {with("postgres.js", "", values{"url": "postgres://localhost/app?sslmode=verify-full", "ssl": "require"}), "indeterminate", unread, "drops url"},
		"postgres.js, the other's variable":  {values{"driver": "postgres.js", "connection": "postgres://localhost/app", "environment": values{"PGSSLMODE": "verify-full"}}, "fails", "", "PGSSLMODE"},
		"pgbouncer, a letter":                {with("pgbouncer", "host=localhost", values{"server_tls_sslmod": "verify-full", "server_tls_sslmode": "require"}), "indeterminate", unread, "Did you mean server_tls_sslmode?"},
		"pgbouncer, libpq's keywords":        {with("pgbouncer", "host=localhost", values{"server_tls_sslmode": "require", "sslrootcert": "/r"}), "indeterminate", unread, "sslrootcert"},
		"pgbouncer, the wrong side":          {with("pgbouncer", "host=localhost", values{"server_tls_sslmode": "require", "server_tls_cafile": "/r"}), "indeterminate", unread, "Did you mean server_tls_ca_file?"},
		"sqlx, a letter":                     {plain("sqlx", "postgres://app@localhost/app?sslmod=verify-full"), "indeterminate", unread, "Did you mean sslmode?"},
		"sqlx, two letters swapped":          {plain("sqlx", "postgres://app@localhost/app?sslmode=require&sslrootecrt=/r"), "indeterminate", unread, "Did you mean sslrootcert?"},
		"sqlx, a capital":                    {plain("sqlx", "postgres://app@localhost/app?sslMode=verify-full"), "indeterminate", unread, "Did you mean sslmode?"},
		"sqlx, JDBC's word":                  {plain("sqlx", "postgres://app@localhost/app?ssl=true&sslfactory=x"), "indeterminate", unread, "sslfactory"},
		"sqlx, the verified by another name": {release(verifying("sqlx", "postgres://app@localhost/app?ssl-mode=verify-full&ssl-ca=/r", s.old, values{"properties": values{"tls": "tls-native-tls"}, "runtime_version": "3.0"}), "0.8.6"), "fails", "unknown_authority", ""},
		"sqlx, the same with the new root":   {release(verifying("sqlx", "postgres://app@localhost/app?ssl-mode=verify-full&ssl-ca=/r", s.bundle, values{"properties": values{"tls": "tls-rustls"}}), "0.8.6"), "connects", "accepted", ""},
		"prisma 5, a letter":                 {release(plain("prisma", "postgresql://app@localhost/app?sslmod=require"), "5.22.0"), "indeterminate", unread, "Did you mean sslmode?"},
		"prisma 5, libpq's root":             {release(plain("prisma", "postgresql://app@localhost/app?sslmode=require&sslrootcert=/r"), "5.22.0"), "indeterminate", unread, "sslrootcert"},
		"prisma 7, the engine's words":       {release(plain("prisma", "postgresql://app@localhost/app?sslmode=no-verify&sslaccept=strict"), "7.10.1"), "indeterminate", unread, "sslaccept"},
		"prisma of any version":              {plain("prisma", "postgresql://app@localhost/app?sslmode=require&sslaccept=accept_invalid_certs&sslcert=/r"), never, "", ""},
		"odbc, a letter":                     {plain("odbc", "Driver={PostgreSQL Unicode};Server=localhost;SSLmode=require;SSLmod=verify-full"), "indeterminate", unread, "Did you mean sslmode?"},
		"odbc, an attribute that is none":    {plain("odbc", "Driver={PostgreSQL Unicode};Server=localhost;SSLmode=require;sslrootcert=/r"), "indeterminate", unread, "sslrootcert"},
		"odbc, beside the string":            {with("odbc", "Driver={PostgreSQL Unicode};Server=localhost;SSLmode=require", values{"sslmode": "verify-full"}), "indeterminate", unread, "sslmode"},
		"r2dbc, pgjdbc's word":               {plain("r2dbc-postgresql", "r2dbc:postgresql://app@localhost/app?sslMode=require&sslrootcert=/r"), "indeterminate", unread, "Did you mean sslRootCert?"},
		"r2dbc 1.0, a word of 1.1":           {release(plain("r2dbc-postgresql", "r2dbc:postgresql://app@localhost/app?sslMode=require&sslNegotiation=direct"), "1.0.9"), "indeterminate", unread, "sslNegotiation"},
		"php, options beside the string":     {with("php-pgsql", "pgsql:host=localhost;sslmode=require", values{"sslmode": "verify-full"}), "indeterminate", unread, "sslmode"},
		"perl, attributes beside the string": {with("dbd-pg", "dbi:Pg:host=localhost;sslmode=require", values{"AutoCommit": "1", "sslrootcert": "/r"}), "indeterminate", unread, "sslrootcert"},
		"a variable with a letter less":      {values{"driver": "psycopg2", "connection": "host=localhost", "environment": values{"PGSSLMOD": "verify-full"}}, "indeterminate", unread, "Did you mean PGSSLMODE?"},
		"a variable in small letters":        {values{"driver": "psql", "connection": "host=localhost", "environment": values{"pgsslrootcert": "/r"}}, "indeterminate", unread, "Did you mean PGSSLROOTCERT?"},
		"a variable of Node with a letter":   {values{"driver": "node-postgres", "driver_version": "8.23.1", "connection": "postgres://localhost/app?sslmode=no-verify", "environment": values{"NODE_EXTRA_CA_CERT": "/r"}}, "indeterminate", unread, "Did you mean NODE_EXTRA_CA_CERTS?"},
		"pg8000 of old, a letter":            {release(with("pg8000", "", values{"host": "localhost", "ssl": "True", "ca_cert": "/r"}), "1.10.6"), never, "", ""},
		"npgsql, a keyword that is none":     {plain("npgsql", "Host=localhost;SSL Mod=VerifyFull"), "fails", "invalid_settings", ""},
		"pgx, a letter":                      {plain("pgx", "postgres://localhost/app?sslmod=verify-full"), "fails", "", ""},
		"lib/pq, a letter":                   {plain("lib-pq", "host=localhost sslrotcert=/r"), "fails", "", ""},
		"asyncpg, a letter":                  {plain("asyncpg", "postgresql://app@localhost/app?sslmod=verify-full"), never, "", ""},
		"tokio, a letter":                    {plain("tokio-postgres", "host=localhost sslmod=require"), never, "", ""},
		"other, a word that nobody knows":    {values{"driver": "other", "properties": values{"encrypt": "always", "verifies": "nothing"}}, "indeterminate", "driver_not_covered", ""},
		"other, and Java's PEM of before":    {values{"driver": "other", "properties": values{"encrypts": "always", "verifies": "path", "validator": "java"}, "trust_store": values{"path": s.old}}, "fails", "unknown_authority", ""},
		"other, and Java's PEM":              {values{"driver": "other", "properties": values{"encrypts": "always", "verifies": "path", "validator": "java"}, "trust_store": values{"path": s.both}}, "connects", "accepted", ""},
	})
}
