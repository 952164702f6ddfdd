package framework

import (
	"slices"
	"strings"
)

// Framework is an entry of the registry.
type Framework struct {
	// Name is the framework's name.
	Name string
	// Versions are the generations that the rules tell apart, oldest first:
	// each holds until the next one.
	Versions []string
	// Reads says in words which settings it takes.
	Reads string
	// Judge names what the rule was run against; empty is the source code alone.
	Judge string

	// driver is the one that it uses if nothing else is said.
	driver string
	rule   func(request) []Alternative
	// object says that the settings cannot be a text.
	object bool
	// marks are the names of which each connection has one: settings that have
	// one a level or more below are several connections, not one.
	marks []string
}

// registry holds one entry a framework. It is never written after start.
var registry = []Framework{
	{Name: "sqlalchemy", Versions: []string{"1.4", "2.0", "2.1"}, Reads: "a URL, or an object that has either the key \"url\" or the arguments of URL.create, and optionally the key connect_args", Judge: "1.4.54, 2.0.58 and 2.1.9", driver: "psycopg2", rule: sqlalchemy},
	{Name: "django", Versions: []string{"3.2", "4.2", "5.1"}, Reads: "one entry of DATABASES", Judge: "3.2.25, 4.2 and 5.2", driver: "psycopg2", rule: django, object: true, marks: []string{"ENGINE"}},
	{Name: "dbt", Versions: []string{"1.8"}, Reads: "one output of profiles.yml", Judge: "dbt-postgres 1.8.2", driver: "psycopg2", rule: dbt, object: true},
	{Name: "airflow", Versions: []string{"5", "6.3"}, Reads: "a connection's URI, or an object with the keys host, login, port, schema and extra", driver: "psycopg2", rule: airflow},
	{Name: "pgadmin", Versions: []string{"8"}, Reads: "one entry of Servers in servers.json", driver: "pgadmin", rule: pgadmin, object: true},
	{Name: "rails", Versions: []string{"6.1", "7.0"}, Reads: "one entry of database.yml, or its URL", Judge: "ActiveRecord 6.1.7", driver: "ruby-pg", rule: rails, marks: []string{"adapter", "url"}},
	{Name: "sequel", Versions: []string{"5"}, Reads: "a URL, or the hash that is passed to Sequel.connect", Judge: "5.63", driver: "ruby-pg", rule: sequel},
	{Name: "laravel", Versions: []string{"8", "10"}, Reads: "one connection of config/database.php, or its URL", Judge: "illuminate/database 8.83", driver: "php-pgsql", rule: laravel, marks: []string{"driver", "url"}},
	{Name: "sequelize", Versions: []string{"6", "7"}, Reads: "a URL, or the options of Sequelize", Judge: "6.37.8 and 7.0.0-alpha.48", driver: nodeDriver, rule: sequelize, marks: []string{"dialect", "use_env_variable"}},
	{Name: "typeorm", Versions: []string{"0.3"}, Reads: "the options of a DataSource", Judge: "1.1.1", driver: nodeDriver, rule: typeorm, object: true, marks: []string{"type"}},
	{Name: "knex", Versions: []string{"3"}, Reads: "a URL, Knex's configuration, or only the value of its key \"connection\"", Judge: "3.3.0", driver: nodeDriver, rule: knex, marks: []string{"client"}},
	{Name: "drizzle", Versions: []string{"0.36"}, Reads: "a URL, an object with the key \"connection\" or with node-postgres's settings, or a drizzle.config with dbCredentials", Judge: "drizzle-orm 0.45.4", driver: nodeDriver, rule: drizzle},
	{Name: "prisma", Versions: []string{"4", "7"}, Reads: "the datasource's URL, the datasource as an object, or the object that is passed to PrismaPg", Judge: "@prisma/adapter-pg 7.10.1; for the engine of versions 4 to 6, the source code", driver: "prisma", rule: prisma},
	{Name: "spring", Versions: []string{"2.7"}, Reads: "a decoded application.yaml or application.properties, or the part under spring.datasource", Judge: "Spring Boot 3.5.7", driver: "pgjdbc", rule: spring, object: true},
	{Name: "hikari", Versions: []string{"4"}, Reads: "the properties of a HikariConfig", Judge: "HikariCP 6.3.3", driver: "pgjdbc", rule: hikari, object: true},
	{Name: "hibernate", Versions: []string{"6"}, Reads: "Hibernate's properties", Judge: "6.6.33", driver: "pgjdbc", rule: hibernate, object: true},
	{Name: "quarkus", Versions: []string{"3"}, Reads: "quarkus.datasource.* properties", driver: "pgjdbc", rule: quarkus, object: true},
	{Name: "gorm", Versions: []string{"1"}, Reads: "the DSN, or the fields of postgres.Config", driver: "pgx", rule: gorm},
	{Name: "pgxpool", Versions: []string{"5"}, Reads: "the connection string, or an object with the key conn_string", driver: "pgx", rule: pgxpool},
	{Name: "efcore", Versions: []string{"8"}, Reads: "a connection string, or a decoded appsettings.json with ConnectionStrings", driver: "npgsql", rule: efcore},
	{Name: "pgbouncer.ini", Versions: []string{"1.18"}, Reads: "the file's text, or an object with the keys databases and pgbouncer", driver: "pgbouncer", rule: pgbouncerIni},
}

// Names returns the names of all frameworks, sorted.
func Names() []string {
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
	}
	return names
}

// All returns the registry's entries, sorted by name.
func All() []Framework {
	return slices.SortedFunc(slices.Values(registry), func(a, b Framework) int { return strings.Compare(a.Name, b.Name) })
}
