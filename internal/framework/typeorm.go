package framework

// typeorm is the options object of a DataSource of TypeORM, 0.3 and 1.
//
// node-postgres gets the url whole, host, port, user and database, ssl, and extra
// over all of it. Other keys, sslmode among them, are dropped.
//
// Source: typeorm/typeorm, src/driver/postgres/PostgresDriver.ts, createPool,
// and src/driver/DriverUtils.ts, 1.1.1.
func typeorm(r request) []Alternative {
	c, s := client(nodeDriver), r.settings
	switch s.text("type") {
	case "postgres":
	case "":
		return refused(nodeDriver, "Wrong driver") // MissingDriverError
	default:
		return undecided(nodeDriver, "the option \"type\" is not postgres")
	}
	if replication, split := s.take("replication"); split && truthy(replication) {
		return undecided(nodeDriver, "the option \"replication\" lists other servers, and it is not known which one is used")
	}
	c.Connection = s.text("url")
	parts := urlParts{user: s.text("username"), host: s.text("host"), port: s.text("port"), database: s.text("database")}
	if c.Connection == "" {
		c.address(parts, "database")
	}
	if ssl, given := s.take("ssl"); given {
		nodeSSL(&c, ssl)
	}
	c.set("application_name", s.text("applicationName"))
	extra := s.inner("extra")
	for _, name := range extra.rest() {
		nodeObject(&c, map[string]any{name: extra.values[name]})
	}
	return s.done(c, kept["typeorm"]...)
}
