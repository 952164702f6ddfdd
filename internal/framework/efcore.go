package framework

import (
	"maps"
	"slices"
	"strings"
)

// efcore is a connection string of Entity Framework Core with Npgsql, or a
// decoded appsettings.json with ConnectionStrings.
//
// The string goes to Npgsql as it is. What ConfigureDataSource does in code
// shows in no configuration.
//
// Source: npgsql/efcore.pg, NpgsqlDataSourceManager.cs, 8 to 11.
func efcore(r request) []Alternative {
	c := client("npgsql")
	if r.isText {
		c.Connection = r.text
		return one(c)
	}
	s := r.settings
	if text := s.text("connection_string", "ConnectionString"); text != "" {
		c.Connection = text
		return s.done(c)
	}
	var all []Alternative
	byName := map[string]any{}
	maps.Copy(byName, s.inner("ConnectionStrings").values)
	for name, value := range r.options.Environment {
		if inner, found := strings.CutPrefix(name, "ConnectionStrings__"); found {
			byName[inner] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		c := client("npgsql")
		c.Connection = scalar(byName[name])
		all = append(all, Alternative{When: "with the connection string " + name, Client: c})
	}
	if len(all) == 0 {
		return undecided("npgsql", "there is no connection string")
	}
	return all
}
