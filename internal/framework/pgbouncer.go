package framework

import (
	"maps"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/pgbouncer"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// pgbouncerLater are settings that PgBouncer does not know up to 1.25.
var pgbouncerLater = []string{"login_notify_message", "pool_idle_timeout"}

// pgbouncerIni is a pgbouncer.ini: its text, or an object with databases and
// pgbouncer.
//
// Each database of [databases] is a client; where there are several, all of
// them are.
//
// Source: pgbouncer/pgbouncer, src/main.c and src/loader.c, 1.18 to 1.25.
func pgbouncerIni(r request) []Alternative {
	s := r.settings
	if r.isText {
		values, included := parseINI(r.text)
		if included {
			return undecided("pgbouncer", "%include names another file, and its content is not declared")
		}
		s = newSection("", values)
	}
	base := client("pgbouncer")
	base.DriverVersion = r.options.DriverVersion
	settings, known := s.inner("pgbouncer"), pgbouncer.Names(policy.Settings{}).Properties
	for _, name := range settings.rest() {
		switch {
		case !slices.Contains(known, name) || slices.Contains(pgbouncerLater, name): // It ends the start.
			return refused("pgbouncer", "unknown parameter: pgbouncer/"+name)
		case strings.HasPrefix(name, "server_tls"):
			base.Properties[name] = scalar(settings.values[name])
		}
	}
	var all []Alternative
	databases := s.inner("databases")
	for _, name := range databases.rest() {
		c := base
		c.Properties, c.Unread = maps.Clone(base.Properties), map[string]string{}
		c.Connection = scalar(databases.values[name])
		all = append(all, Alternative{When: "for the database " + name, Client: c})
	}
	if len(all) == 0 {
		return undecided("pgbouncer", "[databases] names no database")
	}
	return all
}

// parseINI reads sections of key = value lines; included says that another file
// is read in.
func parseINI(text string) (values map[string]any, included bool) {
	values = map[string]any{}
	current := map[string]any{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "", line[0] == ';', line[0] == '#':
		case strings.HasPrefix(line, "%include"):
			return values, true
		case line[0] == '[':
			current = map[string]any{}
			values[strings.Trim(line, "[] ")] = current
		default:
			name, value, _ := strings.Cut(line, "=")
			current[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return values, false
}
