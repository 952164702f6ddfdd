package framework

import "slices"

// djangoEngines are Django's own backends for PostgreSQL; one has an older name.
var djangoEngines = []string{"django.db.backends.postgresql", "django.db.backends.postgresql_psycopg2", "django.contrib.gis.db.backends.postgis"}

// django is one entry of Django's DATABASES, from 3.2.
//
// OPTIONS go to the driver as they are, less what Django keeps for itself;
// non-empty USER, HOST and PORT beat them. The driver is psycopg2, and from 4.2
// psycopg 3 where that is installed. Other keys are dropped without a word.
//
// Source: django/django, django/db/backends/postgresql/base.py,
// get_connection_params, and psycopg_any.py, 3.2, 4.2, 5.1 and 5.2.
func django(r request) []Alternative {
	drivers := []string{"psycopg2"}
	if r.since("4.2") {
		drivers = append(drivers, "psycopg")
	}
	var all []Alternative
	for _, driver := range drivers {
		all = append(all, Alternative{When: "with " + driver, Client: djangoClient(r, driver)})
	}
	return all
}

func djangoClient(r request, driver string) Client {
	c, s := client(driver), newSection("", r.settings.values)
	if !slices.Contains(djangoEngines, s.text("ENGINE")) {
		c.Undecided = "ENGINE does not name one of Django's own engines for PostgreSQL, and the rules do not cover what another engine passes to the driver"
		return c
	}
	options, name := s.inner("OPTIONS"), s.text("NAME")
	value, given := s.values["NAME"]
	service := options.values["service"]
	switch {
	case given && value == nil:
		name = "postgres"
		if r.since("4.2") {
			options.own("service")
		}
	case name == "" && (!r.since("4.2") || !truthy(service)):
		c.StartError = "settings.DATABASES is improperly configured"
		return c
	}
	database := "dbname"
	if !r.since("4.2") {
		database = "database"
	}
	c.set(database, name)
	djangoOptions(&c, r, options)
	s.renamed(&c, map[string]string{"USER": "user", "HOST": "host", "PORT": "port"})
	s.own(kept["django"]...)
	s.unreadInto(&c)
	return c
}

// djangoOptions hands OPTIONS on.
func djangoOptions(c *Client, r request, options section) {
	kept := []string{"isolation_level"}
	if r.since("4.2") {
		kept = append(kept, "assume_role", "server_side_binding")
	}
	if r.since("5.1") {
		kept = append(kept, "pool")
		if truthy(options.values["pool"]) && c.Driver == "psycopg2" {
			c.StartError = "Database pooling requires psycopg >= 3"
			return
		}
	}
	options.own(kept...)
	options.handOn(c, pythonText)
	if r.since("4.2") {
		c.add("client_encoding", "UTF8")
	}
}
