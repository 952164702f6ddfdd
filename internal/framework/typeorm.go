package framework

// typeormOwn are TypeORM's own options of a data source.
var typeormOwn = []string{
	"type", "password", "name", "schema", "entities", "subscribers", "migrations", "migrationsTableName", "migrationsTransactionMode", "migrationsRun",
	"metadataTableName", "logging", "logger", "maxQueryExecutionTime", "synchronize", "dropSchema", "cache", "cli", "entityPrefix", "entitySkipConstructor",
	"namingStrategy", "poolSize", "connectTimeoutMS", "applicationName", "uuidExtension", "installExtensions", "parseInt8", "useUTC", "nativeDriver", "driver",
	"relationLoadStrategy", "typename", "isolateWhereStatements", "poolErrorHandler", "logNotifications", "invalidWhereValuesBehavior", "extensions", "timeTravelQueries",
	"autoLoadEntities", "retryAttempts", "retryDelay", "keepConnectionAlive", "toRetry", "verboseRetryLog", "manualInitialization", "dataSourceFactory", "maxTransactionRetries",
}

// typeorm is the options object of a DataSource of TypeORM, 0.3 and 1.
//
// node-postgres gets the url whole, host, port, user and database, ssl, and extra
// over all of it. Other keys, sslmode among them, are dropped.
//
// Source: typeorm/typeorm, src/driver/postgres/PostgresDriver.ts, createPool,
// and src/driver/DriverUtils.ts, 1.1.1.
func typeorm(r request) []Alternative {
	c, s := client(nodeDriver), r.settings
	if r.isText {
		return undecided(nodeDriver, "TypeORM's settings are the options of a DataSource, not a URL")
	}
	switch s.text("type") {
	case "postgres":
	case "":
		return refused(nodeDriver, "Wrong driver") // MissingDriverError
	default:
		return undecided(nodeDriver, "the type is not PostgreSQL's")
	}
	if replication, split := s.take("replication"); split && truthy(replication) {
		return undecided(nodeDriver, "replication names servers of its own, and it is not known which one is used")
	}
	c.Connection = s.text("url")
	user, host, port, database := s.text("username"), s.text("host"), s.text("port"), s.text("database")
	if c.Connection == "" {
		c.set("user", user)
		c.set("host", host)
		c.set("port", port)
		c.set("database", database)
	}
	if ssl, given := s.take("ssl"); given {
		nodeSSL(&c, ssl)
	}
	c.set("application_name", s.text("applicationName"))
	extra := s.inner("extra")
	for _, name := range extra.rest() {
		nodeObject(&c, map[string]any{name: extra.values[name]})
	}
	s.own(typeormOwn...)
	s.unreadInto(&c)
	return one(c)
}
