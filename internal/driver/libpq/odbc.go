package libpq

import (
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// psqlodbcVersion is how psqlodbc writes its own version: 13.02.0000.
var psqlodbcVersion = regexp.MustCompile(`^\d\d\.\d\d\.\d{4}`)

// ODBC is psqlodbc, whose connection string is its own. Its mode is "disable"
// unless the string says otherwise, and PGSSLMODE is never read; root files
// are named in pqopt or in the environment. What pqopt says must not
// contradict the rest of the string, defaults included.
//
// The first letter of SSLmode decides: "Require" is "disable", since only
// lower-case letters are known.
//
// Source: postgresql-interfaces/psqlodbc, dlg_specific.c, copyConnAttributes,
// and connection.c, LIBPQ_connect, 13.02. Observed with 13.02.0000.
func ODBC(s policy.Settings) policy.Policy {
	attributes := conninfo.ParseODBC(s.Connection)
	if _, named := attributes.Get("driver"); !named {
		if _, dsn := attributes.Get("dsn"); dsn {
			return policy.Policy{Undecided: "the connection string names a data source, but the data source's settings are not declared: in the connection string, replace DSN with these settings, including Driver"}
		}
		return policy.Policy{Rejection: policy.Invalid("the connection string names no driver", "Data source name not found")}
	}
	if _, dsn := attributes.Get("dsn"); dsn {
		return policy.Policy{Undecided: "the rules do not cover a connection string that names both a data source and a driver"}
	}
	if _, ignored := attributes.Get("sslrootcert"); ignored && s.StorePlace != policy.PlaceHome {
		// psqlodbc has no such attribute: the store that it seems to name is
		// not where libpq looks, unless the environment or pqopt says so too.
		_, named := s.Environment["PGSSLROOTCERT"]
		options, _ := attributes.Get("pqopt")
		s.StoreDeclared = s.StoreDeclared && (named || strings.Contains(options, "sslrootcert"))
	}
	return eachBuild(s, psqlodbcVersion.MatchString, func(b libpqBuild) policy.Policy {
		settings, rejection := odbcSettings(attributes, b.libpq)
		if rejection != nil {
			return policy.Policy{Rejection: rejection}
		}
		return libpqPolicy(s, b, settings, nil)
	})
}

// odbcNames are the attributes that become settings of libpq.
var odbcNames = []struct{ attribute, alias, keyword string }{
	{attribute: "server", alias: "servername", keyword: "host"},
	{attribute: "port", keyword: "port"},
	{attribute: "database", keyword: "dbname"},
	{attribute: "uid", alias: "username", keyword: "user"},
	{attribute: "sslmode", alias: "ca", keyword: "sslmode"},
}

func odbcSettings(attributes conninfo.Settings, libpq int) (conninfo.Settings, *policy.Rejection) {
	settings := conninfo.Settings{{Keyword: "port", Value: "5432"}, {Keyword: "sslmode", Value: "disable"}}
	options := ""
	for _, a := range attributes {
		for _, n := range odbcNames {
			if a.Keyword != n.attribute && a.Keyword != n.alias {
				continue
			}
			value := a.Value
			if n.keyword == "sslmode" {
				value = odbcMode(value)
			}
			settings = settings.With(n.keyword, value)
		}
		if a.Keyword == "pqopt" || a.Keyword == "d5" {
			options = a.Value
		}
	}
	parsed, err := conninfo.Parse(options, libpq)
	if err != nil {
		return nil, refusedConninfo(err).Rejection
	}
	for _, p := range parsed {
		if value, _ := settings.Get(p.Keyword); value != "" && value != p.Value {
			return nil, policy.Contradictory("the option pqopt contradicts the rest of the connection string", p.Keyword+" parameter in pqopt option conflicts with other ordinary option")
		}
	}
	var given conninfo.Settings
	for _, setting := range append(settings, parsed...) {
		if setting.Value != "" {
			given = given.With(setting.Keyword, setting.Value)
		}
	}
	return given, nil
}

func odbcMode(value string) string {
	for _, known := range []struct{ begin, mode string }{
		{"a", "allow"}, {"p", "prefer"}, {"r", "require"}, {"vf", "verify-full"}, {"vc", "verify-ca"}, {"v", value},
	} {
		if strings.HasPrefix(value, known.begin) {
			return known.mode
		}
	}
	return "disable"
}
