package driver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// connectionOf is a connection string of each driver with one parameter more;
// empty is that a driver has none.
var connectionOf = map[string]string{
	"asyncpg": "postgresql://db.example/x?%s=%s", "bun": "postgres://db.example/x?%s=%s", "deno": "postgres://db.example/x?%s=%s", "dbd-pg": "dbi:Pg:host=db.example;%s=%s", "lib-pq": "host=db.example %s=%s", "libpq": "host=db.example %s=%s",
	"node-postgres": "postgres://db.example/x?%s=%s", "npgsql": "Host=db.example;%s=%s", "odbc": "Driver={x};Server=db.example;%s=%s", "other": "",
	"pg-native": "host=db.example %s=%s", "pg8000": "host=db.example %s=%s", "pgadmin": "host=db.example %s=%s", "pgbouncer": "host=db.example %s=%s", "pgjdbc": "jdbc:postgresql://db.example/x?%s=%s",
	"pgx": "postgres://db.example/x?%s=%s", "php-pgsql": "host=db.example %s=%s", "postgres.js": "postgres://db.example/x?%s=%s",
	"prisma": "postgresql://db.example/x?%s=%s", "psql": "postgresql://db.example/x?%s=%s", "psycopg": "host=db.example %s=%s", "psycopg2": "host=db.example %s=%s",
	"r2dbc-postgresql": "r2dbc:postgresql://db.example/x?%s=%s", "ruby-pg": "host=db.example %s=%s", "sqlx": "postgres://db.example/x?%s=%s",
	"tokio-postgres": "host=db.example %s=%s", "vertx-pg-client": "postgresql://db.example/x?%s=%s", "postgrex": "ecto://db.example/x?%s=%s",
	"aws-advanced-jdbc-wrapper": "jdbc:aws-wrapper:postgresql://db.example/x?%s=%s", "aws-secretsmanager-jdbc": "jdbc-secretsmanager:postgresql://db.example/x?%s=%s",
	"odyssey": "", "pgcat": "",
}

// misspelt are names that no driver has, each of which somebody has written.
var misspelt = []string{"sslmod", "ssslmode", "sslmdoe", "sslrotcert", "sslRootCrt", "server_tls_sslmod", "verifyServerCert", "dataSource.sslMode", "spring.datasource.url", "dialectOptions.ssl.ca"}

// TestNoTypingErrorIsPassedOver: what a driver does not know it refuses, or it
// is said that nobody reads it. A driver without a list of names fails here.
func TestNoTypingErrorIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, d := range driver.All() {
		connection, listed := connectionOf[d.Name]
		if !listed {
			t.Errorf("%s: no connection string to misspell: write one", d.Name)
		}
		for _, name := range misspelt {
			places := map[string]policy.Settings{
				"properties": {Driver: d.Name, Connection: fmt.Sprintf(connection, "application_name", "x"), Properties: map[string]string{name: "verify-full"}},
			}
			if connection != "" {
				places["connection"] = policy.Settings{Driver: d.Name, Connection: fmt.Sprintf(connection, name, "verify-full")}
			}
			for place, settings := range places {
				settings.Host, settings.StoreDeclared = "db.example", true
				if p := driver.Resolve(settings); !saidOf(p, name) {
					t.Errorf("%s: the misspelt %s in %s is passed over: %+v", d.Name, name, place, p)
				}
			}
		}
	}
}

// saidOf says whether a policy speaks of a setting, or cannot lead to a
// connection.
func saidOf(p policy.Policy, name string) bool {
	if slices.ContainsFunc(p.Unread, func(u policy.Unread) bool { return strings.EqualFold(u.Name, name) && u.Decides }) {
		return true
	}
	return !slices.ContainsFunc(p.Possible(), func(p policy.Policy) bool { return p.Rejection == nil && p.Undecided == "" && p.Doubt == "" })
}

func TestMisspeltVariables(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]policy.Settings{
		"PGSSLMOD":           {Driver: "psycopg2"},
		"PGSSLMDOE":          {Driver: "asyncpg"},
		"PGSLMODE":           {Driver: "pgx"},
		"pgsslrootcert":      {Driver: "libpq"},
		"NODE_EXTRA_CA_CERT": {Driver: "node-postgres", Connection: "postgres://h/d?sslmode=require"},
		"PGSSLROOTCRT":       {Driver: "sqlx", Connection: "postgres://h/d"},
	} {
		settings.Environment = map[string]string{name: "/etc/ssl/rds.pem"}
		unread := driver.Resolve(settings).Unread
		if len(unread) != 1 || unread[0].Name != name || !unread[0].Decides || unread[0].Meant == "" {
			t.Errorf("%s of %s: %+v", name, settings.Driver, unread)
		}
	}
	// A variable of another program, and one whose right form is there, too.
	for _, environment := range []map[string]string{
		{"REQUESTS_CA_BUNDLE": "/x", "PATH": "/bin", "HOSTNAME": "a", "API_URL": "https://x"}, {"PGSSLMODE": "require", "pgsslmode": "require"},
	} {
		for _, u := range driver.Resolve(policy.Settings{Driver: "psycopg2", Connection: "host=h", Environment: environment}).Unread {
			if u.Decides {
				t.Errorf("%v: %+v decides", environment, u)
			}
		}
	}
}

// TestNamesThatAreRead holds the lists against what the rules themselves read.
func TestNamesThatAreRead(t *testing.T) {
	t.Parallel()
	for _, s := range []policy.Settings{
		{Driver: "sqlx", Connection: "postgres://h/d?ssl-mode=require&ssl-root-cert=/r&ssl-ca=/r&sslcert=/c&ssl-key=/k&statement-cache-capacity=1&options[search_path]=x&application_name=a"},
		{Driver: "prisma", Version: "5", Connection: "postgresql://h/d?schema=public&sslmode=require&sslaccept=strict&sslcert=/r&sslidentity=/i&pgbouncer=true&connection_limit=5&pool_timeout=2"},
		{Driver: "prisma", Version: "7", Connection: "postgresql://h/d?sslmode=require&sslrootcert=/r&uselibpqcompat=true", Properties: map[string]string{"schema": "x"}},
		{Driver: "node-postgres", Connection: "postgres://h/d?sslmode=require&sslrootcert=/r&sslcert=/c&sslkey=/k&sslnegotiation=direct&uselibpqcompat=true&application_name=x&host=y&ssl=true"},
		{Driver: "postgres.js", Connection: "postgres://h/d", Properties: map[string]string{"ssl": "require", "max": "3", "no_prepare": "true", "connection.search_path": "x", "timeout": "3"}},
		{Driver: "r2dbc-postgresql", Version: "1.1.2", Connection: "r2dbc:postgresql://h/d?sslMode=require&sslmode=require&sslRootCert=/r&sslSni=true&sslNegotiation=direct&currentSchema=x&channelBinding=prefer&maxMessageSize=1"},
		{Driver: "pgbouncer", Connection: "host=h", Properties: map[string]string{"server_tls_sslmode": "require", "server_tls13_ciphers": "x", "pool_idle_timeout": "3", "login_notify_message": "x"}},
		{Driver: "odbc", Connection: "Driver={x};Servername=h;Port=1;Database=d;UID=u;SSLmode=require;pqopt={sslrootcert=/r};CA=r;Fetch=100;FetchRefcursors=1"},
		{Driver: "pgjdbc", Connection: "jdbc:aws-wrapper:postgresql://h/d?wrapperPlugins=failover,iam&iamHost=h&sslmode=require&clusterInstanceHostPattern=x&failoverMode=strict-writer"},
		{Driver: "psycopg2", Connection: "host=h", Environment: map[string]string{"PGSSLMODE": "require", "PGSSLROOTCERT": "/r", "PGSSLCERTMODE": "disable", "SSL_CERT_FILE": "/r"}},
		{Driver: "ruby-pg", Connection: "host=h", Properties: map[string]string{"sslmode": "require", "sslrootcert": "/r"}},
	} {
		if unread := driver.Resolve(s).Unread; len(unread) > 0 {
			t.Errorf("%s %s: %+v", s.Driver, s.Connection, unread)
		}
	}
	for _, s := range []policy.Settings{
		{Driver: "prisma", Version: "5", Connection: "postgresql://h/d?sslrootcert=/r"},
		{Driver: "prisma", Version: "7", Connection: "postgresql://h/d?sslaccept=strict"},
		{Driver: "prisma", Connection: "postgresql://h/d?sslaccept=strict"},
		{Driver: "postgres.js", Connection: "postgres://h/d", Environment: map[string]string{"PGSSLMODE": "verify-full"}},
		{Driver: "postgres.js", Properties: map[string]string{"url": "postgres://h/d?sslmode=verify-full"}},
		{Driver: "r2dbc-postgresql", Version: "1.0.9", Connection: "r2dbc:postgresql://h/d?sslNegotiation=direct"},
		{Driver: "odbc", Connection: "Driver={x};Server=h;sslrootcert=/r"},
		{Driver: "php-pgsql", Connection: "host=h", Properties: map[string]string{"sslmode": "verify-full"}},
	} {
		if unread := driver.Resolve(s).Unread; len(unread) != 1 {
			t.Errorf("%s %s %v: %+v", s.Driver, s.Connection, s.Properties, unread)
		}
	}
}
