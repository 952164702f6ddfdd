package driver

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/beam"
	"github.com/sslready/terraform-provider-sslready/internal/driver/jvm"
	"github.com/sslready/terraform-provider-sslready/internal/driver/node"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pgbouncer"
	"github.com/sslready/terraform-provider-sslready/internal/driver/pooler"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

var (
	placeholder   = regexp.MustCompile(`\$\{[^}]*\}|<%.*?%>|\{\{.*?\}\}|%\(\w+\)s`)
	postgresURL   = regexp.MustCompile(`^(?:jdbc:|r2dbc:)?postg(?:res|resql|is)[\w+:-]*://`)
	layeredScheme = regexp.MustCompile(`^(?:(?:postgres|postgresql)\+[\w.]+|postgis)://`)
)

// pythonDrivers are those whose URLs people write for the layer above them.
var pythonDrivers = []string{"asyncpg", "pg8000", "psycopg", "psycopg2"}

// connectionNames are the properties that hold what Connection would.
var connectionNames = []string{"connectionString", "url", "dsn", "host", "hostname"}

// asWritten looks at what people write that is not the driver's own: a URL
// whose scheme names the layer above it or in front of it, and placeholders. The
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
	}
	if found := layeredScheme.FindString(s.Connection); found != "" && slices.Contains(pythonDrivers, s.Driver) {
		return s, &policy.Policy{Undecided: "the URL starts with " + found + ", which the layer above the driver takes apart (SQLAlchemy, Django): declare what it hands to the driver, as framework_client says it"}
	}
	return s, nil
}

// names are the settings of drivers that ignore those which they do not know.
var names = map[string]policy.Known{
	"pgjdbc": jvm.PgjdbcNames, "r2dbc-postgresql": jvm.R2dbcNames, "node-postgres": node.NodePostgresNames,
	"aws-advanced-jdbc-wrapper": jvm.AWSWrapperNames, "aws-secretsmanager-jdbc": jvm.AWSSecretsManagerNames,
	"odyssey": pooler.OdysseyNames, "pgcat": pooler.PgCatNames, "postgrex": beam.PostgrexNames,
	"vertx-pg-client": jvm.VertxNames,
	"postgres.js":     node.PostgresJSNames, "pgbouncer": pgbouncer.Names,
}
