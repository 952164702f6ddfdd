package framework

import (
	"encoding/json"
	"slices"
)

// airflow is a connection of Airflow's PostgreSQL hook, from provider 5: its
// URI, or an object with `host`, `login`, `port`, `schema` and `extra`.
//
// All of extra goes to the driver, less what the hook keeps. Engines made from
// sqlalchemy_url or get_uri get sqlalchemy_query alone: what is in extra does not
// reach them.
//
// Source: apache/airflow, providers/postgres, hooks/postgres.py, get_conn, 5 to
// 6; models/connection.py, from_uri.
func airflow(r request) []Alternative {
	s := r.settings
	extra := map[string]any{}
	if r.isText {
		u, isURL := parseURL(r.text)
		if !isURL {
			return undecided("psycopg2", "the connection is not a URI")
		}
		s = newSection("", map[string]any{"conn_type": u.scheme, "host": u.host, "login": u.user, "port": u.port, "schema": u.database})
		for _, p := range u.query {
			if p.name == "__extra__" {
				if json.Unmarshal([]byte(p.value), &extra) != nil {
					return refused("psycopg2", "Invalid connection")
				}
				continue
			}
			extra[p.name] = p.value
		}
	} else {
		switch v, _ := s.take("extra"); value := v.(type) {
		case map[string]any:
			extra = value
		case string:
			if value != "" && json.Unmarshal([]byte(value), &extra) != nil {
				return refused("psycopg2", "Encountered non-JSON in `extra` field")
			}
		}
	}
	if kind := s.text("conn_type", "conn-type"); !slices.Contains([]string{"", "postgres", "postgresql"}, kind) {
		return undecided("psycopg2", "the connection is not for Airflow's PostgreSQL hook")
	}
	if truthy(extra["iam"]) {
		return undecided("psycopg2", "with iam, the hook gets the credentials from AWS, and the rules do not cover that")
	}
	drivers := []string{"psycopg2"}
	if r.since("6.3") {
		drivers = append(drivers, "psycopg") // where it and SQLAlchemy 2 are installed
	}
	var all []Alternative
	for _, driver := range drivers {
		c, s, extra := client(driver), newSection("", s.values), newSection("extra.", extra)
		s.renamed(&c, map[string]string{"host": "host", "login": "user", "schema": "dbname", "port": "port"})
		extra.own(kept["airflow"]...)
		extra.handOn(&c, scalar)
		s.own("password", "conn_type", "conn-type", "conn_id", "description", "extra")
		s.unreadInto(&c)
		all = append(all, Alternative{When: "with " + driver, Client: c})
	}
	return all
}
