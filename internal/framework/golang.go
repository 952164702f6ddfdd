package framework

// gorm is GORM's driver for PostgreSQL: its DSN, or the fields of its Config.
//
// The DSN goes to pgx as it is. With DriverName database/sql opens it with that
// driver, and with Conn it is not read at all.
//
// Source: go-gorm/postgres, postgres.go, Initialize, 1.6.
func gorm(r request) []Alternative {
	if r.isText {
		c := client("pgx")
		c.Connection = r.text
		return one(c)
	}
	s, driver := r.settings, "pgx"
	dsn := s.text("dsn", "DSN")
	switch name := s.text("driver_name", "DriverName"); name {
	case "", "pgx", "pgx/v5":
	case "postgres":
		driver = "lib-pq"
	case "cloudsqlpostgres":
		return undecided("pgx", "the driver cloudsqlpostgres connects through Google's connector")
	default:
		return undecided("pgx", "the connection is opened by a driver that the program itself registers")
	}
	if value, given := s.take("conn"); given && truthy(value) {
		return undecided("pgx", "with Conn, GORM does not read the DSN: the connection is made elsewhere")
	}
	c := client(driver)
	c.Connection = dsn
	return s.done(c, "prefer_simple_protocol", "PreferSimpleProtocol", "without_returning", "WithoutReturning", "without_quoting_check", "WithoutQuotingCheck", "conn", "Conn")
}

// pgxpool is the connection string of a pool of pgx, which takes its own
// pool_… parameters out of it.
//
// Source: jackc/pgx, pgxpool/pool.go, ParseConfig, 5.
func pgxpool(r request) []Alternative {
	c, s := client("pgx"), r.settings
	c.Connection = r.text
	if !r.isText {
		c.Connection = s.text("conn_string", "connString", "dsn", "url", "database_url", "DATABASE_URL")
	}
	return s.done(c, "max_conns", "min_conns", "min_idle_conns", "max_conn_lifetime", "max_conn_lifetime_jitter", "max_conn_idle_time", "health_check_period", "ping_timeout")
}
