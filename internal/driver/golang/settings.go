// Package golang holds the rules of the drivers that are written in Go.
package golang

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// goSyntax is how a Go driver takes its connection string apart.
type goSyntax uint8

const (
	goAsLibpq    goSyntax = iota // as libpq does: pgx since 5.11
	goAsPgx                      // by net/url, with few escapes: pgx before 5.11
	goAsLibPQOld                 // by net/url, as lib/pq does
)

// goKeywords are names with the release that brought them; those without a release are
// in all of them.
type goKeywords []struct {
	since policy.Version
	words []string
}

// in are the names that a release has.
func (k goKeywords) in(v policy.Version) []string {
	var words []string
	for _, some := range k {
		if !v.Before(some.since) {
			words = append(words, some.words...)
		}
	}
	return words
}

// goSettings are the settings of a Go driver: the environment, then the
// connection string. refused says in words why the string cannot be parsed; it
// quotes nothing.
//
// sent are the settings of the connection string that are none of the driver's
// keywords: they go to the server.
func goSettings(s policy.Settings, variables map[string]string, syntax goSyntax, keywords []string) (settings, sent map[string]string, refused string) {
	settings, sent = map[string]string{}, map[string]string{}
	for variable, name := range variables {
		if value := s.Environment[variable]; value != "" {
			settings[name] = value
		}
	}
	given, refused := goConnection(s.Connection, syntax)
	delete(given, "dbname") // it is the database, which plays no part
	maps.Copy(settings, given)
	for name, value := range given {
		if !slices.Contains(keywords, name) {
			sent[name] = value
		}
	}
	return settings, sent, refused
}

func goConnection(connection string, syntax goSyntax) (map[string]string, string) {
	rest, isURI := strings.CutPrefix(connection, "postgresql://")
	if !isURI {
		rest, isURI = strings.CutPrefix(connection, "postgres://")
	}
	switch {
	case strings.ContainsRune(connection, 0):
		return nil, "it contains a NUL byte"
	case isURI && syntax == goAsLibpq:
		return goURI(rest)
	case isURI:
		return goNetURL(connection, syntax)
	default:
		return goKeywordValue(connection, syntax)
	}
}

// goNetURL takes a URI apart as pgx did before 5.11, and lib/pq does.
//
// Source: jackc/pgx v5.10.0, pgconn/config.go, parseURLSettings; lib/pq
// v1.12.3, connector.go, convertURL: there an empty value is none, and of two
// hosts the one that comes last in the alphabet counts.
func goNetURL(connection string, syntax goSyntax) (map[string]string, string) {
	u, err := url.Parse(connection)
	if err != nil {
		return nil, "it is not a valid URL"
	}
	settings := map[string]string{}
	if syntax == goAsLibPQOld {
		settings["host"] = u.Host
		if host, _, _ := strings.Cut(u.Host, ":"); strings.Count(u.Host, ":") == 1 {
			settings["host"] = host
		} else if strings.Contains(u.Host, "]:") {
			settings["host"] = u.Hostname()
		}
		for name, values := range u.Query() {
			if name != "host" || values[0] > settings["host"] {
				settings[name] = values[0]
			}
		}
		maps.DeleteFunc(settings, func(_, value string) bool { return value == "" })
		return settings, ""
	}
	var hosts []string
	for host := range strings.SplitSeq(u.Host, ",") {
		name := host
		if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') && (strings.HasPrefix(host, "[") || strings.Count(host, ":") == 1) {
			name = host[:i]
		} else if !strings.HasPrefix(host, "[") && strings.Contains(host, ":") {
			return nil, "a host with several colons is not in brackets, as an IPv6 address must be"
		}
		if name = strings.Trim(name, "[]"); name != "" {
			hosts = append(hosts, name)
		}
	}
	if len(hosts) > 0 {
		settings["host"] = strings.Join(hosts, ",")
	}
	for name, values := range u.Query() {
		settings[name] = values[0]
	}
	return settings, ""
}

// goURI takes a URI apart as libpq does; rest is what follows the scheme.
//
// Source: jackc/pgx v5.12.0, pgconn/parse_url.go, parseURLSettings.
func goURI(rest string) (map[string]string, string) {
	settings := map[string]string{}
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	var hosts []string
	for part := range strings.SplitSeq(authority, ",") {
		name := part
		if strings.HasPrefix(part, "[") {
			end := strings.IndexByte(part, ']')
			if end < 2 {
				return nil, "an IPv6 address lacks its closing bracket"
			}
			name = part[1:end]
		} else if before, _, ok := strings.Cut(part, ":"); ok {
			name = before
		}
		decoded, err := url.PathUnescape(name)
		if err != nil {
			return nil, "a percent-encoding is invalid"
		}
		hosts = append(hosts, decoded)
	}
	if host := strings.Join(hosts, ","); host != "" {
		settings["host"] = host
	}
	return settings, goQuery(query, settings)
}

// goQuery reads the parameters of a URI: exactly one "=" each, the last one
// wins, and ssl=true means sslmode=require.
func goQuery(query string, settings map[string]string) (refused string) {
	var sslLast bool
	for query != "" {
		pair, after, _ := strings.Cut(query, "&")
		query = after
		if strings.Count(pair, "=") != 1 {
			return "a parameter does not have exactly one \"=\""
		}
		rawKey, rawValue, _ := strings.Cut(pair, "=")
		key, keyErr := url.PathUnescape(rawKey)
		value, valueErr := url.PathUnescape(rawValue)
		if keyErr != nil || valueErr != nil {
			return "a percent-encoding is invalid"
		}
		switch key {
		case "ssl":
			sslLast = true
		case "sslmode":
			sslLast = false
		}
		settings[key] = value
	}
	if settings["ssl"] == "true" {
		delete(settings, "ssl")
		if sslLast {
			settings["sslmode"] = "require"
		}
	}
	return ""
}

// goSpace separates keywords and values.
const goSpace = " \t\n\r\v\f"

// goKeywordValue reads "keyword=value" pairs: quotes and backslashes as
// libpq, but any keyword.
func goKeywordValue(text string, syntax goSyntax) (map[string]string, string) {
	settings := map[string]string{}
	for text = strings.TrimLeft(text, goSpace); text != ""; {
		key, rest, found := strings.Cut(text, "=")
		key = strings.Trim(key, goSpace)
		if !found || key == "" || strings.ContainsAny(key, goSpace) {
			return nil, "a keyword is not followed by \"=\""
		}
		value, after, closed := goValue(strings.TrimLeft(rest, goSpace), syntax)
		if !closed {
			return nil, "a closing quote is missing"
		}
		settings[key] = value
		text = strings.TrimLeft(after, goSpace)
	}
	return settings, ""
}

// goValue reads one value, quoted or not. Before 5.11 a backslash of pgx
// escapes nothing but itself and a quote, and stays before everything else.
func goValue(text string, syntax goSyntax) (value, rest string, closed bool) {
	quoted := strings.HasPrefix(text, "'")
	if quoted {
		text = text[1:]
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			if i++; syntax == goAsPgx && text[i] != '\\' && text[i] != '\'' {
				b.WriteByte(c)
			}
			b.WriteByte(text[i])
		case c == '\\':
		case quoted && c == '\'':
			return b.String(), text[i+1:], true
		case !quoted && strings.IndexByte(goSpace, c) >= 0:
			return b.String(), text[i:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", !quoted
}

// goVariables are those of Go's own store.
//
// Source: golang/go 1.26, src/crypto/x509/root_unix.go.
var goVariables = []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG"}
