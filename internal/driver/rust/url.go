package rust

import (
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// rustURL is a URL as Rust's url crate takes it apart for a scheme that it
// does not know: the host is neither decoded nor put in lower case, and an
// IPv6 address keeps its brackets.
type rustURL struct {
	scheme string
	host   string
	// query are the parameters in their order, each a name and a value.
	query [][2]string
}

// parseRustURL reads a URL. refused is the crate's own text; empty is none.
//
// Source: servo/rust-url 2, url/src/parser.rs, parse_non_special,
// after_double_slash and parse_host_and_port; form_urlencoded/src/lib.rs, parse.
func parseRustURL(text string) (u rustURL, refused string) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(text), "://")
	if !found {
		return u, "relative URL without a base"
	}
	u.scheme = strings.ToLower(scheme)
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	var user, port string
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, authority = authority[:i], authority[i+1:]
	}
	if address, after, closed := strings.Cut(authority, "]"); closed && strings.HasPrefix(address, "[") {
		u.host, port = address+"]", strings.TrimPrefix(after, ":")
	} else {
		u.host, port, _ = strings.Cut(authority, ":")
	}
	if u.host == "" && (user != "" || authority != "") {
		return u, "empty host"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil && port != "" {
		return u, "invalid port number"
	}
	decode := func(text string) string { return conninfo.LenientUnescape(text, true) }
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		u.query = append(u.query, [2]string{decode(name), decode(value)})
	}
	return u, ""
}

// queryOf are the parameters of a URL.
func queryOf(connection string) map[string]string {
	u, _ := parseRustURL(connection)
	given := map[string]string{}
	for _, parameter := range u.query {
		if parameter[0] != "" {
			given[parameter[0]] = parameter[1]
		}
	}
	return given
}
