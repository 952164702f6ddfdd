package framework

import (
	"slices"
	"strings"
)

// quarkus is the properties of Quarkus' default datasource
// (quarkus.datasource.*), or those of one datasource below its name, from 3.
//
// The JDBC URL and additional-jdbc-properties go to pgjdbc as they are. A native
// image that was built without SSL adds sslmode=disable, which the URL beats.
//
// Source: quarkusio/quarkus, extensions/agroal/runtime, DataSources.java,
// DataSourceJdbcRuntimeConfig.java and AgroalConnectionConfigurer.java, 3.
func quarkus(r request) []Alternative {
	r = r.filled(springSyntax)
	flat := map[string]string{}
	all := flatSection(r.settings.values)
	whole := anyBelow(all, "quarkus.")
	for name, value := range all {
		inner, found := strings.CutPrefix(name, "quarkus.datasource.")
		if found || !whole {
			flat[inner] = value
		}
	}
	for name, value := range r.options.Environment {
		switch name {
		case "QUARKUS_DATASOURCE_JDBC_URL":
			flat["jdbc.url"] = value
		case "QUARKUS_DATASOURCE_USERNAME":
			flat["username"] = value
		}
	}
	c := client("pgjdbc")
	if kind := flat["db-kind"]; !slices.Contains([]string{"", "postgresql", "pgsql", "pg"}, kind) {
		return undecided("pgjdbc", "the datasource is not for PostgreSQL")
	}
	if flat["jdbc.url"] == "" {
		return undecided("pgjdbc", "there is no jdbc.url, and the rules do not cover reactive datasources")
	}
	c.Connection = flat["jdbc.url"]
	for name, value := range flat {
		property, given := cutAnyPrefix(name, "jdbc.additional-jdbc-properties.", `jdbc.additional-jdbc-properties."`)
		switch {
		case given:
			c.Properties[strings.Trim(property, `"`)] = value
		case name != "jdbc.url" && !hasAnyPrefix(name+"=", kept["quarkus"]...):
			c.Unread["quarkus.datasource."+name] = value
		}
	}
	c.set("user", flat["username"])
	return one(c)
}
