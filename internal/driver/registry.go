package driver

import (
	"maps"
	"slices"
)

// rule turns a client's settings into the policy of its driver.
type rule func(Settings) Policy

// rules holds one rule a driver name. It is never written after start.
var rules = map[string]rule{
	"dbd-pg":           dbdPg,
	"node-postgres":    nodePostgres,
	"odbc":             odbc,
	"pgbouncer":        pgbouncer,
	"php-pgsql":        phpPgsql,
	"ruby-pg":          rubyPG,
	"asyncpg":          asyncpg,
	"pg8000":           pg8000,
	"lib-pq":           libPQ,
	"libpq":            libpq,
	"pgadmin":          pgadmin,
	"postgres.js":      postgresJS,
	"psql":             psql,
	"psycopg":          psycopg,
	"psycopg2":         psycopg2,
	"pgjdbc":           pgjdbc,
	"pgx":              pgx,
	"r2dbc-postgresql": r2dbcPostgresql,
	"npgsql":           npgsql,
	"prisma":           prisma,
	"sqlx":             sqlx,
	"tokio-postgres":   tokioPostgres,
}

// Names returns the names of all drivers, sorted.
func Names() []string { return slices.Sorted(maps.Keys(rules)) }

// Resolve returns what the driver named in s does with the settings.
//
// An unknown driver, and settings that no rule covers, give a policy with
// Undecided set; Resolve never guesses and never fails.
func Resolve(s Settings) Policy {
	r, known := rules[s.Driver]
	if !known {
		return Policy{Undecided: "there are no rules for driver " + s.Driver}
	}
	return r(s)
}
