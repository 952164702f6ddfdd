package driver_test

import (
	"testing"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// client is the settings of a client with a declared store.
func client(connection string, properties env) policy.Settings {
	return policy.Settings{Connection: connection, Properties: properties, Version: "15", StoreDeclared: true}
}

func TestLibpqWithProperties(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "libpq", map[string]policyCase{
		"properties follow the string":  {client("host=h sslmode=disable", env{"sslmode": "verify-ca"}), "verify-ca: T path; declared"},
		"an empty one counts as unset":  {client("host=h sslmode=require", env{"sslmode": ""}), "require: T path; declared"},
		"requiressl is no parameter":    {client("host=h", env{"requiressl": "1"}), `rejected invalid_settings: invalid connection option "requiressl"`},
		"an unknown one is refused":     {client("host=h", env{"sslfoo": "x"}), `rejected invalid_settings: invalid connection option "sslfoo"`},
		"the string may be a database":  {client("orders", env{"host": "h", "sslmode": "require"}), "require: T path; declared"},
		"alone it cannot be a database": {client("orders", nil), `rejected invalid_settings: missing "=" after`},
	})
}

func TestPsql(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "psql", map[string]policyCase{
		"a URL of another kind is a database": {client("postgresql+psycopg2://h/d", nil), "rejected invalid_settings: "},
		"a database name":                     {client("orders", env{"host": "h"}), "prefer: T path/nfr, P; declared"},
		"a connection string":                 {client("host=h sslmode=verify-full", nil), "verify-full: T path name; declared"},
		"options come first":                  {client("host=/run", env{"host": "h"}), "prefer: P; none"},
		"options without a string":            {client("", env{"host": "h", "dbname": "sslmode=require"}), "require: T path; declared"},
		"an unknown keyword":                  {client("sslfoo=1", nil), `rejected invalid_settings: invalid connection option "sslfoo"`},
		"a URI":                               {client("postgres://h/d?ssl=true", nil), "require: T path; declared"},
		"a URI with an unknown value":         {client("postgres://h/d?sslmode=on", nil), `rejected invalid_settings: invalid sslmode value: "on"`},
	})
}

func TestPsycopg2(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "psycopg2", map[string]policyCase{
		"a string":                      {client("host=h sslmode=require", nil), "require: T path; declared"},
		"arguments replace the string":  {client("host=h sslmode=disable", env{"sslmode": "verify-ca", "database": "d"}), "verify-ca: T path; declared"},
		"an empty argument counts":      {client("host=h sslmode=require", env{"sslmode": ""}), `rejected invalid_settings: invalid sslmode value: ""`},
		"an unknown argument":           {client("host=h", env{"sslfoo": "1"}), `rejected invalid_settings: invalid connection option "sslfoo"`},
		"requiressl comes last":         {client("host=h sslmode=disable", env{"requiressl": "1", "sslmode": "verify-ca"}), "require: T path; declared"},
		"psycopg2's own arguments":      {client("host=h", env{"cursor_factory": "x"}), "prefer: T path/nfr, P; declared"},
		"dbname is not taken apart":     {client("host=h dbname='sslmode=disable'", nil), "prefer: T path/nfr, P; declared"},
		"its own version says no libpq": {policy.Settings{Connection: "host=h sslnegotiation=postgres", Version: "2.9.5"}, "prefer: T/nfr, P; none"},
	})
}

func TestPsycopg(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "psycopg", map[string]policyCase{
		"arguments replace the string":    {client("host=h sslmode=disable", env{"sslmode": "verify-ca"}), "verify-ca: T path; declared"},
		"database is no name for dbname":  {client("host=h", env{"database": "d"}), `rejected invalid_settings: invalid connection option "database"`},
		"messages lose their beginning":   {client("host=h sslmode=on", nil), `rejected invalid_settings: "on"`},
		"psycopg ends a negative timeout": {client("host=h connect_timeout=-1", nil), "rejected invalid_settings: timeout expired"},
		"in an argument too":              {client("host=h", env{"connect_timeout": "-1"}), "rejected invalid_settings: timeout expired"},
		"a later one takes it for none":   {policy.Settings{Version: "3.2.1", Connection: "host=h connect_timeout=-1"}, "prefer: T/nfr, P; none"},
		"the variable is not looked at":   {policy.Settings{Connection: "host=h", Environment: env{"PGCONNECT_TIMEOUT": "soon"}}, "prefer: T/nfr, P; none"},
		"a later one looks at it":         {policy.Settings{Version: "3.2.1", Connection: "host=h", Environment: env{"PGCONNECT_TIMEOUT": "soon"}}, "rejected invalid_settings: "},
		"no text of a lost host is left":  {client("host=h.invalid", nil), "rejected invalid_settings: "},
		"the timeout is psycopg's matter": {client("host=h connect_timeout=soon", nil), "rejected invalid_settings: "},
	})
}

func TestPgadmin(t *testing.T) {
	t.Parallel()

	withMode := client("host=h", nil)
	withMode.Environment = env{"PGSSLMODE": "verify-full"}
	runPolicyCases(t, "pgadmin", map[string]policyCase{
		"prefer is a setting of its own": {withMode, "prefer: T path/nfr, P; declared"},
		"a parameter":                    {client("host=h", env{"sslmode": "verify-full", "sslrootcert": "/r"}), "verify-full: T path name; declared"},
		"a string":                       {client("host=h sslmode=verify-ca", nil), "verify-ca: T path; declared"},
	})
}

func TestRubyPG(t *testing.T) {
	t.Parallel()

	system := client("host=h sslrootcert=system", nil)
	system.Version = "16"
	systemEverywhere := client("host=h", nil)
	systemEverywhere.Version, systemEverywhere.Environment = "16", env{"PGSSLROOTCERT": "system"}
	service := client("service=orders", env{"pg_service.conf": "[orders]\nhost=h\nsslmode=verify-full\n"})
	runPolicyCases(t, "ruby-pg", map[string]policyCase{
		"a string":                          {client("host=h sslmode=verify-ca", nil), "verify-ca: T path; declared"},
		"a hash beside it":                  {client("host=h sslmode=disable", env{"sslmode": "verify-ca"}), "verify-ca: T path; declared"},
		"an empty value counts":             {client("host=h", env{"sslmode": ""}), `rejected invalid_settings: invalid sslmode value: ""`},
		"an unknown key":                    {client("host=h", env{"sslfoo": "x"}), `rejected invalid_settings: invalid connection option "sslfoo"`},
		"a lone word is a host":             {client("h", env{"sslmode": "require"}), "require: T path; declared"},
		"a URI":                             {client("postgres://h?sslmode=require", nil), "require: T path; declared"},
		"the default mode is too weak":      {system, `rejected contradictory_settings: weak sslmode "prefer" may not be used with sslrootcert=system`},
		"but not with PGSSLROOTCERT":        {systemEverywhere, "verify-full: T path name; system"},
		"the default mode beats a service":  {service, "prefer: T path/nfr, P; declared"},
		"nobody reads the timeout":          {client("host=h connect_timeout=soon", nil), "prefer: T path/nfr, P; declared"},
		"the string must be one of libpq's": {client("host=h sslmode", nil), `rejected invalid_settings: missing "=" after`},
	})
}

func TestPHP(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "php-pgsql", map[string]policyCase{
		"pg_connect":                      {client("host=h sslmode=verify-ca", nil), "verify-ca: T path; declared"},
		"PDO with semicolons":             {client("pgsql:host=h;sslmode=verify-full", nil), "verify-full: T path name; declared"},
		"PDO with blanks":                 {client("pgsql:host=h sslmode=require", nil), "require: T path; declared"},
		"an empty value takes PDO's own":  {client("pgsql:host=h;sslmode=", nil), `rejected invalid_settings: invalid sslmode value: "connect_timeout=30"`},
		"an unknown keyword":              {client("pgsql:host=h;charset=utf8", nil), `rejected invalid_settings: invalid connection option "charset"`},
		"pg_connect knows no semicolons":  {client("host=h;sslmode=require", nil), "rejected invalid_settings: could not translate host name"},
		"a URI that the timeout destroys": {client("pgsql:postgresql://h/d?sslmode=require", nil), `rejected invalid_settings: extra key/value separator "=" in URI query parameter`},
	})
}

func TestDBDPg(t *testing.T) {
	t.Parallel()

	runPolicyCases(t, "dbd-pg", map[string]policyCase{
		"a DSN":                    {client("dbi:Pg:dbname=d;host=h;sslmode=verify-full", nil), "verify-full: T path name; declared"},
		"db and database":          {client("DBI:Pg:db=d;host=h;sslmode=require", nil), "require: T path; declared"},
		"attributes":               {client("dbi:Pg(RaiseError=>1):database=d;host=h;sslmode=require", nil), "require: T path; declared"},
		"double quotes":            {client(`dbi:Pg:dbname="d";host=h;sslmode="require"`, nil), "require: T path; declared"},
		"a quoted semicolon":       {client("dbi:Pg:host=h;options='a;b';sslmode=require", nil), "require: T path; declared"},
		"a string without dbi":     {client("host=h sslmode=require", nil), "require: T path; declared"},
		"an unknown keyword":       {client("dbi:Pg:host=h;pg_enable_utf8=1", nil), `rejected invalid_settings: invalid connection option "pg_enable_utf8"`},
		"double quotes, no dbname": {client(`dbi:Pg:host=h;sslmode="require"`, nil), `rejected invalid_settings: invalid sslmode value: ""require""`},
	})
}
