package libpq

import (
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Libpq is a program that calls PQconnectdb with the connection string, or
// PQconnectdbParams with the string as dbname followed by the properties.
func Libpq(s policy.Settings) policy.Policy {
	keywords := libpqProperties(s, nil)
	if len(keywords) == 0 {
		return parsedBy(s, libpqVersion, s.Connection)
	}
	params := append(conninfo.Settings{{Keyword: "dbname", Value: s.Connection}}, keywords...)
	return expandedBy(s, params)
}

// PgNative is pg-native, which hands its one string to PQconnectdb as it is.
// Settings in code are those of node-postgres in front of it (pg.native), which
// writes a string of its own.
//
// Source: brianc/node-libpq, src/connection.cc, ConnectDB; brianc/node-postgres,
// pg-native/index.js, connect.
func PgNative(s policy.Settings) policy.Policy {
	if len(s.Properties) > 0 {
		return policy.Policy{Undecided: "pg-native itself accepts only a connection string; the rules do not cover how node-postgres passes \"properties\" to it (pg.native)"}
	}
	return parsedBy(s, libpqVersion, s.Connection)
}

// Psql takes the connection string as its first argument, which is a database
// name where it is no connection string. It overrules options such as -h and
// -p, here the properties host, port, user and dbname.
//
// Source: postgres/postgres, src/bin/psql/startup.c, main, 15.
func Psql(s policy.Settings) policy.Policy {
	if !conninfo.Recognized(s.Connection) && strings.Contains(s.Connection, "://") {
		return policy.Policy{Rejection: policy.Invalid("psql mistakes the connection string for the name of a database, because psql does not know the scheme of the URL", "")}
	}
	params := libpqProperties(s, nil)
	if s.Connection != "" {
		params = slices.DeleteFunc(params, func(p conninfo.Setting) bool { return p.Keyword == "dbname" })
		params = append(params, conninfo.Setting{Keyword: "dbname", Value: s.Connection})
	}
	return expandedBy(s, params)
}

// Psycopg2 hands the string over to PQconnectdb as it is. With keyword
// arguments, here the properties, it parses the string, lets the arguments
// replace its settings, and writes a new one.
//
// Source: psycopg/psycopg2, lib/extensions.py, make_dsn, 2.9.
func Psycopg2(s policy.Settings) policy.Policy {
	return eachBuild(s, belowNine, func(b libpqBuild) policy.Policy {
		return mergedBy(s, b, map[string]string{"database": "dbname"})
	})
}

// Pgadmin is pgAdmin 4, which connects through psycopg. Its connection
// parameters, here the properties, name sslmode=prefer for a server that was
// registered without one, so that PGSSLMODE plays no part.
//
// Source: pgadmin-org/pgadmin4, web/pgadmin/utils/driver/psycopg3/connection.py
// and server_manager.py, create_connection_string, REL-8. Not observed.
func Pgadmin(s policy.Settings) policy.Policy {
	_, inProperties := s.Properties["sslmode"]
	if parsed, err := conninfo.Parse(s.Connection, 0); err == nil && !inProperties {
		_, inString := parsed.Get("sslmode")
		_, service := parsed.Get("service")
		if !inString && !service {
			s = s.With("sslmode", "prefer")
		}
	}
	if belowNine(s.Version) {
		s.Version = "" // pgAdmin's own says nothing of psycopg's.
	}
	return Psycopg(s)
}

// libpqProperties returns the properties that are handed over to libpq,
// sorted by name, with aliases replaced.
func libpqProperties(s policy.Settings, aliases map[string]string) conninfo.Settings {
	var params conninfo.Settings
	for _, keyword := range slices.Sorted(maps.Keys(s.Properties)) {
		value := s.Properties[keyword]
		if alias, ok := aliases[keyword]; ok {
			keyword = alias
		}
		if keyword != serviceFile && !slices.Contains(pythonArguments, keyword) {
			params = append(params, conninfo.Setting{Keyword: keyword, Value: value})
		}
	}
	return params
}

// pythonArguments are keyword arguments that psycopg keeps for itself.
var pythonArguments = strings.Fields(`async async_ autocommit connection_factory context cursor_factory prepare_threshold row_factory`)

// parsedBy is for clients that call PQconnectdb.
func parsedBy(s policy.Settings, own func(string) bool, connection string) policy.Policy {
	return eachBuild(s, own, func(b libpqBuild) policy.Policy {
		given, err := conninfo.Parse(connection, b.libpq)
		return libpqPolicy(s, b, given, err)
	})
}

// expandedBy is for clients that call PQconnectdbParams with expand_dbname.
func expandedBy(s policy.Settings, params conninfo.Settings) policy.Policy {
	return eachBuild(s, libpqVersion, func(b libpqBuild) policy.Policy {
		given, err := conninfo.Expand(params, b.libpq)
		return libpqPolicy(s, b, given, err)
	})
}

// mergedBy is for clients that write the properties into the string, where
// even an empty value counts.
func mergedBy(s policy.Settings, b libpqBuild, aliases map[string]string) policy.Policy {
	given, err := conninfo.Parse(s.Connection, b.libpq)
	if err == nil {
		given, err = appended(given, libpqProperties(s, aliases), b.libpq)
	}
	return libpqPolicy(s, b, given, err)
}

// appended is a connection string that is written anew with more settings:
// those that it has keep their place, so that requiressl, which is never one
// of them, comes after sslmode.
func appended(given, more conninfo.Settings, libpq int) (conninfo.Settings, error) {
	last := func(s conninfo.Setting) bool { return s.Keyword == "requiressl" }
	if i := slices.IndexFunc(more, last); i >= 0 {
		more = append(slices.Delete(slices.Clone(more), i, i+1), more[i])
	}
	for _, m := range more {
		all, known := given.Store(m.Keyword, m.Value, libpq)
		if !known {
			return nil, &conninfo.Error{Err: conninfo.ErrUnknownKeyword, Client: `invalid connection option "` + m.Keyword + `"`}
		}
		given = all
	}
	return given, nil
}

// PHPPgsql is PHP: pg_connect, or PDO where the connection string starts with
// "pgsql:".
//
// pg_connect hands its string over as it is. PDO replaces every semicolon by
// a blank, quoted or not, and appends its timeout, which a setting without a
// value takes for its own. The properties user and password of PDO's
// constructor play no part here.
//
// Source: php/php-src, ext/pdo_pgsql/pgsql_driver.c, pdo_pgsql_handle_factory,
// and ext/pgsql/pgsql.c, php_pgsql_do_connect, 8.2. Observed with 8.2.
func PHPPgsql(s policy.Settings) policy.Policy {
	connection := s.Connection
	if dsn, pdo := strings.CutPrefix(connection, "pgsql:"); pdo {
		connection = strings.ReplaceAll(dsn, ";", " ") + " connect_timeout=30"
	}
	return parsedBy(s, belowNine, connection)
}
