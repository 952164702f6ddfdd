package framework

import "slices"

// drizzle is what drizzle() of drizzle-orm/node-postgres takes: a URL, an
// object with connection, or the settings of node-postgres's Pool. An object
// with dbCredentials is a drizzle.config, which drizzle-kit reads.
//
// drizzle hands on what it gets. drizzle-kit, with host and not url, gives ssl
// meanings of its own: allow, prefer and require are rejectUnauthorized: false,
// verify-full is an empty object, and so is no ssl at all.
//
// Source: drizzle-team/drizzle-orm 0.45.4, node-postgres/driver.ts; drizzle-kit
// 0.31.11, src/cli/connections.ts and validations/postgres.ts.
func drizzle(r request) []Alternative {
	c, s := client(nodeDriver), r.settings
	if r.isText {
		c.Connection = r.text
		return one(c)
	}
	if _, kit := s.values["dbCredentials"]; kit {
		return drizzleKit(s)
	}
	connection, given := s.take("connection")
	switch v := connection.(type) {
	case string:
		c.Connection = v
	case map[string]any:
		nodeObject(&c, v)
	default:
		if !given {
			nodeObject(&c, s.values)
			return one(c)
		}
	}
	return s.done(c, "schema", "logger", "casing", "cache", "client")
}

func drizzleKit(s section) []Alternative {
	c := client(nodeDriver)
	credentials := s.inner("dbCredentials")
	s.own("dialect", "schema", "out", "driver", "tablesFilter", "schemaFilter", "verbose", "strict", "migrations", "breakpoints", "introspect", "entities", "casing", "extensionsFilters", "$schema")
	if s.text("driver") != "" {
		return undecided(nodeDriver, "the driver of drizzle-kit is not node-postgres")
	}
	ssl, given := credentials.take("ssl")
	host, text := credentials.text("host"), credentials.text("url")
	if host == "" || credentials.text("database") == "" {
		if text == "" {
			return refused(nodeDriver, "Either connection \"url\" or \"host\", \"database\" are required for PostgreSQL database connection")
		}
		c.Connection = text
		if given {
			flatten(c.Unread, "dbCredentials.ssl", ssl)
		}
		credentials.own("user", "password", "port")
		credentials.unreadInto(&c)
		return s.done(c)
	}
	credentials.renamed(&c, map[string]string{"host": "host", "port": "port", "user": "user", "database": "database"})
	word, isWord := ssl.(string)
	switch {
	case !given, isWord && word == "verify-full":
		c.add("ssl", "object")
	case isWord && slices.Contains([]string{"allow", "prefer", "require"}, word):
		c.add("ssl.rejectUnauthorized", "false")
	case isWord:
		return refused(nodeDriver, "Either connection \"url\" or \"host\", \"database\" are required for PostgreSQL database connection")
	default:
		nodeSSL(&c, ssl)
	}
	credentials.own("password", "url")
	credentials.unreadInto(&c)
	return s.done(c)
}
