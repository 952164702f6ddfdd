package rust

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// SQLxNames are the parameters and variables of sqlx, which passes over every
// other parameter with a line in its log.
//
// Source: launchbadge/sqlx v0.6.3 to v0.9.0, options/parse.rs, parse_from_url,
// and options/mod.rs, new_without_pgpass.
func SQLxNames(policy.Settings) policy.Known {
	return policy.Known{
		Properties: sqlxProperties,
		Parameters: strings.Fields(`sslmode ssl-mode sslrootcert ssl-root-cert ssl-ca sslcert ssl-cert sslkey ssl-key statement-cache-capacity host hostaddr
			port dbname user password application_name options options[*`),
		Given: queryOf,
		Variables: append([]string{
			"PGPORT", "PGHOSTADDR", "PGHOST", "PGUSER", "PGDATABASE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLMODE", "PGAPPNAME", "PGOPTIONS",
		}, openssl.Variables...),
	}
}

// TokioPostgresNames are what the TLS libraries read beside tokio-postgres,
// which reads no variable and refuses an option that it does not know.
func TokioPostgresNames(policy.Settings) policy.Known {
	return policy.Known{Properties: tokioProperties, Variables: openssl.Variables}
}

// PrismaEngineNames are the parameters of Prisma's engine in Rust, which passes
// over every other one.
//
// Source: prisma/prisma-engines 0d495ae9, quaint/src/connector/postgres/url.rs,
// parse_query_params.
func PrismaEngineNames(policy.Settings) policy.Known {
	return policy.Known{
		Parameters: strings.Fields(`pgbouncer sslmode sslcert sslidentity sslpassword statement_cache_size sslaccept schema connection_limit host
			socket_timeout connect_timeout pool_timeout max_connection_lifetime max_idle_connection_lifetime application_name channel_binding options
			single_use_connections`),
		Given:     queryOf,
		Variables: append([]string{"DATABASE_URL"}, openssl.Variables...),
	}
}

// queryOf are the parameters of a URL.
func queryOf(connection string) map[string]string {
	u, _ := parseRustURL(connection)
	given := map[string]string{}
	for _, parameter := range u.query {
		if parameter[0] != "" {
			given[parameter[0]] = parameter[1]
		}
	}
	return given
}
