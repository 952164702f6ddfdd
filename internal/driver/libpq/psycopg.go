package libpq

import (
	"math"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// Psycopg is psycopg 3, which merges as psycopg2 does, but has no alias for
// dbname. It polls the connection itself, so that libpq never looks at
// connect_timeout. From its own version 3.1.13 on it looks hosts up and tries each
// of a list by itself; that counts where that version is declared, not libpq's.
//
// Source: psycopg/psycopg, psycopg/conninfo.py, make_conninfo and
// conninfo_attempts, 3.1.12 to 3.1.16, and psycopg/_conninfo_attempts.py, 3.1.20
// and 3.2. Observed with 3.1.7, and with the wheels of 3.1.8 to 3.3.9.
func Psycopg(s policy.Settings) policy.Policy {
	own := ""
	if belowNine(s.Version) {
		own = s.Version
	}
	return PsycopgReleases.Each(own, func(v policy.Version) policy.Policy {
		return eachBuild(s, belowNine, func(b libpqBuild) policy.Policy { return psycopgBuild(s, b, v) })
	})
}

// PsycopgReleases are those of psycopg 3.
var (
	PsycopgReleases = policy.NewReleases("psycopg", "driver_version", "3.0", "")
	psycopgAttempts = PsycopgReleases.Change("3.1.13") // each host by itself; PGCONNECT_TIMEOUT is read
	psycopgFloats   = PsycopgReleases.Change("3.1.16") // connect_timeout may be a fraction
)

func psycopgBuild(s policy.Settings, b libpqBuild, v policy.Version) policy.Policy {
	b.polls = true
	b.eachHost = !v.Before(psycopgAttempts)
	p := mergedBy(s, b, nil)
	if p.Rejection == nil && p.Undecided == "" {
		p.Rejection = psycopgTimeout(s, b, v)
	}
	if port, _ := psycopgGiven(s, b, "port"); b.eachHost && strings.TrimSpace(port) != port && p.Doubt == "" {
		p.Doubt = "psycopg resolves the port itself, which fails for some kinds of host if there are spaces around the port"
	}
	if p.Rejection != nil {
		rejection := *p.Rejection
		rejection.Client = psycopgError(rejection.Client)
		p.Rejection = &rejection
	}
	return p
}

// psycopgTimeout is what psycopg says to connect_timeout, which it reads by
// itself: from the variable since 3.1.13 only, and since then a negative one
// is none.
//
// Source: psycopg/psycopg, psycopg/connection.py, _get_connection_params, 3.1.
// Observed with 3.1.7.
func psycopgTimeout(s policy.Settings, b libpqBuild, v policy.Version) *policy.Rejection {
	later := !v.Before(psycopgAttempts)
	value, set := psycopgGiven(s, b, "connect_timeout")
	if !set && later {
		value, set = s.Environment["PGCONNECT_TIMEOUT"]
	}
	number, ok := integer(value)
	if fraction, err := strconv.ParseFloat(strings.TrimSpace(value), 64); !v.Before(psycopgFloats) {
		ok = err == nil && !math.IsNaN(fraction) && !math.IsInf(fraction, 0) && !strings.ContainsAny(value, "xXpP")
	}
	switch {
	case !set:
	case !ok:
		return policy.Invalid("connect_timeout is not a number", "")
	case number < 0 && !later:
		return policy.Invalid("a negative connect_timeout expires immediately", "timeout expired")
	}
	return nil
}

// psycopgGiven is a setting of the keyword arguments, or of the connection
// string.
func psycopgGiven(s policy.Settings, b libpqBuild, name string) (string, bool) {
	if value, set := s.Properties[name]; set {
		return value, true
	}
	given, err := conninfo.Parse(s.Connection, b.libpq)
	if err != nil {
		return "", false
	}
	return given.Get(name)
}

// psycopgError is what psycopg leaves of libpq's messages: up to 3.1 it cuts
// everything before the first colon off.
//
// Source: psycopg/psycopg, psycopg/pq/misc.py, error_message, 3.1. Observed
// with 3.1.7.
func psycopgError(client string) string {
	if client == badInteger || client == lostHost {
		return ""
	}
	if _, rest, cut := strings.Cut(client, ": "); cut {
		return rest
	}
	return client
}
