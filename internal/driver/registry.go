// Package driver knows all drivers. A family of drivers has its rules, with
// the syntax and the names that are its own, in a folder below; a rule stands
// in one place, says what the driver does, not what it should do, and carries
// its source.
package driver

import (
	"maps"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/driver/dotnet"
	"github.com/sslready/terraform-provider-sslready/internal/driver/golang"
	"github.com/sslready/terraform-provider-sslready/internal/driver/jvm"
	"github.com/sslready/terraform-provider-sslready/internal/driver/libpq"
	"github.com/sslready/terraform-provider-sslready/internal/driver/node"
	"github.com/sslready/terraform-provider-sslready/internal/driver/other"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pgbouncer"
	"github.com/sslready/terraform-provider-sslready/internal/driver/python"
	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// rule turns a client's settings into the policy of its driver.
type rule func(policy.Settings) policy.Policy

// rules holds one rule a driver name. It is never written after start.
var rules = map[string]rule{
	"dbd-pg":           libpq.DBDPg,
	"node-postgres":    node.NodePostgres,
	"odbc":             libpq.ODBC,
	"pgbouncer":        pgbouncer.Pgbouncer,
	"php-pgsql":        libpq.PHPPgsql,
	"ruby-pg":          libpq.RubyPG,
	"asyncpg":          python.Asyncpg,
	"pg8000":           python.Pg8000,
	"lib-pq":           golang.LibPQ,
	"libpq":            libpq.Libpq,
	"pgadmin":          libpq.Pgadmin,
	"postgres.js":      node.PostgresJS,
	"psql":             libpq.Psql,
	"psycopg":          libpq.Psycopg,
	"psycopg2":         libpq.Psycopg2,
	"pgjdbc":           jvm.Pgjdbc,
	"pgx":              golang.Pgx,
	"r2dbc-postgresql": jvm.R2dbcPostgresql,
	"npgsql":           dotnet.Npgsql,
	"prisma":           node.Prisma,
	"sqlx":             rust.SQLx,
	"tokio-postgres":   rust.TokioPostgres,
	"other":            other.Other,
}

// Names returns the names of all drivers, sorted.
func Names() []string { return slices.Sorted(maps.Keys(rules)) }

// Resolve returns what the driver named in s does with the settings.
//
// An unknown driver, and settings that no rule covers, give a policy with
// Undecided set; Resolve never guesses and never fails.
func Resolve(s policy.Settings) policy.Policy {
	r, known := rules[s.Driver]
	if !known {
		return policy.Policy{Undecided: "there are no rules for driver " + s.Driver}
	}
	s, stop := asWritten(s)
	if stop != nil {
		return *stop
	}
	p := r(s)
	if known, ignores := names[s.Driver]; ignores {
		p.Unread = known.Unread(s)
	}
	return p
}
