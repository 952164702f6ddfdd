package framework

import (
	"slices"
	"strings"
)

// quarkusOwn start the names of quarkus.datasource that do not reach the
// driver.
var quarkusOwn = []string{
	"db-kind", "db-version", "username", "password", "devservices", "health-exclude", "metrics", "active", "credentials-provider", "credentials-provider-name", "jdbc=",
	"jdbc.driver", "jdbc.transactions", "jdbc.enable-metrics", "jdbc.tracing", "jdbc.telemetry", "jdbc.initial-size", "jdbc.min-size", "jdbc.max-size",
	"jdbc.background-validation-interval", "jdbc.foreground-validation-interval", "jdbc.acquisition-timeout", "jdbc.leak-detection-interval", "jdbc.idle-removal-interval", "jdbc.max-lifetime",
	"jdbc.transaction-isolation-level", "jdbc.extended-leak-report", "jdbc.flush-on-close", "jdbc.detect-statement-leaks", "jdbc.new-connection-sql",
	"jdbc.validation-query-sql", "jdbc.validate-on-borrow", "jdbc.pooling-enabled", "jdbc.transaction-requirement", "jdbc.login-timeout", "jdbc.use-quarkus-classloader", "reactive",
}

// quarkus is the properties of Quarkus' default datasource
// (quarkus.datasource.*), or those of one datasource below its name, from 3.
//
// The JDBC URL and additional-jdbc-properties go to pgjdbc as they are. A native
// image that was built without SSL adds sslmode=disable, which the URL beats.
//
// Source: quarkusio/quarkus, extensions/agroal/runtime, DataSources.java,
// DataSourceJdbcRuntimeConfig.java and AgroalConnectionConfigurer.java, 3.
func quarkus(r request) []Alternative {
	if r.isText {
		return undecided("pgjdbc", "Quarkus' settings are its properties, not a URL")
	}
	r = r.filled(springSyntax)
	flat := map[string]string{}
	all := flatSection(r.settings.values)
	whole := false
	for name := range all {
		whole = whole || strings.HasPrefix(name, "quarkus.")
	}
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
		return undecided("pgjdbc", "the datasource is not PostgreSQL's")
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
		case name != "jdbc.url" && !hasAnyPrefix(name+"=", quarkusOwn...):
			c.Unread["quarkus.datasource."+name] = value
		}
	}
	c.set("user", flat["username"])
	return one(c)
}
