package driver

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/jvm"
	"github.com/sslready/terraform-provider-sslready/internal/driver/node"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pgbouncer"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

var (
	placeholder   = regexp.MustCompile(`\$\{[^}]*\}|<%.*?%>|\{\{.*?\}\}|%\(\w+\)s`)
	postgresURL   = regexp.MustCompile(`^(?:jdbc:|r2dbc:)?postg(?:res|resql|is)[\w+:-]*://`)
	layeredScheme = regexp.MustCompile(`^(?:postgres|postgresql|postgis)(\+[\w.]+)?://`)
)

// pythonDrivers are those whose URLs people write for the layer above them.
var pythonDrivers = []string{"asyncpg", "pg8000", "psycopg", "psycopg2"}

// connectionNames are the properties that hold what Connection would.
var connectionNames = []string{"connectionString", "url", "dsn", "host", "hostname"}

// asWritten takes apart what people write that is not the driver's own: a URL
// whose scheme names the layer above it, as SQLAlchemy's and Django's do. The
// policy is set where the settings are not the ones that the driver gets.
func asWritten(s policy.Settings) (policy.Settings, *policy.Policy) {
	for _, text := range append(slices.Sorted(maps.Values(s.Properties)), s.Connection) {
		if found := placeholder.FindString(text); found != "" {
			return s, &policy.Policy{Undecided: "the settings hold the placeholder " + found + ": declare the value that the client gets in its place"}
		}
	}
	if s.Connection == "" && s.Driver != "prisma" && !slices.ContainsFunc(connectionNames, func(name string) bool { return s.Properties[name] != "" }) {
		for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
			if postgresURL.MatchString(s.Environment[name]) {
				return s, &policy.Policy{
					Reason:    policy.ReasonSettingNotRead,
					Undecided: "the variable " + name + " holds a URL of PostgreSQL, which the driver does not read by itself: declare as connection what the program hands to it",
				}
			}
		}
	}
	if rest, wrapped := strings.CutPrefix(s.Connection, "jdbc-secretsmanager:postgresql:"); wrapped && s.Driver == "pgjdbc" {
		s.Connection = "jdbc:postgresql:" + rest
		return s, nil
	}
	found := layeredScheme.FindStringSubmatch(s.Connection)
	if found == nil || !slices.Contains(pythonDrivers, s.Driver) || found[1] == "" && !strings.HasPrefix(s.Connection, "postgis") {
		return s, nil
	}
	layer := strings.TrimPrefix(found[1], "+")
	s.Connection = "postgresql://" + s.Connection[len(found[0]):]
	switch {
	case layer == "", layer == s.Driver, layer == "psycopg_async" && s.Driver == "psycopg":
	default:
		return s, &policy.Policy{Undecided: "the scheme of the URL names the driver " + layer + ", and " + s.Driver + " is declared"}
	}
	return sqlAlchemy(s, layer), nil
}

// sqlAlchemy hands the parameters of its URL over as arguments of connect.
//
// Source: sqlalchemy/sqlalchemy, lib/sqlalchemy/dialects/postgresql/asyncpg.py,
// create_connect_args: opts.update(url.query). Observed with 1.4.46.
func sqlAlchemy(s policy.Settings, layer string) policy.Settings {
	base, query, given := strings.Cut(s.Connection, "?")
	if layer != "asyncpg" && layer != "pg8000" || !given {
		return s
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return s
	}
	properties := maps.Clone(s.Properties)
	if properties == nil {
		properties = map[string]string{}
	}
	for name, values := range parameters {
		if _, set := properties[name]; !set {
			properties[name] = values[len(values)-1]
		}
	}
	s.Connection, s.Properties = base, properties
	return s
}

// names are the settings of drivers that ignore those which they do not know.
var names = map[string]policy.Known{
	"pgjdbc": jvm.PgjdbcNames, "r2dbc-postgresql": jvm.R2dbcNames, "node-postgres": node.NodePostgresNames,
	"postgres.js": node.PostgresJSNames, "pgbouncer": pgbouncer.Names,
}
