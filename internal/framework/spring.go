package framework

import (
	"cmp"
	"slices"
	"strings"
)

// spring is Spring Boot's spring.datasource with HikariCP, or its spring.r2dbc,
// from 2.7.
//
// settings is the decoded application.yaml or application.properties, or what
// is below spring.datasource. url, username and driver-class-name go to the pool;
// spring.datasource.hikari.* is bound over it, and its data-source-properties go
// to the driver by the driver's exact names. Everything else below
// spring.datasource is dropped without a word. Variables such as
// SPRING_DATASOURCE_URL beat the file.
//
// Source: spring-projects/spring-boot, DataSourceProperties.java,
// DataSourceConfiguration.java and DataSourceBuilder.java, 2.7, 3.5 and 4.
func spring(r request) []Alternative {
	flat, below := springProperties(r)
	if flat["url"] == "" && flat["hikari.jdbcurl"] == "" && flat["hikari.datasourceclassname"] == "" {
		if reactive := below["spring.r2dbc."]; reactive["url"] != "" {
			return springR2DBC(reactive)
		}
	}
	c := client("pgjdbc")
	switch {
	case flat["jndiname"] != "":
		return undecided("pgjdbc", "the DataSource is in JNDI, where its settings are not visible")
	case flat["type"] != "" && flat["type"] != "com.zaxxer.hikari.HikariDataSource":
		return undecided("pgjdbc", "the pool is not HikariCP")
	case flat["url"] == "" && flat["driverclassname"] == "":
		return refused("pgjdbc", "Failed to determine a suitable driver class")
	}
	pool := hikariPool{url: cmp.Or(flat["hikari.jdbcurl"], flat["url"]), user: cmp.Or(flat["hikari.username"], flat["username"]), source: map[string]string{}}
	for name, value := range flat {
		inner, ofPool := strings.CutPrefix(name, "hikari.")
		property, ofSource := strings.CutPrefix(inner, "datasourceproperties.")
		switch {
		case ofPool && ofSource:
			pool.source[strings.Trim(property, "[]")] = value
		case ofPool && !slices.ContainsFunc(kept["hikari"], func(own string) bool { return strings.EqualFold(own, inner) }), !ofPool && !slices.Contains(kept["spring"], name) && !hasAnyPrefix(name, "tomcat.", "dbcp2.", "oracleucp.", "xa."):
			c.Unread["spring.datasource."+name] = value
		}
	}
	if flat["hikari.datasourceclassname"] != "" {
		// The builder sets a driver's class, which it takes from the URL.
		return refused("pgjdbc", "cannot use driverClassName and dataSourceClassName together")
	}
	return pool.into(c)
}

// springProperties are the properties below spring.datasource in the uniform
// spelling, with placeholders filled in, and those below other prefixes.
func springProperties(r request) (datasource map[string]string, below map[string]map[string]string) {
	all := flatSection(r.settings.values)
	lookup := func(name string) (string, bool) {
		environment := r.options.Environment
		for _, spelling := range []string{name, strings.ToUpper(strings.NewReplacer(".", "_", "-", "").Replace(name))} {
			if value, set := environment[spelling]; set {
				return value, true
			}
		}
		value, set := all[name]
		return value, set
	}
	below = map[string]map[string]string{"spring.datasource.": {}, "spring.r2dbc.": {}}
	whole := anyBelow(all, "spring.")
	for name, value := range all {
		value = springSyntax.text(springSyntax.text(value, lookup), lookup)
		if !whole {
			below["spring.datasource."][uniform(name)] = value
		}
		for prefix := range below {
			if inner, found := strings.CutPrefix(name, prefix); found {
				below[prefix][uniform(inner)] = value
			}
		}
	}
	for name, value := range r.options.Environment {
		for prefix := range below {
			if inner, found := strings.CutPrefix(name, strings.ToUpper(strings.ReplaceAll(prefix, ".", "_"))); found {
				below[prefix][uniform(strings.ToLower(strings.ReplaceAll(inner, "_", ".")))] = value
			}
		}
	}
	return below["spring.datasource."], below
}

// uniform writes a property as Spring compares it: in lower case and without
// dashes and underscores. Names of a map's entries stay as they are.
func uniform(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if i > 0 && (parts[i-1] == "datasourceproperties" || parts[i-1] == "properties") {
			return strings.Join(append(parts[:i:i], strings.Join(parts[i:], ".")), ".")
		}
		parts[i] = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(part))
	}
	return strings.Join(parts, ".")
}

// springR2DBC is the reactive counterpart: the URL and the properties go on.
func springR2DBC(flat map[string]string) []Alternative {
	c := client("r2dbc-postgresql")
	c.Connection = flat["url"]
	for name, value := range flat {
		property, isProperty := strings.CutPrefix(name, "properties.")
		switch {
		case isProperty:
			c.Properties[property] = value
		case !slices.Contains([]string{"url", "username", "password", "name", "generateuniquename"}, name) && !strings.HasPrefix(name, "pool."):
			c.Unread["spring.r2dbc."+name] = value
		}
	}
	c.set("user", flat["username"])
	return one(c)
}
