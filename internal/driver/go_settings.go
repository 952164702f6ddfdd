package driver

import (
	"maps"
	"net/url"
	"strings"
)

// goSettings are the settings of a Go driver: the environment, then the
// connection string. refused says in words why the string cannot be parsed; it
// quotes nothing.
//
// netURL takes URIs apart as net/url does, otherwise as libpq does.
func goSettings(s Settings, variables map[string]string, netURL bool) (settings map[string]string, refused string) {
	settings = map[string]string{}
	for variable, name := range variables {
		if value := s.Environment[variable]; value != "" {
			settings[name] = value
		}
	}
	given, refused := goConnection(s.Connection, netURL)
	maps.Copy(settings, given)
	return settings, refused
}

func goConnection(connection string, netURL bool) (map[string]string, string) {
	rest, isURI := strings.CutPrefix(connection, "postgresql://")
	if !isURI {
		rest, isURI = strings.CutPrefix(connection, "postgres://")
	}
	switch {
	case strings.ContainsRune(connection, 0):
		return nil, "it has a NUL"
	case isURI && netURL:
		return goNetURL(connection)
	case isURI:
		return goURI(rest)
	default:
		return goKeywordValue(connection)
	}
}

// goNetURL takes a URI apart as pgx did before 5.11, and lib/pq does.
func goNetURL(connection string) (map[string]string, string) {
	u, err := url.Parse(connection)
	if err != nil {
		return nil, "it is not a URL"
	}
	settings := map[string]string{}
	var hosts []string
	for host := range strings.SplitSeq(u.Host, ",") {
		name := host
		if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') && strings.Count(host, ":") > 0 && (strings.HasPrefix(host, "[") || strings.Count(host, ":") == 1) {
			name = host[:i]
		} else if !isBareAddress(host) && host != "" {
			return nil, "a host has no port"
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

// isBareAddress says whether a part of a URL's authority is a host without a
// port.
func isBareAddress(host string) bool {
	return strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") || !strings.Contains(host, ":")
}

// goURI takes a URI apart as libpq does; rest is what follows the scheme.
//
// Source: jackc/pgx v5.12.0, pgconn/parse_url.go, parseURLSettings.
func goURI(rest string) (map[string]string, string) {
	settings := map[string]string{}
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	authority, query := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority, query = rest[:i], rest[i:]
	}
	if i := strings.IndexByte(query, '?'); i >= 0 {
		query = query[i+1:]
	} else {
		query = ""
	}
	var hosts []string
	for part := range strings.SplitSeq(authority, ",") {
		name := part
		if strings.HasPrefix(part, "[") {
			end := strings.IndexByte(part, ']')
			if end < 2 {
				return nil, "an IPv6 address is not closed"
			}
			name = part[1:end]
		} else if before, _, ok := strings.Cut(part, ":"); ok {
			name = before
		}
		decoded, err := url.PathUnescape(name)
		if err != nil {
			return nil, "a percent encoding is wrong"
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
	sslLast := false
	for query != "" {
		pair, after, _ := strings.Cut(query, "&")
		query = after
		if strings.Count(pair, "=") != 1 {
			return "a parameter has not exactly one \"=\""
		}
		rawKey, rawValue, _ := strings.Cut(pair, "=")
		key, keyErr := url.PathUnescape(rawKey)
		value, valueErr := url.PathUnescape(rawValue)
		if keyErr != nil || valueErr != nil {
			return "a percent encoding is wrong"
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
func goKeywordValue(text string) (map[string]string, string) {
	settings := map[string]string{}
	for text = strings.TrimLeft(text, goSpace); text != ""; {
		key, rest, found := strings.Cut(text, "=")
		key = strings.Trim(key, goSpace)
		if !found || key == "" || strings.ContainsAny(key, goSpace) {
			return nil, "a keyword has no \"=\""
		}
		value, after, closed := goValue(strings.TrimLeft(rest, goSpace))
		if !closed {
			return nil, "a quote is not closed"
		}
		settings[key] = value
		text = strings.TrimLeft(after, goSpace)
	}
	return settings, ""
}

// goValue reads one value, quoted or not.
func goValue(text string) (value, rest string, closed bool) {
	quoted := strings.HasPrefix(text, "'")
	if quoted {
		text = text[1:]
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
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
