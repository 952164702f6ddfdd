// Package driver knows all drivers. A family of drivers has its rules, with
// the syntax and the names that are its own, in a folder below; a rule stands
// in one place, says what the driver does, not what it should do, and carries
// its source.
package driver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/beam"
	"github.com/sslready/terraform-provider-sslready/internal/driver/dotnet"
	"github.com/sslready/terraform-provider-sslready/internal/driver/golang"
	"github.com/sslready/terraform-provider-sslready/internal/driver/jvm"
	"github.com/sslready/terraform-provider-sslready/internal/driver/libpq"
	"github.com/sslready/terraform-provider-sslready/internal/driver/node"
	"github.com/sslready/terraform-provider-sslready/internal/driver/other"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pgbouncer"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pooler"
	"github.com/sslready/terraform-provider-sslready/internal/driver/python"
	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// FromSource is what proves the rules of a driver that could not be run.
const FromSource = "from source"

// Driver is what is known of one driver.
type Driver struct {
	// Name is the word for it in a configuration.
	Name string
	// rule turns a client's settings into the policy of its driver.
	rule func(policy.Settings) policy.Policy
	// names are all that it reads: what else is declared, it passes over in
	// silence.
	names func(policy.Settings) policy.Known
	// Covers are the releases that its rules cover: its own, or those of the
	// libpq below it. Nil is a client whose owner says what it does.
	Covers *policy.Releases
	// Runtime is what its rules ask the release of beside its own: "libpq", "openssl",
	// "java", "node", "python" or "dotnet". Empty is nothing, or what no image says.
	Runtime string
	// Proof is what proves the rules: the versions in which the judge recorded
	// the client itself, or [FromSource] alone.
	Proof []string
	// Page is where the driver's own documentation is; empty where there is none.
	Page string
}

// drivers are all drivers, by name. It is never written after start.
var drivers = []Driver{
	{"asyncpg", python.Asyncpg, python.AsyncpgNames, python.AsyncpgReleases, "python", []string{"0.27.0", "0.28.0", "0.29.0", "0.30.0", "0.31.0", "0.32.0"}, "https://magicstack.github.io/asyncpg/current/api/index.html#connection"},
	{"aws-advanced-jdbc-wrapper", jvm.AWSWrapper, jvm.PgjdbcNames, jvm.PgjdbcReleases, "java", []string{"42.7.8"}, "https://github.com/aws/aws-advanced-jdbc-wrapper"},
	{"aws-secretsmanager-jdbc", jvm.AWSSecretsManager, jvm.PgjdbcNames, jvm.PgjdbcReleases, "java", []string{"42.7.8"}, "https://github.com/aws/aws-secretsmanager-jdbc"},
	{"bun", node.Bun, node.BunNames, node.BunReleases, "", []string{FromSource}, "https://bun.com/docs/runtime/sql"},
	{"dbd-pg", libpq.DBDPg, libpq.PerlNames, libpq.Releases, "libpq", []string{"3.16.0"}, "https://metacpan.org/pod/DBD::Pg#connect"},
	{"deno", node.Deno, node.DenoNames, node.DenoReleases, "", []string{FromSource}, "https://jsr.io/@db/postgres"},
	{"lib-pq", golang.LibPQ, golang.LibPQNames, golang.LibPQReleases, "", []string{"1.10.0", "1.10.4", "1.10.7", "1.10.9", "1.11.2", "1.12.0", "1.12.3"}, "https://pkg.go.dev/github.com/lib/pq"},
	{"libpq", libpq.Libpq, libpq.Names, libpq.Releases, "libpq", []string{"12.22", "13.23", "14.23", "15.18", "16.14", "17.10", "18.4"}, "https://www.postgresql.org/docs/current/libpq-ssl.html"},
	{"node-postgres", node.Postgres, node.PostgresNames, node.NodePostgresReleases, "node", []string{"8.0.3", "8.4.2", "8.5.1", "8.7.3", "8.11.6", "8.13.3", "8.16.3", "8.20.0", "8.23.0", "8.23.1"}, "https://node-postgres.com/features/ssl"},
	{"npgsql", dotnet.Npgsql, dotnet.Names, dotnet.NpgsqlReleases, "dotnet", []string{FromSource}, "https://www.npgsql.org/doc/security.html"},
	{"odbc", libpq.ODBC, libpq.ODBCNames, libpq.Releases, "libpq", []string{"13.02.0000"}, "https://odbc.postgresql.org/docs/config.html"},
	{"odyssey", pooler.Odyssey, pooler.OdysseyNames, pooler.OdysseyReleases, "openssl", []string{FromSource}, "https://github.com/yandex/odyssey"},
	{"other", other.Other, other.Names, nil, "", []string{FromSource}, ""},
	{"pg-native", libpq.PgNative, libpq.Names, libpq.Releases, "libpq", []string{"3.9.0"}, "https://github.com/brianc/node-postgres/tree/master/packages/pg-native"},
	{"pg8000", python.Pg8000, python.Pg8000Names, python.Pg8000Releases, "python", []string{"1.10.6", "1.16.6", "1.24.2", "1.26.1", "1.29.8", "1.30.5", "1.31.4", "1.31.6"}, "https://pypi.org/project/pg8000/"},
	{"pgadmin", libpq.Pgadmin, libpq.Names, libpq.PsycopgReleases, "libpq", []string{FromSource}, "https://www.pgadmin.org/docs/pgadmin4/latest/server_dialog.html"},
	{"pgbouncer", pgbouncer.Pgbouncer, pgbouncer.Names, pgbouncer.Releases, "openssl", []string{"1.18.0"}, "https://www.pgbouncer.org/config.html#tls-settings"},
	{"pgcat", pooler.PgCat, pooler.PgCatNames, pooler.PgCatReleases, "openssl", []string{FromSource}, "https://github.com/postgresml/pgcat/blob/main/CONFIG.md"},
	{"pgjdbc", jvm.Pgjdbc, jvm.PgjdbcNames, jvm.PgjdbcReleases, "java", []string{"42.2.8", "42.4.2", "42.5.5", "42.7.3", "42.7.5", "42.7.8", "42.7.14"}, "https://jdbc.postgresql.org/documentation/ssl/"},
	{"pgx", golang.Pgx, golang.PgxNames, golang.PgxReleases, "", []string{"5.3.0", "5.4.3", "5.5.5", "5.6.0", "5.7.2", "5.7.6", "5.8.0", "5.9.2", "5.10.0", "5.12.0", "5.13.0"}, "https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#ParseConfig"},
	{"php-pgsql", libpq.PHPPgsql, libpq.PHPNames, libpq.Releases, "libpq", []string{"8.2.36"}, "https://www.php.net/manual/en/function.pg-connect.php"},
	{"postgres.js", node.PostgresJS, node.PostgresJSNames, node.PostgresJSReleases, "node", []string{"3.0.6", "3.1.0", "3.2.4", "3.3.5", "3.4.4", "3.4.7", "3.4.9"}, "https://github.com/porsager/postgres#connection-details"},
	{"postgrex", beam.Postgrex, beam.PostgrexNames, beam.PostgrexReleases, "", []string{FromSource}, "https://hexdocs.pm/postgrex/Postgrex.html#start_link/1"},
	{"prisma", node.Prisma, node.PrismaNames, node.PrismaReleases, "openssl", []string{"7.10.1"}, "https://www.prisma.io/docs/orm/overview/databases/postgresql"},
	{"psql", libpq.Psql, libpq.Names, libpq.Releases, "libpq", []string{"15.18"}, "https://www.postgresql.org/docs/current/app-psql.html"},
	{"psycopg", libpq.Psycopg, libpq.Names, libpq.PsycopgReleases, "libpq", []string{"3.1.7", "3.1.8", "3.1.20", "3.2.13", "3.3.0", "3.3.9"}, "https://www.psycopg.org/psycopg3/docs/"},
	{"psycopg2", libpq.Psycopg2, libpq.Names, libpq.Releases, "libpq", []string{"2.9.5", "2.9.6", "2.9.9", "2.9.10", "2.9.13"}, "https://www.psycopg.org/docs/module.html#psycopg2.connect"},
	{"r2dbc-postgresql", jvm.R2dbcPostgresql, jvm.R2dbcNames, jvm.R2DBCReleases, "java", []string{"1.0.9", "1.1.3"}, "https://github.com/pgjdbc/r2dbc-postgresql#cheat-sheet"},
	{"ruby-pg", libpq.RubyPG, libpq.Names, libpq.Releases, "libpq", []string{"1.4.5"}, "https://rubydoc.info/gems/pg/PG/Connection"},
	{"sqlx", rust.SQLx, rust.SQLxNames, rust.SQLxReleases, "openssl", []string{"0.7.4", "0.8.3", "0.8.6", "0.9.0"}, "https://docs.rs/sqlx/latest/sqlx/postgres/struct.PgConnectOptions.html"},
	{"tokio-postgres", rust.TokioPostgres, rust.TokioPostgresNames, rust.TokioPostgresReleases, "openssl", []string{"0.7.7", "0.7.18"}, "https://docs.rs/tokio-postgres/latest/tokio_postgres/config/struct.Config.html"},
	{"vertx-pg-client", jvm.VertxPgClient, jvm.VertxNames, jvm.VertxReleases, "java", []string{"4.5.9", "4.5.28"}, "https://vertx.io/docs/vertx-pg-client/java/"},
}

// All returns all drivers, by name.
func All() []Driver { return slices.Clone(drivers) }

// Names returns the names of all drivers, sorted.
func Names() []string {
	names := make([]string, len(drivers))
	for i, d := range drivers {
		names[i] = d.Name
	}
	return names
}

// named is the driver of a name.
func named(name string) (Driver, bool) {
	i, known := slices.BinarySearchFunc(drivers, name, func(d Driver, name string) int { return cmp.Compare(d.Name, name) })
	if !known {
		return Driver{}, false
	}
	return drivers[i], true
}

// RuntimeOf is [Driver.Runtime] by the driver's name; empty where none has the name.
func RuntimeOf(name string) string {
	d, _ := named(name)
	return d.Runtime
}

// otherNames are what people call drivers by, beside their names here.
var otherNames = map[string]string{
	"pg": "node-postgres", "npm pg": "node-postgres", "postgres": "postgres.js", "pq": "lib-pq", "lib/pq": "lib-pq", "jdbc": "pgjdbc", "postgresql-jdbc": "pgjdbc",
	"psycopg3": "psycopg", "psycopg2-binary": "psycopg2", "psqlodbc": "odbc", "pdo_pgsql": "php-pgsql", "pdo": "php-pgsql", "dbd::pg": "dbd-pg", "r2dbc": "r2dbc-postgresql",
	"pgxpool": "pgx", "rust-postgres": "tokio-postgres", "@prisma/client": "prisma", "pgadmin4": "pgadmin", "postgresjs": "postgres.js", "bun.sql": "bun",
	"deno-postgres": "deno", "@db/postgres": "deno", "jsr:@db/postgres": "deno",
}

// Nearest is the driver that was probably meant by a name that none has; empty
// is none.
func Nearest(name string) string {
	return cmp.Or(otherNames[strings.ToLower(name)], policy.Nearest(Names(), name))
}

// Resolve returns what the driver named in s does with the settings.
//
// An unknown driver, and settings that no rule covers, give a policy with
// Undecided set; Resolve never guesses and never fails.
func Resolve(s policy.Settings) policy.Policy {
	d, known := named(s.Driver)
	if !known {
		return policy.Policy{Undecided: "there are no rules for the driver " + s.Driver}
	}
	written := s
	s, stop := asWritten(s)
	if stop != nil {
		return *stop
	}
	names := d.names(written)
	p := d.whereStoreLies(s, names)
	if given, variable := jvm.HandedOn(s); variable != "" && jvm.ReadsJavaVariables(names) && !p.Does(d.whereStoreLies(given, names)) {
		p = policy.Policy{
			Reason: policy.ReasonSettingNotRead,
			Undecided: "the variable " + variable + " contains JVM options, but the JVM does not read this variable: if a script passes the options on to the JVM, declare them in \"properties\"; " +
				"otherwise, remove the variable from \"environment\"",
		}
	}
	if host := impossibleHost(p); host != "" {
		p = policy.NotFilledIn(policy.Quoted(host), " for a host")
	}
	p.Unread = append(names.Unread(written), cutOff(written)...)
	return p
}

// whereStoreLies is the rule's policy, once it is sure that the declared store
// lies where the driver looks. It does not where SSL_CERT_FILE is no name of a file. And
// where no setting names a file, but a variable does that the driver does not
// read, the store may lie there or in the driver's default place.
func (d Driver) whereStoreLies(s policy.Settings, names policy.Known) policy.Policy {
	p := d.rule(s)
	if !s.StoreDeclared || s.StorePlace != "" && s.StorePlace != policy.PlaceAuto {
		return p
	}
	for _, possible := range p.Possible() {
		a := possible.Anchors
		if !possible.Verifies() || a.Source != policy.Declared || a.Content != nil {
			continue
		}
		moved := s.Environment["SSL_CERT_FILE"]
		if moved != "" && (a.Path == "" || a.Path == "system" || a.Path == moved) && !policy.NamesFile(moved) {
			s.StoreDeclared = false
			return d.rule(s)
		}
		if variable := names.StoreVariable(s.Environment); a.Path == "" && moved == "" && variable != "" {
			return policy.Policy{
				Reason: policy.ReasonSettingNotRead,
				Undecided: "the variable " + variable + " names " + policy.Quoted(s.Environment[variable]) + ", but " + d.Name + " does not read that variable, and it is not known whether the declared trust store " +
					"is that file or lies where the driver looks by default. Name the file in the driver's own settings, or set \"place\" in trust_store to \"home\" or \"system\"",
			}
		}
	}
	return p
}
