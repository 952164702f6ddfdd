package driver

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/driver/jvm"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

var (
	placeholder = regexp.MustCompile(`\$\{[^}]*\}|<[A-Za-z][\w.-]*>|\$\(\w+\)|#\{.*?\}|<%.*?%>|\{\{.*?\}\}|%\(\w+\)s|%env\(.*?\)%`)
	postgresURL = regexp.MustCompile(`^(?:jdbc:|r2dbc:)?postg(?:res|resql|is)[\w+:-]*://`)
)

// libpqLayers are the drivers below dj-database-url and Rails, which take
// postgis: for postgresql: with another backend, and hand its parameters on.
//
// Source: jazzband/dj-database-url, dj_database_url/__init__.py, DB_SCHEMES and
// parse; rgeo/activerecord-postgis-adapter, README.
var libpqLayers = []string{"psycopg", "psycopg2", "ruby-pg"}

// urlDrivers take a URL apart as RFC 3986 says, and pass over what stands behind a #.
//
// Source: Go, net/url, Parse; WHATWG URL, which Node and Rust's url follow;
// Python, urllib.parse, urlparse.
var (
	urlDrivers = []string{"asyncpg", "bun", "deno", "lib-pq", "node-postgres", "pgx", "postgres.js", "sqlx"}
	behindHash = regexp.MustCompile(`^[a-z]+://[^#]*#.*?\b(ssl\w*)=(.*)`)
)

// cutOff is the first setting of TLS that stands behind the end of the URL. It
// decides where it would make the client verify.
func cutOff(s policy.Settings) []policy.Unread {
	found := behindHash.FindStringSubmatch(s.Connection)
	if found == nil || !slices.Contains(urlDrivers, s.Driver) {
		return nil
	}
	return []policy.Unread{{Place: "connection", Name: "#" + found[1], Meant: found[1], Decides: found[1] != "sslmode" || strings.HasPrefix(found[2], "verify")}}
}

// connectionNames are the properties that hold what Connection would.
var connectionNames = []string{"connectionString", "url", "dsn", "host", "hostname"}

// asWritten looks at what people write that is not the driver's own: a URL
// whose scheme names the layer above it or in front of it, and placeholders. The
// policy is set where the settings are not the ones that the driver gets.
func asWritten(s policy.Settings) (policy.Settings, *policy.Policy) {
	for _, text := range append(slices.Sorted(maps.Values(s.Properties)), s.Connection) {
		if found := placeholder.FindString(text); found != "" {
			open := policy.NotFilledIn(found, "")
			return s, &open
		}
	}
	if s.Connection == "" && s.Driver != "prisma" && s.Driver != "bun" && !slices.ContainsFunc(connectionNames, func(name string) bool { return s.Properties[name] != "" }) {
		for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
			if postgresURL.MatchString(s.Environment[name]) {
				return s, &policy.Policy{
					Reason:    policy.ReasonSettingNotRead,
					Undecided: "the variable " + name + " contains a PostgreSQL URL, but the driver does not read this variable: set \"connection\" to the string that the program passes to the driver",
				}
			}
		}
	}
	if s.Driver == "pgjdbc" {
		s.Connection = jvm.Unwrapped(s.Connection)
	}
	if rest, spatial := strings.CutPrefix(s.Connection, "postgis://"); spatial && slices.Contains(libpqLayers, s.Driver) {
		s.Connection = "postgresql://" + rest
	}
	return s, nil
}

// unfilled finds what stands for a host in a template or a manual, and can be none:
// what a shell, a program or Terraform would put a value for, the name of a
// variable, a word that says so, and what an empty variable becomes.
var unfilled = regexp.MustCompile(`[<>{}]|\$[\w(]|\w\(|^%\w+%$|^@\w+@$|^\[[A-Za-z_]+\]$|^__\w+__$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$` +
	`|^(?:process\.env|os\.environ)\b|^ENV\[|^aws_\w+\.|^(?:env|var|local|module|data|each)\.(?:[A-Z]|[\w.]*_)` +
	`|(?i:^(?:host|host[_-]?name|end[_-]?point|place[_-]?holder|redacted|undefined|null|none|nil|nan|n/a|todo|tbd|fixme)$` +
	`|^(?:change|replace|fill)[_-]?(?:me|this)$|^(?:your|some)(?:db)?(?:host|server|endpoint|database|domain)\b|(?:^|\.)your(?:[._-]|$)|^(?:insert|put|your)\b.*[_-]here$|^x{3,}$|(?:^|\.)x{3,}\.)`)

// impossibleHost returns a host of the policy that is a placeholder; empty is none.
func impossibleHost(p policy.Policy) string {
	for _, possible := range p.Possible() {
		if possible.Rejection != nil || possible.Undecided != "" {
			continue
		}
		for _, host := range possible.Hosts {
			if !host.Local && unfilled.MatchString(host.Name) {
				return host.Name
			}
		}
	}
	return ""
}
