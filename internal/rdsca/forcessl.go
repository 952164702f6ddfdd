package rdsca

import (
	"regexp"
	"strconv"
)

// engineVersion is RDS's form of PostgreSQL versions: "15", "15.4", "16.3-R2",
// "11.22-rds.20240418", "9.6.24", "16.4-limitless".
var engineVersion = regexp.MustCompile(`^([0-9]{1,2})(\.[0-9]{1,3}){0,3}([-.][A-Za-z][0-9A-Za-z.]{0,30})?$`)

// The first major versions whose default parameter groups enforce TLS.
const (
	enforcedPostgres = 15
	enforcedAurora   = 17
)

// ForceSSLDefault returns RDS's own default for rds.force_ssl for an engine
// ("postgres" or "aurora-postgresql") and its version in RDS's form, such as
// "15", "15.4", "16.3-R2" or "11.22-rds.20240418".
//
// known is false for another engine and for text that is not such a version;
// enforced is then false and means nothing.
//
// Source: Amazon RDS User Guide, "Using SSL with a PostgreSQL DB instance"
// (on from 15), and Aurora User Guide, "Security with Amazon Aurora
// PostgreSQL" (on from 17).
func ForceSSLDefault(engine, version string) (enforced, known bool) {
	first, ok := firstEnforced(engine)
	if !ok {
		return false, false
	}
	parts := engineVersion.FindStringSubmatch(version)
	if parts == nil {
		return false, false
	}
	major, err := strconv.Atoi(parts[1])
	if err != nil || major < 8 {
		return false, false
	}
	return major >= first, true
}

func firstEnforced(engine string) (int, bool) {
	switch engine {
	case "postgres":
		return enforcedPostgres, true
	case "aurora-postgresql":
		return enforcedAurora, true
	default:
		return 0, false
	}
}
