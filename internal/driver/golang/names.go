package golang

import (
	"maps"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// goVariables are those of Go's own store.
//
// Source: golang/go 1.26, src/crypto/x509/root_unix.go.
var goVariables = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG"}

// PgxNames are what pgx reads. A keyword that it does not know goes to the
// server, which refuses it.
func PgxNames(policy.Settings) policy.Known {
	names := slices.Sorted(maps.Keys(pgxVariables))
	return policy.Known{Variables: append(append(names, "PGSSLPASSWORD", "PGSERVICEFILE", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION"), goVariables...)}
}

// LibPQNames are what lib/pq reads. A keyword that it does not know goes to the
// server, which refuses it.
func LibPQNames(policy.Settings) policy.Known {
	names := append(slices.Sorted(maps.Keys(libPQVariables)), slices.Sorted(maps.Keys(libPQVariablesLater))...)
	return policy.Known{Variables: append(append(names, libPQRefuses(policy.Version{})...), goVariables...)}
}
