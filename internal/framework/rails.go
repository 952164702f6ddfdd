package framework

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// rails is one entry of Rails' config/database.yml, or its URL, from 6.1.
//
// username is user, and database dbname; of the rest only what the installed
// libpq lists goes on, so that an older one drops a newer keyword. url, and the
// variable DATABASE_URL, beat the keys beside them; from 7.0 the URL's query
// beats its host and user.
//
// Source: rails/rails, activerecord, connection_adapters/postgresql_adapter.rb,
// database_configurations/connection_url_resolver.rb and url_config.rb, 6.1.7
// and 26a022d8; pull request 42840 for the query.
func rails(r request) []Alternative {
	r = r.filled(erbSyntax)
	s := r.settings
	text := r.text
	if !r.isText {
		text = s.text("url")
	}
	if variable := r.options.Environment["DATABASE_URL"]; variable != "" {
		text = variable
	}
	values := map[string]string{}
	if text != "" {
		u, isURL := parseURL(text)
		if !isURL {
			return refused("ruby-pg", "bad URI")
		}
		values = railsURL(u, r.since("7.0"))
	}
	for _, name := range s.rest() {
		if _, beaten := values[name]; !beaten && s.values[name] != nil {
			values[name] = scalar(s.values[name])
		}
	}
	adapter := values["adapter"]
	if !slices.Contains([]string{"", "postgresql", "postgis"}, adapter) {
		return undecided("ruby-pg", "the adapter is not the one that Rails has for PostgreSQL")
	}
	for name, keyword := range map[string]string{"username": "user", "database": "dbname"} {
		if values[name] != "" {
			values[keyword] = values[name]
		}
		delete(values, name)
	}
	return byLibpq(r, func(major int) Client { return railsClient(values, s, major) })
}

func railsClient(values map[string]string, s section, libpq int) Client {
	c := client("ruby-pg")
	for name, value := range values {
		switch {
		case slices.Contains(kept["rails"], name):
		case conninfo.Known(name, libpq) || name == "requiressl":
			c.Properties[name] = value
		default:
			flatten(c.Unread, name, value)
			if nested, isObject := s.values[name].(map[string]any); isObject {
				delete(c.Unread, name)
				flatten(c.Unread, name, nested)
			}
		}
	}
	return c
}

// railsURL are the keys that a URL gives.
func railsURL(u urlParts, queryWins bool) map[string]string {
	query, parts := map[string]string{}, map[string]string{}
	for _, p := range u.query {
		query[p.name] = p.value
	}
	adapter := u.scheme
	if adapter == "postgres" {
		adapter = "postgresql"
	}
	for name, value := range map[string]string{"adapter": adapter, "username": u.user, "host": u.host, "port": u.port, "database": u.database} {
		if value != "" {
			parts[name] = value
		} else if !queryWins {
			delete(query, name)
		}
	}
	maps.DeleteFunc(query, func(_, value string) bool { return value == "" })
	if queryWins {
		maps.Copy(parts, query)
		return parts
	}
	maps.Copy(query, parts)
	return query
}

// The majors of libpq that the keywords are asked of.
const oldestLibpq, newestLibpq = 12, 18

// byLibpq is for what hands on only the keywords that the installed libpq has:
// one client for each major, or for the declared one.
func byLibpq(r request, of func(major int) Client) []Alternative {
	if version, known := policy.ParseVersion(r.options.DriverVersion); known && version.Major() > 0 {
		return one(of(min(max(version.Major(), oldestLibpq), newestLibpq)))
	}
	var all []Alternative
	for major := oldestLibpq; major <= newestLibpq; major++ {
		all = append(all, Alternative{When: fmt.Sprintf("with libpq %d", major), Client: of(major)})
	}
	return all
}
