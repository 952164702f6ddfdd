package dotnet

import (
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Names are what Npgsql reads: its builder throws at a keyword that it does not
// know.
//
// Source: npgsql/npgsql v6.0.0 to v9.0.5, src/Npgsql/PostgresEnvironment.cs.
func Names(policy.Settings) policy.Known {
	return policy.Known{Variables: append([]string{
		"PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLNEGOTIATION", "PGTARGETSESSIONATTRS", "PGOPTIONS", "PGCLIENTENCODING", "PGTZ", "PGPASSFILE", "PGUSER", "PGGSSENCMODE",
	}, openssl.Variables...)}
}
