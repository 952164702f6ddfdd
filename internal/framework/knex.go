package framework

import "slices"

// knexClients are the names of Knex's client for PostgreSQL.
var knexClients = []string{"pg", "postgres", "postgresql"}

// knex is the configuration of Knex: a URL, or an object with connection.
//
// A connection URL of postgres: or postgresql: is taken apart by
// pg-connection-string; of another scheme only host, port, user and database
// are understood, and its parameters become keys that node-postgres does not
// have, but for ssl. An object goes to node-postgres as it is.
//
// Source: knex/knex 3.3.0, lib/knex-builder/internal/parse-connection.js and
// config-resolver.js, lib/dialects/postgres/index.js.
func knex(r request) []Alternative {
	c, s := client(nodeDriver), r.settings
	connection, given := s.take("connection")
	name := s.text("client", "dialect")
	switch {
	case r.isText:
		connection = r.text
		u, isURL := parseURL(r.text)
		if !isURL {
			return refused(nodeDriver, "Unknown configuration option") // sqlite3, which is another database
		}
		name = u.scheme
	case !given && name == "":
		connection = s.values // The connection alone.
		s = newSection("", nil)
		name = "pg"
	}
	switch {
	case slices.Contains(knexClients, name):
	case slices.Contains([]string{"pgnative", "cockroachdb", "redshift", "mysql", "mysql2", "mssql", "sqlite3", "better-sqlite3", "oracledb"}, name):
		return undecided(nodeDriver, "Knex's client is not the one for PostgreSQL")
	case name != "":
		return refused(nodeDriver, "knex: Unknown configuration option 'client' value "+name)
	default:
		return undecided(nodeDriver, "without the option \"client\", Knex does not connect")
	}
	switch v := connection.(type) {
	case string:
		knexURL(&c, v)
	case map[string]any:
		nodeObject(&c, v)
	}
	return s.done(c, kept["knex"]...)
}

func knexURL(c *Client, text string) {
	u, isURL := parseURL(text)
	if !isURL || u.scheme == "postgres" || u.scheme == "postgresql" {
		c.Connection = text
		return
	}
	c.address(u, "database")
	for _, p := range u.query {
		c.Properties[p.name] = p.value
	}
}
