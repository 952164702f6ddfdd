package framework

import (
	"maps"
	"slices"
	"strings"
)

// hibernate is the properties of Hibernate 6 or 7 (hibernate.properties,
// persistence.xml's or hibernate.cfg.xml's).
//
// Every hibernate.connection.X that is no name of its own becomes the driver's
// property X; username becomes user. With any hibernate.hikari.* HikariCP is
// used, and also where hibernate-hikaricp alone lies on the class path. It gets the
// URL, user, driver and hibernate.hikari.* alone: hibernate.connection.sslmode is
// then dropped.
//
// Source: hibernate/hibernate-orm, ConnectionProviderInitiator.java,
// getConnectionProperties, DriverManagerConnectionProviderImpl.java and
// HikariConfigurationUtil.java, 6.6.
func hibernate(r request) []Alternative {
	flat := flatSection(r.settings.values)
	connection, pool := map[string]string{}, map[string]any{}
	c := client("pgjdbc")
	for name, value := range flat {
		switch {
		case hasAnyPrefix(name, "hibernate.connection.", "connection."):
			inner, _ := cutAnyPrefix(name, "hibernate.connection.", "connection.")
			connection[inner] = value
		case strings.HasPrefix(name, "hibernate.hikari."):
			pool[strings.TrimPrefix(name, "hibernate.hikari.")] = value
		case hasAnyPrefix(name, "hibernate.agroal.", "hibernate.c3p0.", "hibernate.ucp.", "hibernate.vibur."):
			return undecided("pgjdbc", "the rules cover no connection pool other than HikariCP")
		}
	}
	for _, api := range []string{"javax.persistence.jdbc.", "jakarta.persistence.jdbc."} {
		for name, key := range map[string]string{"url": "url", "user": "username", "driver": "driver_class"} {
			if value := flat[api+name]; value != "" {
				connection[key] = value
			}
		}
		for name, value := range flat {
			if inner, found := strings.CutPrefix(name, api); found && !slices.Contains([]string{"url", "user", "driver", "password"}, inner) {
				c.Unread[name] = value
			}
		}
	}
	switch {
	case connection["datasource"] != "":
		return undecided("pgjdbc", "the DataSource's own settings are not visible")
	case connection["provider_class"] != "" && len(pool) == 0:
		return undecided("pgjdbc", "the connection provider is not Hibernate's own")
	case len(pool) > 0:
		return hibernateHikari(c, connection, pool)
	}
	if connection["url"] == "" {
		return undecided("pgjdbc", "there is no URL")
	}
	// A pool that lies on the class path is used, whether it is configured or not.
	pooled := hibernateHikari(c, connection, map[string]any{})
	pooled[0].When = "with hibernate-hikaricp on the class path"
	c.Unread = maps.Clone(c.Unread)
	c.Connection = connection["url"]
	for name, value := range connection {
		switch {
		case name == "username" || name == "user":
			c.set("user", value)
		case !slices.Contains(kept["hibernate"], name):
			c.Properties[name] = value
		}
	}
	return append(pooled, Alternative{When: "without a pool", Client: c})
}

func hibernateHikari(c Client, connection map[string]string, pool map[string]any) []Alternative {
	for name, key := range map[string]string{"url": "jdbcUrl", "username": "username", "driver_class": "driverClassName"} {
		if _, given := pool[key]; !given && connection[name] != "" {
			pool[key] = connection[name]
		}
	}
	found := hikari(request{settings: newSection("", pool)})
	for i := range found {
		maps.Copy(found[i].Unread, c.Unread)
		for name, value := range connection {
			if !slices.Contains(kept["hibernate"], name) && name != "username" && name != "user" && name != "password" {
				found[i].Unread["hibernate.connection."+name] = value
			}
		}
	}
	return found
}
