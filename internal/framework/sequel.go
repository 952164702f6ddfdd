package framework

import "cmp"

// sequel is a URL or a hash of Sequel 5's Sequel.connect.
//
// Of the keywords of libpq only host, port, the database, user,
// connect_timeout, sslmode and sslrootcert go on; driver_options go on as they
// are, and conn_str replaces everything. connect_timeout is 20 unless given.
// The URL's query beats its host and user.
//
// Source: jeremyevans/sequel, lib/sequel/adapters/postgres.rb, connect, and
// lib/sequel/database/connecting.rb, 5.63 and 5.106.
func sequel(r request) []Alternative {
	r = r.filled(erbSyntax)
	s := r.settings
	if r.isText {
		u, isURL := parseURL(r.text)
		if !isURL {
			return refused("ruby-pg", "AdapterNotFound")
		}
		s = newSection("", map[string]any{
			"adapter": u.scheme, "user": u.user, "host": u.host, "port": u.port, "database": u.database,
		})
		for _, p := range u.query {
			s.values[p.name] = p.value
		}
	}
	if adapter := s.text("adapter"); adapter != "postgres" && adapter != "postgresql" {
		return undecided("ruby-pg", "the adapter is not the one that Sequel has for PostgreSQL")
	}
	c := client("ruby-pg")
	s.renamed(&c, map[string]string{
		"host": "host", "port": "port", "database": "dbname", "sslmode": "sslmode", "sslrootcert": "sslrootcert", "connect_timeout": "connect_timeout",
	})
	c.set("user", cmp.Or(s.text("username"), s.text("user")))
	if c.Properties["connect_timeout"] == "" {
		c.add("connect_timeout", "20")
	}
	options := s.inner("driver_options")
	options.handOn(&c, scalar)
	if connection := s.text("conn_str"); connection != "" {
		c = client("ruby-pg")
		c.Connection = connection
		delete(s.taken, "sslmode")
		delete(s.taken, "sslrootcert")
	}
	return s.done(c, kept["sequel"]...)
}
