package provider_test

import (
	"fmt"
	"maps"
	"testing"
)

// TestReportedFiles are files that the driver takes otherwise than the one who
// names them: names that nobody expands, client certificates, the store of the
// system, and releases that are left out.
//
// Sources: sqlalchemy/sqlalchemy issue 6275, npgsql/npgsql issue 4675,
// PostHog/posthog pull request 50238, and update-ca-certificates(8) of Debian 12.
func TestReportedFiles(t *testing.T) {
	t.Parallel()
	const (
		notDeclared = "file_not_declared"
		unusable    = "client_certificate_not_usable"
		missing     = "root_certificate_missing"
	)
	s := newReportedStores(t, newAccount(t))
	plain := func(driver, connection string, more ...values) values {
		client := values{"driver": driver, "connection": connection}
		for _, m := range more {
			maps.Copy(client, m)
		}
		return client
	}
	files := func(pairs ...any) values {
		all := values{}
		for i := 0; i < len(pairs); i += 2 {
			all[fmt.Sprint(pairs[i])] = pairs[i+1]
		}
		return values{"files": all}
	}
	absent, chain := values{"absent": true}, values{"path": s.chain}
	key := func(file, mode string) values { return values{"path": file, "mode": mode} }
	const pair = "host=localhost sslmode=require sslcert=/c sslkey=/k"
	system := func(client values, store string) values {
		client["trust_store"] = values{"path": store, "place": "system"}
		return client
	}
	judgeReported(t, map[string]reported{
		"libpq, a certificate":              {plain("psycopg2", "host=localhost sslmode=require sslcert=/etc/ssl/rds.pem"), "indeterminate", notDeclared, `"/etc/ssl/rds.pem"`},
		"libpq, a certificate by variable":  {plain("ruby-pg", "host=localhost sslmode=require", values{"environment": values{"PGSSLCERT": "/etc/ssl/rds.pem"}}), "indeterminate", notDeclared, `"/etc/ssl/rds.pem"`},
		"libpq, RDS's bundle, no key":       {plain("psycopg2", "host=localhost sslmode=require sslcert=/etc/ssl/rds.pem", files("/etc/ssl/rds.pem", values{"path": s.both})), "fails", unusable, "no private key for the client certificate"},
		"libpq, the same with prefer":       {plain("psql", "host=localhost sslcert=/etc/ssl/rds.pem", files("/etc/ssl/rds.pem", values{"path": s.both})), "fails", unusable, "no private key for the client certificate"},
		"libpq, the same and verified":      {verifying("psycopg", "host=localhost sslmode=verify-full sslrootcert=/r sslcert=/c", s.both, files("/c", chain)), "fails", unusable, ""},
		"libpq, no such certificate":        {plain("psycopg2", "host=localhost sslmode=require sslcert=/c", files("/c", absent)), "connects_unverified", "not_verified", ""},
		"libpq, certmode disable":           {plain("libpq", "host=localhost sslmode=require sslcert=/c sslcertmode=disable", values{"driver_version": "17"}), "connects_unverified", "not_verified", ""},
		"libpq, certificate and key":        {plain("psycopg2", pair, files("/c", chain, "/k", key(s.key, "0600"))), "connects_unverified", "not_verified", ""},
		"libpq, a key without its mode":     {plain("psycopg2", pair, files("/c", chain, "/k", values{"path": s.key})), "indeterminate", "", "permissions of the private key"},
		"libpq, a key that all may read":    {plain("psycopg2", pair, files("/c", chain, "/k", key(s.key, "0644"))), "fails", unusable, "users other than its owner"},
		"libpq, the group of root":          {plain("psycopg2", pair, files("/c", chain, "/k", key(s.key, "0640"))), "indeterminate", "", "only if root owns the key file, and the owner of the file is not known"},
		"libpq, the key of another":         {plain("psycopg2", pair, files("/c", chain, "/k", key(s.otherKey, "0600"))), "fails", unusable, "does not belong to the client certificate"},
		"libpq, a key that is none":         {plain("psycopg2", pair, files("/c", chain, "/k", key(s.chain, "0600"))), "fails", unusable, "cannot be decoded"},
		"libpq, a certificate that is none": {plain("psycopg2", pair, files("/c", values{"path": s.key}, "/k", key(s.key, "0600"))), "fails", unusable, "contains no certificate"},
		"libpq, a key that is not declared": {plain("psycopg2", pair, files("/c", chain)), "indeterminate", notDeclared, `"/k"`},
		"libpq, the default certificate":    {plain("psql", "host=localhost sslmode=require", files("/home/app/.postgresql/postgresql.crt", chain)), "fails", unusable, ""},
		"libpq, default certificate and key": {plain("psql", "host=localhost sslmode=require",
			files("/home/app/.postgresql/postgresql.crt", chain, "/home/app/.postgresql/postgresql.key", key(s.key, "0600"))), "connects_unverified", "not_verified", ""},
		"a file that Terraform cannot read": {plain("psycopg2", pair, files("/c", values{"path": s.chain + ".gone"})), "indeterminate", "", "cannot be read"},
		"node, a certificate":               {plain("node-postgres", "postgres://localhost/app?sslmode=no-verify&sslcert=/c", values{"driver_version": "8.23.1"}), "indeterminate", notDeclared, `"/c"`},
		"node, no such certificate":         {plain("node-postgres", "postgres://localhost/app?sslmode=no-verify&sslcert=/c", values{"driver_version": "8.23.1"}, files("/c", absent)), "fails", unusable, ""},
		"node, the key of another":          {plain("node-postgres", "postgres://localhost/app?sslmode=no-verify&sslcert=/c&sslkey=/k", values{"driver_version": "8.23.1"}, files("/c", chain, "/k", key(s.otherKey, "0644"))), "fails", unusable, ""},
		"node, certificate and key":         {plain("node-postgres", "postgres://localhost/app?sslmode=no-verify&sslcert=/c&sslkey=/k", values{"driver_version": "8.23.1"}, files("/c", chain, "/k", key(s.key, "0644"))), "connects_unverified", "not_verified", ""},
		"lib/pq, a certificate":             {plain("lib-pq", pair), "indeterminate", notDeclared, `"/c"`},
		"lib/pq, no such certificate":       {plain("lib-pq", pair, files("/c", absent)), "connects_unverified", "not_verified", ""},
		"lib/pq, a key that all may read":   {plain("lib-pq", pair, files("/c", chain, "/k", key(s.key, "0644"))), "fails", unusable, ""},
		"pgx, half of a pair":               {plain("pgx", "host=localhost sslmode=require sslcert=/c"), "fails", "invalid_settings", ""},
		"pgx, no such certificate":          {plain("pgx", pair, files("/c", absent, "/k", absent)), "fails", unusable, ""},
		"pgx, a certificate":                {plain("pgx", pair), "indeterminate", notDeclared, `"/c"`},
		"asyncpg, no such certificate":      {plain("asyncpg", "postgresql://app@localhost/app?sslmode=require&sslcert=/c", files("/c", absent)), "fails", unusable, ""},
		"npgsql, a certificate":             {plain("npgsql", "Host=localhost;SSL Mode=Require;Trust Server Certificate=true;SSL Certificate=/c"), "indeterminate", notDeclared, `"/c"`},
		"sqlx, a certificate":               {plain("sqlx", "postgres://localhost/app?sslmode=require&sslcert=/c", values{"driver_version": "0.8.6"}), "indeterminate", notDeclared, `"/c"`},
		"prisma, an identity":               {plain("prisma", "postgresql://localhost/app?sslmode=require&sslidentity=/c", values{"driver_version": "5.22"}), "indeterminate", notDeclared, `"/c"`},
		"pgbouncer, a certificate":          {plain("pgbouncer", "host=localhost", values{"properties": values{"server_tls_sslmode": "require", "server_tls_cert_file": "/c"}}), "indeterminate", notDeclared, `"/c"`},

		"a tilde for pgx":                {verifying("pgx", "postgres://app@localhost/app?sslmode=verify-full&sslrootcert=~/rds.pem", s.both), "fails", missing, ""},
		"a tilde for node":               {verifying("node-postgres", "postgres://app@localhost/app?sslmode=verify-full&sslrootcert=~/rds.pem", s.both), never, "", ""},
		"a variable for psycopg2":        {verifying("psycopg2", "host=localhost sslmode=verify-full sslrootcert=$HOME/rds.pem", s.both), "fails", missing, ""},
		"a URL for psycopg2":             {verifying("psycopg2", "host=localhost sslmode=verify-full sslrootcert=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem", s.both), "fails", missing, ""},
		"a file URL for sqlx":            {verifying("sqlx", "postgres://localhost/app?sslmode=verify-full&sslrootcert=file:///r", s.both, values{"driver_version": "0.8.6"}), never, "", ""},
		"the class path for pgjdbc":      {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=verify-full&sslrootcert=classpath:rds.pem", s.both), never, "", ""},
		"a folder for pgx":               {verifying("pgx", "host=localhost sslmode=verify-full sslrootcert=/r", s.folder), "fails", "trust_store_unreadable", ""},
		"a store beside, never read":     {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=require", s.old), "connects_unverified", "", "trust_store_not_read"},
		"a variable that nobody reads":   {verifying("asyncpg", "postgresql://localhost/app?sslmode=verify-full", s.both, values{"environment": values{"SSL_CERT_FILE": "/r"}}), "fails", missing, ""},
		"the system's folder for pgx":    {system(plain("pgx", "host=localhost sslmode=verify-full"), s.folder), "connects", "accepted", ""},
		"the system's folder for lib/pq": {system(plain("lib-pq", "host=localhost sslmode=verify-full", values{"driver_version": "1.12.3"}), s.folder), "connects", "accepted", ""},
		"the system's folder for Python": {system(plain("asyncpg", "postgresql://localhost/app", values{"runtime_version": "Python 3.11.2, OpenSSL 3.0.17", "properties": values{"ssl": "True"}}), s.folder), "connects", "accepted", ""},
		"the same with any OpenSSL":      {system(plain("asyncpg", "postgresql://localhost/app", values{"properties": values{"ssl": "True"}}), s.folder), "indeterminate", "version_not_declared", "OpenSSL"},
		"any Python with a good store":   {verifying("asyncpg", "postgresql://localhost/app?sslmode=verify-full&sslrootcert=/r", s.both), "connects", "accepted", ""},
		"the system's folder for libpq":  {system(plain("psycopg2", "host=localhost sslrootcert=system", values{"runtime_version": "libpq 17, OpenSSL 3.0.17"}), s.folder), "connects", "accepted", ""},
		"the same with OpenSSL 1.1":      {system(plain("psycopg2", "host=localhost sslrootcert=system", values{"runtime_version": "libpq 17, OpenSSL 1.1.1w"}), s.folder), "fails", "unknown_authority", ""},
		"the folder named by a variable": {plain("psycopg2", "host=localhost sslrootcert=system", values{
			"runtime_version": "libpq 17, OpenSSL 3.0.17", "environment": values{"SSL_CERT_DIR": "/etc/ssl/certs"}, "trust_store": values{"path": s.folder},
		}), "fails", "unknown_authority", ""},
		"the system's store is not read":    {system(plain("psycopg2", "host=localhost sslmode=verify-full"), s.folder), "fails", missing, ""},
		"sslrootcert=system of any libpq":   {system(plain("psycopg2", "host=localhost sslmode=verify-full sslrootcert=system"), s.folder), never, "", ""},
		"sslrootcert=system of lib/pq 1.10": {verifying("lib-pq", "host=localhost sslmode=verify-full sslrootcert=system", s.both, values{"driver_version": "1.10.9"}), "fails", "", ""},
		"lib/pq of any release, prefer":     {verifying("lib-pq", "host=localhost sslmode=prefer sslrootcert=/r", s.old), never, "", ""},
		"node-postgres of any release":      {verifying("node-postgres", "postgres://localhost/app?sslmode=verify-full&sslrootcert=/r", s.old), never, "", ""},
		"pgjdbc of any release":             {verifying("pgjdbc", "jdbc:postgresql://localhost/app?sslmode=verify-full&sslrootcert=/r", s.old), "fails", "unknown_authority", ""},
	})
}
