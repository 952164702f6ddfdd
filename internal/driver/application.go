package driver

import "strings"

// calledItself are names that drivers and programs give themselves as
// application_name where nobody gives them another. Anybody may call himself so:
// what follows from one is a guess.
//
// Not listed are drivers that give none (pgx, lib/pq, asyncpg, psycopg, pg8000,
// node-postgres, Npgsql, sqlx, tokio-postgres), and ruby-pg, which gives the name
// of the program. No fact of TLS tells drivers apart: what is negotiated is that
// of OpenSSL, Java or Go and of their configuration.
//
// Source: PGProperty.APPLICATION_NAME of PgJDBC 9.4 to 42.7; src/index.js of
// postgres.js 3; PostgresqlConnectionConfiguration of r2dbc-postgresql 1.0;
// PgConnectOptions.DEFAULT_PROPERTIES of vertx-pg-client 4; the
// fallback_application_name of PostgreSQL's own programs, which is the program's
// name; server_manager and connection of pgAdmin 4, which names its connections
// "pgAdmin 4 - DB:app" and "pgAdmin 4 - CONN:1234".
var calledItself = map[string]string{
	"PostgreSQL JDBC Driver": "pgjdbc", "postgres.js": "postgres.js", "r2dbc-postgresql": "r2dbc-postgresql", "vertx-pg-client": "vertx-pg-client", "psql": "psql",
	"pg_dump": "libpq", "pg_dumpall": "libpq", "pg_restore": "libpq", "pg_basebackup": "libpq", "pg_receivewal": "libpq", "pg_recvlogical": "libpq",
	"pg_isready": "libpq", "pgbench": "libpq", "vacuumdb": "libpq", "reindexdb": "libpq", "walreceiver": "libpq",
}

// Guess says which driver an application_name suggests; empty is none.
func Guess(applicationName string) string {
	if strings.HasPrefix(applicationName, "pgAdmin 4 - ") {
		return "pgadmin"
	}
	return calledItself[applicationName]
}
