package rust

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// tokioConfig is what tokio-postgres takes from a connection string: hosts in
// their order, and the last value of every other option.
type tokioConfig struct {
	hosts     []string
	addresses int // of hostaddr
	ports     int
	options   map[string]string
}

// tokioOptions are the options that Config takes, with the release from
// which it does, and the values that it takes; nil is any.
var tokioOptions = map[string]struct {
	since  policy.Version
	values []string
}{
	"user": {}, "password": {}, "dbname": {}, "options": {}, "application_name": {}, "host": {}, "port": {}, "connect_timeout": {},
	"keepalives": {}, "keepalives_idle": {}, "keepalives_interval": {since: tokioKeepalive}, "keepalives_retries": {since: tokioKeepalive}, "tcp_user_timeout": {since: tokioKeepalive},
	"hostaddr":             {since: tokioAddresses},
	"sslmode":              {values: []string{"disable", "prefer", "require"}},
	"sslnegotiation":       {since: tokioDirect, values: []string{"postgres", "direct"}},
	"target_session_attrs": {values: []string{"any", "read-write", "read-only"}},
	"channel_binding":      {values: []string{"disable", "prefer", "require"}},
	"load_balance_hosts":   {since: tokioAddresses, values: []string{"disable", "random"}},
}

// tokioNumbers are the options whose value is a number.
var tokioNumbers = []string{"connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_retries", "tcp_user_timeout"}

// parseTokio reads a connection string as Config's FromStr does. refused is
// the driver's own text, constant part; empty is none.
//
// Source: sfackler/rust-postgres, tokio-postgres 0.7.7 to 0.7.13,
// src/config.rs, Parser, UrlParser and Config::param.
func parseTokio(connection string, v policy.Version) (c tokioConfig, refused string) {
	c.options = map[string]string{}
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		if rest, isURL := strings.CutPrefix(connection, scheme); isURL {
			return c, c.url(rest, v)
		}
	}
	return c, c.pairs(connection, v)
}

// pairs reads keyword=value pairs.
func (c *tokioConfig) pairs(text string, v policy.Version) (refused string) {
	for text = strings.TrimLeftFunc(text, unicode.IsSpace); text != ""; text = strings.TrimLeftFunc(text, unicode.IsSpace) {
		end := strings.IndexFunc(text, func(r rune) bool { return r == '=' || unicode.IsSpace(r) })
		switch {
		case end < 0:
			return "unexpected EOF"
		case end == 0:
			return "" // A text that goes on with "=" ends the string without a word.
		}
		key, rest := text[:end], strings.TrimLeftFunc(text[end:], unicode.IsSpace)
		if !strings.HasPrefix(rest, "=") {
			return "unexpected"
		}
		value, after, refused := tokioValue(strings.TrimLeftFunc(rest[1:], unicode.IsSpace))
		if refused == "" {
			refused = c.set(key, value, v)
		}
		if refused != "" {
			return refused
		}
		text = after
	}
	return ""
}

// tokioValue reads one value, quoted or not; a backslash takes what follows it.
func tokioValue(text string) (value, rest, refused string) {
	quoted := strings.HasPrefix(text, "'")
	if quoted {
		text = text[1:]
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case quoted && r == '\'':
			return b.String(), text[i+1:], ""
		case !quoted && unicode.IsSpace(r):
			return b.String(), text[i:], ""
		case r == '\\':
			i += size
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		b.WriteString(text[i : i+size])
		i += size
	}
	switch {
	case quoted:
		return b.String(), text, "unterminated quoted connection parameter value"
	case b.Len() == 0:
		return b.String(), text, "unexpected EOF"
	}
	return b.String(), "", ""
}

// url reads what follows the scheme of a URL. The first "@" ends the user's
// name, wherever it stands.
func (c *tokioConfig) url(rest string, v policy.Version) (refused string) {
	if _, after, found := strings.Cut(rest, "@"); found {
		rest = after
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, _, _ := strings.Cut(rest, "/")
	if authority != "" {
		if refused := c.authority(authority, v); refused != "" {
			return refused
		}
	}
	for query != "" {
		key, after, found := strings.Cut(query, "=")
		if !found {
			return "unterminated parameter"
		}
		value, next, _ := strings.Cut(after, "&")
		query = next
		name, value := conninfo.LenientUnescape(key, false), conninfo.LenientUnescape(value, false)
		if name == "host" {
			c.hosts = append(c.hosts, value)
			continue
		}
		if refused := c.set(name, value, v); refused != "" {
			return refused
		}
	}
	return ""
}

func (c *tokioConfig) authority(authority string, v policy.Version) (refused string) {
	for chunk := range strings.SplitSeq(authority, ",") {
		host, port, _ := strings.Cut(chunk, ":") // an empty port is the default one
		if strings.HasPrefix(chunk, "[") {
			address, after, closed := strings.Cut(chunk[1:], "]")
			if !closed || after != "" && after[0] != ':' {
				return tokioInvalid("host")
			}
			host, port = address, strings.TrimPrefix(after, ":")
		}
		c.hosts = append(c.hosts, conninfo.LenientUnescape(host, false))
		if refused := c.set("port", conninfo.LenientUnescape(port, false), v); refused != "" {
			return refused
		}
	}
	return ""
}

// set is Config::param.
func (c *tokioConfig) set(key, value string, v policy.Version) (refused string) {
	option, known := tokioOptions[key]
	if !known || v.Before(option.since) {
		return "unknown option `" + key + "`"
	}
	values := option.values
	if key == "target_session_attrs" && v.Before(tokioReadOnly) {
		values = values[:2]
	}
	if values != nil && !slices.Contains(values, value) {
		return tokioInvalid(key)
	}
	parts := strings.Split(value, ",")
	switch key {
	case "host":
		c.hosts = append(c.hosts, parts...)
	case "hostaddr":
		for _, part := range parts {
			if _, err := netip.ParseAddr(part); err != nil {
				return tokioInvalid(key)
			}
		}
		c.addresses += len(parts)
	case "port":
		for _, part := range parts {
			if _, err := strconv.ParseUint(strings.TrimPrefix(part, "+"), 10, 16); err != nil && part != "" {
				return tokioInvalid(key)
			}
		}
		c.ports += len(parts)
	default:
		if _, err := strconv.ParseInt(value, 10, 64); err != nil && slices.Contains(tokioNumbers, key) {
			return tokioInvalid(key)
		}
		c.options[key] = value
	}
	return ""
}

func tokioInvalid(option string) string { return "invalid value for option `" + option + "`" }
