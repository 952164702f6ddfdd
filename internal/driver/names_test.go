package driver_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/driver"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// connectionOf is a connection string of a driver's own, from its vectors, and what
// stands in it before one parameter more; both are empty where it has none.
func connectionOf(t *testing.T, name string) (connection, separator string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("*", "testdata", "vectors", name+".json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %d files of vectors in the folder of its family, want 1", name, len(files))
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Connection string }
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	some := false
	for _, v := range all {
		some = some || v.Connection != ""
		separator = ""
		switch { // By what is between the settings that it has.
		case strings.Contains(v.Connection, "?"):
			separator = "&"
		case strings.Contains(v.Connection, "//"):
			separator = "?"
		case strings.Contains(v.Connection, ";"):
			separator = ";"
		case strings.Contains(v.Connection, " "):
			separator = " "
		}
		if separator != "" && connects(driver.Resolve(policy.Settings{Driver: name, Host: "db.example", Connection: v.Connection})) {
			return strings.TrimSuffix(v.Connection, separator), separator
		}
	}
	if some {
		t.Errorf("%s: no vector has a connection string of two settings with which it connects", name)
	}
	return "", ""
}

// misspelt are names that no driver has, each of which somebody has written.
var misspelt = []string{"sslmod", "ssslmode", "sslmdoe", "sslrotcert", "sslRootCrt", "server_tls_sslmod", "verifyServerCert", "dataSource.sslMode", "spring.datasource.url", "dialectOptions.ssl.ca"}

// TestNoTypingErrorIsPassedOver: what a driver does not know it refuses, or it
// is said that nobody reads it. A driver without a list of names fails here.
func TestNoTypingErrorIsPassedOver(t *testing.T) {
	t.Parallel()
	for _, d := range driver.All() {
		connection, separator := connectionOf(t, d.Name)
		for _, name := range misspelt {
			places := map[string]policy.Settings{"properties": {Connection: connection, Properties: map[string]string{name: "verify-full"}}}
			if connection != "" {
				places["connection"] = policy.Settings{Connection: connection + separator + name + "=verify-full"}
			}
			for place, settings := range places {
				settings.Driver, settings.Host, settings.StoreDeclared = d.Name, "db.example", true
				if p := driver.Resolve(settings); !saidOf(p, name) {
					t.Errorf("%s: the misspelt %s in %s is passed over (%q): %+v", d.Name, name, place, settings.Connection, p)
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
	return !connects(p)
}

// connects says whether a policy can lead to a connection.
func connects(p policy.Policy) bool {
	return slices.ContainsFunc(p.Possible(), func(p policy.Policy) bool { return p.Rejection == nil && p.Undecided == "" && p.Doubt == "" })
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
