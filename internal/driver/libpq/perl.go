package libpq

import (
	"regexp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

var (
	dbiPrefix   = regexp.MustCompile(`^(?i:dbi):\w*(?:\([^)]*\))?:`)
	dbdDatabase = regexp.MustCompile(`\b(?:db|database)\s*=`)
	dbdQuoted   = regexp.MustCompile(`dbname\s*=\s*["'][^"']+`)
)

// DBDPg is Perl's DBD::Pg. Semicolons outside of single quotes become blanks,
// "db" and "database" the name that libpq knows, and double quotes single ones
// where the database name is quoted.
//
// Source: bucardo/dbdpg, Pg.pm, connect, and dbdimp.c, dbd_db_login6, 3.16.
// Observed with 3.16.0.
func DBDPg(s policy.Settings) policy.Policy {
	dsn := strings.TrimPrefix(s.Connection, dbiPrefix.FindString(s.Connection))
	if at := dbdDatabase.FindStringIndex(dsn); at != nil {
		dsn = dsn[:at[0]] + "dbname=" + dsn[at[1]:]
	}
	if dbdQuoted.MatchString(dsn) {
		dsn = strings.ReplaceAll(dsn, `"`, `'`)
	}
	quoted := false
	connection := strings.Map(func(r rune) rune {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ';' && !quoted:
			return ' '
		}
		return r
	}, dsn)
	return parsedBy(s, belowNine, connection)
}
