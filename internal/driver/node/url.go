package node

import (
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
)

// nodeURL is a connection URL as WHATWG's URL class takes it apart.
type nodeURL struct {
	host string
	// bracketed: the host is an IPv6 address in brackets.
	bracketed bool
	// list is the part of the URL that names hosts and ports.
	list  string
	query map[string]string // the last value of each
}

// parseNodeURL reads a connection URL. refused says in words why it is none;
// an empty one has nothing. A path of a Unix socket is a host.
//
// Source: pg-connection-string 2.14, index.js, parse; WHATWG URL, which neither
// fails on wrong percent encodings nor on ports. Where the URL names several
// hosts, it is taken apart all the same.
func parseNodeURL(connection string) (u nodeURL, refused string) {
	u.query = map[string]string{}
	if connection == "" {
		return u, ""
	}
	if strings.HasPrefix(connection, "/") {
		u.host, _, _ = strings.Cut(connection, " ")
		return u, ""
	}
	_, rest, found := strings.Cut(connection, "://")
	if !found {
		return u, "the connection string is not a URL"
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	u.list = conninfo.LenientUnescape(authority, false)
	if u.bracketed = strings.HasPrefix(authority, "["); u.bracketed {
		authority, _, _ = strings.Cut(authority[1:], "]")
	} else {
		authority, _, _ = strings.Cut(authority, ":")
	}
	if u.host = conninfo.LenientUnescape(authority, false); strings.Contains(u.list, ",") {
		refused = "this URL has several hosts"
	}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if pair != "" {
			u.query[conninfo.LenientUnescape(key, true)] = conninfo.LenientUnescape(value, true)
		}
	}
	return u, refused
}
