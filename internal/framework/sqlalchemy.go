package framework

import (
	"maps"
	"slices"
	"strings"
)

// sqlalchemyDriver is a driver, and the release of SQLAlchemy that brought its dialect.
type sqlalchemyDriver struct{ driver, since string }

// sqlalchemyDrivers are the dialects of PostgreSQL by the driver that their URL names.
var sqlalchemyDrivers = map[string]sqlalchemyDriver{
	"psycopg2": {"psycopg2", "1.4"}, "psycopg2cffi": {"psycopg2", "1.4"}, "asyncpg": {"asyncpg", "1.4"}, "pg8000": {"pg8000", "1.4"},
	"psycopg": {"psycopg", "2.0"}, "psycopg_async": {"psycopg", "2.0"},
}

// sqlalchemy is SQLAlchemy, 1.4 and later, and what calls its create_engine
// (Alembic, Flask-SQLAlchemy, SQLModel, Superset).
//
// settings is the URL, or an object: url or the parts of URL.create, and
// connect_args. The URL's query goes to the driver as keywords, and beats its
// host, port and user; connect_args beats both. A URL without a driver is
// psycopg2's up to 2.0, and psycopg's from 2.1.
//
// Source: sqlalchemy/sqlalchemy, engine/create.py, engine/url.py,
// dialects/postgresql/psycopg2.py, _psycopg_common.py, asyncpg.py and pg8000.py,
// create_connect_args, 1.4.54, 2.0 and 2.1.
func sqlalchemy(r request) []Alternative {
	s := r.settings
	if inner, nested := s.values["SQLALCHEMY_ENGINE_OPTIONS"].(map[string]any); nested {
		merged := maps.Clone(s.values)
		delete(merged, "SQLALCHEMY_ENGINE_OPTIONS")
		maps.Copy(merged, inner)
		s = newSection("", merged)
	}
	text := r.text
	if !r.isText {
		text = s.text("url", "sqlalchemy.url", "SQLALCHEMY_DATABASE_URI", "database_url", "DATABASE_URL")
	}
	u, isURL := parseURL(text)
	if !isURL && text != "" {
		return refused("psycopg2", "Could not parse") // SQLAlchemy URL from string, with words around it by version
	}
	if text == "" {
		u = sqlalchemyParts(s)
	}
	dialect, name, named := strings.Cut(u.scheme, "+")
	if dialect != "postgresql" {
		return refused("psycopg2", "Can't load plugin: sqlalchemy.dialects:"+strings.ReplaceAll(u.scheme, "+", "."))
	}
	if !named {
		name = "psycopg2"
		if r.since("2.1") {
			name = "psycopg"
		}
	}
	if !r.since("2.0") && (name == "pygresql" || name == "pypostgresql") {
		return undecided("psycopg2", "the rules do not cover the driver "+name)
	}
	found, known := sqlalchemyDrivers[name]
	if !known || !r.since(found.since) {
		return refused("psycopg2", "Can't load plugin: sqlalchemy.dialects:postgresql."+name)
	}
	c := client(found.driver)
	sqlalchemyURL(&c, u)
	arguments := s.inner("connect_args")
	if len(arguments.values) == 0 {
		arguments = s.inner("sqlalchemy.connect_args")
	}
	arguments.handOn(&c, pythonText)
	for _, name := range []string{"prepared_statement_cache_size", "async_fallback", "prepared_statement_name_func", "async_creator_fn"} {
		if found.driver == "asyncpg" {
			delete(c.Properties, name)
		}
	}
	return s.done(c, kept["sqlalchemy"]...)
}

// sqlalchemyParts are the arguments of URL.create.
func sqlalchemyParts(s section) urlParts {
	u := urlParts{
		scheme: s.text("drivername"), user: s.text("username"), host: s.text("host"), port: s.text("port"), database: s.text("database"),
	}
	s.own("password")
	query := s.inner("query")
	for _, name := range query.rest() {
		for _, value := range list(query.values[name]) {
			u.query = append(u.query, pair{name, value})
		}
	}
	return u
}

// sqlalchemyURL turns a URL into keywords.
func sqlalchemyURL(c *Client, u urlParts) {
	database := "dbname"
	if c.Driver == "asyncpg" || c.Driver == "pg8000" {
		database = "database"
	}
	c.address(u, database)
	values := map[string][]string{}
	for _, p := range u.query {
		values[p.name] = append(values[p.name], p.value)
	}
	for name, all := range values {
		c.Properties[name] = strings.Join(all, ",")
	}
	hosts := values["host"]
	if len(hosts) == 0 || c.Driver == "pg8000" {
		return
	}
	if len(hosts) == 1 && (strings.ContainsAny(hosts[0], ",/") || !strings.Contains(hosts[0], ":")) {
		return
	}
	var names, ports []string
	for _, host := range hosts {
		name, port, _ := strings.Cut(host, ":")
		names, ports = append(names, name), append(ports, port)
	}
	c.Properties["host"] = strings.Join(names, ",")
	if slices.ContainsFunc(ports, func(port string) bool { return port != "" }) {
		c.Properties["port"] = strings.Join(ports, ",")
	}
}

// pythonText is a value of a keyword as Python writes it.
func pythonText(value any) string {
	switch value {
	case true:
		return "True"
	case false:
		return "False"
	case nil:
		return "None"
	}
	return scalar(value)
}
