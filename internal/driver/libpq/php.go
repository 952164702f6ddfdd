package libpq

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

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
