package framework

import (
	"net/url"
	"strings"
)

// pair is one parameter of a URL's query.
type pair struct{ name, value string }

// urlParts is a URL as most frameworks take it apart. The password is left
// out.
type urlParts struct {
	scheme, user, host, port, database string
	query                              []pair
}

// parseURL takes a URL apart, and decodes its parts; ok is false where the text
// is none.
func parseURL(text string) (u urlParts, ok bool) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(text), "://")
	if !found || scheme == "" || strings.ContainsAny(scheme, " =/") {
		return urlParts{}, false
	}
	u.scheme = scheme
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, _, _ := strings.Cut(authority[:at], ":")
		u.user, authority = unescape(user), authority[at+1:]
	}
	u.host, u.port = splitPort(authority)
	u.host, u.database = unescape(u.host), unescape(path)
	for parameter := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(parameter, "="); name != "" {
			u.query = append(u.query, pair{unescape(name), unescape(value)})
		}
	}
	return u, true
}

// splitPort cuts the port off; an IPv6 address loses its brackets.
func splitPort(authority string) (host, port string) {
	if rest, bracketed := strings.CutPrefix(authority, "["); bracketed {
		host, port, _ = strings.Cut(rest, "]")
		return host, strings.TrimPrefix(port, ":")
	}
	host, port, _ = strings.Cut(authority, ":")
	return host, port
}

// unescape decodes percent encodings; what is malformed stays as it is.
func unescape(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// get returns the last value of a parameter.
func (u urlParts) get(name string) (value string, given bool) {
	for _, p := range u.query {
		if p.name == name {
			value, given = p.value, true
		}
	}
	return value, given
}

// authority is host and port as a URL writes them.
func authority(host, port string) string {
	if strings.Contains(host, ":") && !strings.Contains(host, ",") {
		host = "[" + host + "]"
	}
	if port != "" {
		host += ":" + port
	}
	return host
}

// escape encodes a value for a URL's query.
func escape(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }
