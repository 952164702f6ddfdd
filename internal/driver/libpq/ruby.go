package libpq

import (
	"maps"
	"slices"
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
//
// Rails and Sequel, whose settings people give here, hand on what libpq knows
// and leave out the rest; ruby-pg by itself refuses it.
func RubyPG(s policy.Settings) policy.Policy {
	alone := func(s policy.Settings) policy.Policy {
		return eachBuild(s, belowNine, func(b libpqBuild) policy.Policy { return rubyBuild(s, b) })
	}
	handed, keys := withoutLayerKeys(s)
	if len(keys) == 0 {
		return alone(s)
	}
	return policy.Policy{
		Undecided: "it is not known whether ruby-pg gets all of the declared settings: on its own, it refuses some of them (" + strings.Join(keys, ", ") + "), but Rails and Sequel do not pass these on. Remove these settings, or declare the client with the function framework_client",
		Alternatives: []policy.Alternative{
			{If: "ruby-pg alone", Policy: alone(s)}, {If: "behind Rails or Sequel", Policy: alone(handed)},
		},
	}
}

// layerKeys are keys of a database.yml, of Sequel's options, and MySQL's words
// in both, which libpq does not know.
//
// Source: rails/rails, activerecord 6.1.7 to 8, postgresql_adapter.rb and
// connection_pool.rb; jeremyevans/sequel 5.106, database/connecting.rb. Run with
// ActiveRecord 6.1.7 and Sequel 5.63.
var layerKeys = strings.Fields(`adapter database username encoding pool timeout checkout_timeout reaping_frequency idle_timeout variables
	prepared_statements advisory_locks schema_search_path min_messages migrations_paths max_connections pool_timeout test url sslca sslcapath
	sslcipher sslverify ssl_mode ssl_ca`)

// withoutLayerKeys are the settings without layerKeys, and which of them there
// were.
func withoutLayerKeys(s policy.Settings) (handed policy.Settings, keys []string) {
	handed = s
	handed.Properties = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if slices.Contains(layerKeys, name) {
			keys = append(keys, name)
		} else {
			handed.Properties[name] = s.Properties[name]
		}
	}
	if base, query, isURL := strings.Cut(s.Connection, "?"); isURL && strings.Contains(base, "://") {
		var kept []string
		for parameter := range strings.SplitSeq(query, "&") {
			if name, _, _ := strings.Cut(parameter, "="); slices.Contains(layerKeys, name) {
				keys = append(keys, name)
			} else {
				kept = append(kept, parameter)
			}
		}
		handed.Connection = strings.TrimSuffix(base+"?"+strings.Join(kept, "&"), "?")
	}
	if slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, "sslca") || key == "ssl_ca" }) && s.StorePlace != policy.PlaceHome {
		// The store lies where the dropped key says, unless libpq's own names it.
		handed.StoreDeclared = s.StoreDeclared && (handed.Properties["sslrootcert"] != "" || strings.Contains(handed.Connection, "sslrootcert="))
	}
	return handed, keys
}

func rubyBuild(s policy.Settings, b libpqBuild) policy.Policy {
	b.polls = true
	given, err := rubyArguments(s, b.libpq)
	if err != nil {
		return refusedConninfo(err)
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
	return libpqPolicy(s, b, merged, nil)
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
