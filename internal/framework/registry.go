package framework

import (
	"maps"
	"slices"
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
	// Judge names what the rule was run against; empty is "from source".
	Judge string

	drivers []string
	rule    func(request) []Alternative
}

// registry holds one entry a framework. It is never written after start.
var registry = byName(
	Framework{Name: "sqlalchemy", Versions: []string{"1.4", "2.0", "2.1"}, Reads: "a URL, or an object with url or the parts of URL.create, and connect_args", Judge: "1.4.54, 2.0.58 and 2.1.9", drivers: []string{"psycopg2"}, rule: sqlalchemy},
	Framework{Name: "django", Versions: []string{"3.2", "4.2", "5.1"}, Reads: "one entry of DATABASES", Judge: "3.2.25, 4.2 and 5.2", drivers: []string{"psycopg2"}, rule: django},
	Framework{Name: "dbt", Versions: []string{"1.8"}, Reads: "one output of profiles.yml", Judge: "dbt-postgres 1.8.2", drivers: []string{"psycopg2"}, rule: dbt},
	Framework{Name: "airflow", Versions: []string{"5", "6.3"}, Reads: "a connection's URI, or an object with host, login, port, schema and extra", drivers: []string{"psycopg2"}, rule: airflow},
	Framework{Name: "pgadmin", Versions: []string{"8"}, Reads: "one entry of the Servers in servers.json", drivers: []string{"pgadmin"}, rule: pgadmin},
	Framework{Name: "rails", Versions: []string{"6.1", "7.0"}, Reads: "one entry of database.yml, or its URL", Judge: "ActiveRecord 6.1.7", drivers: []string{"ruby-pg"}, rule: rails},
	Framework{Name: "sequel", Versions: []string{"5"}, Reads: "a URL, or the hash of Sequel.connect", Judge: "5.63", drivers: []string{"ruby-pg"}, rule: sequel},
	Framework{Name: "laravel", Versions: []string{"8", "10"}, Reads: "one connection of config/database.php, or its URL", Judge: "illuminate/database 8.83", drivers: []string{"php-pgsql"}, rule: laravel},
	Framework{Name: "sequelize", Versions: []string{"6", "7"}, Reads: "a URL, or the options of Sequelize", Judge: "6.37.8 and 7.0.0-alpha.48", drivers: []string{nodeDriver}, rule: sequelize},
	Framework{Name: "typeorm", Versions: []string{"0.3"}, Reads: "the options of a DataSource", Judge: "1.1.1", drivers: []string{nodeDriver}, rule: typeorm},
	Framework{Name: "knex", Versions: []string{"3"}, Reads: "a URL, Knex's configuration, or its connection", Judge: "3.3.0", drivers: []string{nodeDriver}, rule: knex},
	Framework{Name: "drizzle", Versions: []string{"0.36"}, Reads: "a URL, an object with connection or with node-postgres's settings, or a drizzle.config with dbCredentials", Judge: "drizzle-orm 0.45.4", drivers: []string{nodeDriver}, rule: drizzle},
	Framework{Name: "prisma", Versions: []string{"4", "7"}, Reads: "the datasource's URL or object, or what PrismaPg gets", Judge: "@prisma/adapter-pg 7.10.1; the engine of 4 to 6 from source", drivers: []string{"prisma"}, rule: prisma},
	Framework{Name: "spring", Versions: []string{"2.7"}, Reads: "a decoded application.yaml or application.properties, or what is below spring.datasource", Judge: "Spring Boot 3.5.7", drivers: []string{"pgjdbc"}, rule: spring},
	Framework{Name: "hikari", Versions: []string{"4"}, Reads: "the properties of a HikariConfig", Judge: "HikariCP 6.3.3", drivers: []string{"pgjdbc"}, rule: hikari},
	Framework{Name: "hibernate", Versions: []string{"6"}, Reads: "Hibernate's properties", Judge: "6.6.33", drivers: []string{"pgjdbc"}, rule: hibernate},
	Framework{Name: "quarkus", Versions: []string{"3"}, Reads: "quarkus.datasource.* properties", drivers: []string{"pgjdbc"}, rule: quarkus},
	Framework{Name: "gorm", Versions: []string{"1"}, Reads: "the DSN, or the fields of postgres.Config", drivers: []string{"pgx"}, rule: gorm},
	Framework{Name: "pgxpool", Versions: []string{"5"}, Reads: "the connection string, or an object with conn_string", drivers: []string{"pgx"}, rule: pgxpool},
	Framework{Name: "efcore", Versions: []string{"8"}, Reads: "a connection string, or an appsettings.json with ConnectionStrings", drivers: []string{"npgsql"}, rule: efcore},
	Framework{Name: "pgbouncer.ini", Versions: []string{"1.18"}, Reads: "the file's text, or an object with databases and pgbouncer", drivers: []string{"pgbouncer"}, rule: pgbouncerIni},
)

func byName(all ...Framework) map[string]Framework {
	named := make(map[string]Framework, len(all))
	for _, f := range all {
		named[f.Name] = f
	}
	return named
}

// Names returns the names of all frameworks, sorted.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }

// All returns the registry's entries, sorted by name.
func All() []Framework {
	all := make([]Framework, 0, len(registry))
	for _, name := range Names() {
		all = append(all, registry[name])
	}
	return all
}
