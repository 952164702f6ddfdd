package driver

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// psycopg is psycopg 3, which merges as psycopg2 does, but has no alias for
// dbname. It polls the connection itself, so that libpq never looks at
// connect_timeout. From its own version 3.2 on it tries each host of a list by
// itself; that counts where that version is declared, not libpq's.
//
// Source: psycopg/psycopg, psycopg/conninfo.py, make_conninfo, 3.1, and
// psycopg/_conninfo_attempts.py, 3.2. Observed with 3.1.7.
func psycopg(s Settings) Policy {
	b := buildOf(s, belowNine)
	b.polls = true
	b.eachHost = !before(b.wrapper, "3.2")
	policy := mergedBy(s, b, nil)
	if policy.Rejection == nil && policy.Undecided == "" {
		policy.Rejection = psycopgTimeout(s, b)
	}
	if policy.Rejection != nil {
		rejection := *policy.Rejection
		rejection.Client = psycopgError(rejection.Client)
		policy.Rejection = &rejection
	}
	return policy
}

// psycopgTimeout is what psycopg says to connect_timeout, which it reads by
// itself: from the variable since 3.1.13 only, and since then a negative one
// is none.
//
// Source: psycopg/psycopg, psycopg/connection.py, _get_connection_params, 3.1.
// Observed with 3.1.7.
func psycopgTimeout(s Settings, b libpqBuild) *Rejection {
	later := !before(b.wrapper, "3.1.13")
	value, set := s.Properties["connect_timeout"]
	if !set {
		given, err := conninfo.Parse(s.Connection, b.libpq)
		if err != nil {
			return refusedConninfo(err).Rejection
		}
		value, set = given.Get("connect_timeout")
	}
	if !set && later {
		value, set = s.Environment["PGCONNECT_TIMEOUT"]
	}
	number, ok := integer(value)
	switch {
	case !set:
	case !ok:
		return invalid("connect_timeout is no number", "")
	case number < 0 && !later:
		return invalid("a negative connect_timeout is over at once", "timeout expired")
	}
	return nil
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
