package python

import (
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// AsyncpgNames are what asyncpg reads: an argument that it does not know is an
// error, and a keyword of the URL goes to the server, which refuses it.
//
// Source: MagicStack/asyncpg v0.22.0 to v0.31.0, connect_utils.py,
// _parse_connect_dsn_and_args.
func AsyncpgNames(policy.Settings) policy.Known {
	return policy.Known{Variables: append([]string{
		"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGSSLMODE", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL",
		"PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGSSLNEGOTIATION", "PGTARGETSESSIONATTRS", "PGKRBSRVNAME", "PGGSSLIB",
	}, openssl.Variables...)}
}

// Pg8000Names are the arguments of pg8000.connect: until 1.14 it passed over
// what it did not know.
func Pg8000Names(policy.Settings) policy.Known {
	return policy.Known{Variables: openssl.Variables, Properties: slices.Clone(pg8000Known), Parameters: pg8000Known, Given: func(connection string) map[string]string {
		arguments, _ := pg8000Arguments(policy.Settings{Connection: connection})
		return arguments
	}}
}
