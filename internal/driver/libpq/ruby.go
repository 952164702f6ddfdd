package libpq

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// RubyPG is the gem pg. A single argument without "=" and "://" is a host,
// and the properties are the hash beside it, which wins.
//
// Since 1.3 it hands PQconndefaults over as settings of the connection, so
// that the default sslmode counts as given: it overrules a service file, and
// with sslrootcert=system it is too weak. It polls the connection itself, so
// that connect_timeout is never read by libpq.
//
// Source: ged/ruby-pg, lib/pg/connection.rb, parse_connect_args and
// connect_to_hosts, 1.4.5. Observed with 1.4.5.
func RubyPG(s policy.Settings) policy.Policy {
	return eachBuild(s, belowNine, func(b libpqBuild) policy.Policy { return rubyBuild(s, b) })
}

func rubyBuild(s policy.Settings, b libpqBuild) policy.Policy {
	b.polls = true
	given, err := rubyArguments(s, b.libpq)
	if err != nil {
		return *refusedConninfo(err)
	}
	defaults, p := withService(s, b, nil)
	if p != nil && p.Undecided != "" {
		return *p
	}
	// What is wrong with a service, PQconndefaults does not say; libpq says it
	// when it connects.
	merged := withLibpqDefaults(s, b, defaults)
	for _, g := range given {
		merged = merged.With(g.Keyword, g.Value)
	}
	return libpqPolicy(s, b, merged)
}

func rubyArguments(s policy.Settings, libpq int) (conninfo.Settings, error) {
	var given conninfo.Settings
	var err error
	switch {
	case strings.Contains(s.Connection, "=") || strings.Contains(s.Connection, "://"):
		if given, err = conninfo.Parse(s.Connection, libpq); err != nil {
			return nil, err //nolint:wrapcheck // an Error of conninfo is the driver's answer
		}
	case s.Connection != "":
		given = conninfo.Settings{{Keyword: "host", Value: s.Connection}}
	}
	return appended(given, libpqProperties(s, nil), libpq)
}
