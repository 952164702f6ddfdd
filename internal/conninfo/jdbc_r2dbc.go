package conninfo

import (
	"errors"
	"fmt"
	"strings"
)

// ErrR2DBCURL is returned for a URL that R2DBC cannot parse. The error never
// quotes the URL.
var ErrR2DBCURL = errors.New("R2DBC cannot parse this URL")

// R2DBC is what R2DBC makes of a connection URL.
type R2DBC struct {
	// SSL is true for the scheme r2dbcs.
	SSL bool
	// Driver is the name after the scheme, past r2dbc-pool and r2dbc-proxy.
	Driver string
	// Protocol follows the driver, such as "failover"; may be empty.
	Protocol string
	// Hosts in their order; empty where the URL names none. Without the
	// protocol failover there is one at most.
	Hosts []JDBCHost
	// Options of the query, decoded; keys count with their case.
	Options map[string]string
}

// ParseR2DBC parses a connection URL as io.r2dbc.spi.ConnectionUrlParser does.
//
// The error is [ErrR2DBCURL] for what it refuses: another scheme, no driver,
// characters that a URI cannot hold, and host, port, user, password, database,
// driver or protocol among the options.
//
// Source: r2dbc/r2dbc-spi, ConnectionUrlParser.java, and
// pgjdbc/r2dbc-postgresql, PostgresqlConnectionFactoryProvider.java; not run.
func ParseR2DBC(url string) (R2DBC, error) {
	head, tail, found := strings.Cut(url, "://")
	parts := strings.SplitN(head, ":", 3)
	if !found || len(parts) < 2 || parts[0] != "r2dbc" && parts[0] != "r2dbcs" || strings.TrimSpace(parts[1]) == "" {
		return R2DBC{}, fmt.Errorf("%w: it must start with \"r2dbc:\" or \"r2dbcs:\", followed by the name of a driver", ErrR2DBCURL)
	}
	parsed := R2DBC{SSL: parts[0] == "r2dbcs", Driver: parts[1], Options: map[string]string{}}
	if len(parts) == 3 {
		parsed.Protocol = parts[2]
	}
	for parsed.Driver == "pool" || parsed.Driver == "proxy" {
		parsed.Driver, parsed.Protocol, _ = strings.Cut(parsed.Protocol, ":")
	}
	if strings.ContainsAny(tail, " \t\r\n<>\"{}|\\^`") {
		return R2DBC{}, fmt.Errorf("%w: it contains a character that must be percent-encoded", ErrR2DBCURL)
	}
	tail, _, _ = strings.Cut(tail, "#")
	tail, query, _ := strings.Cut(tail, "?")
	authority, _, _ := strings.Cut(tail, "/")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	if err := parsed.parseOptions(query); err != nil {
		return R2DBC{}, err
	}
	parsed.Hosts = r2dbcHosts(authority, parsed.Protocol == "failover")
	return parsed, nil
}

// parseOptions reads the query. An option without a value is none.
func (r R2DBC) parseOptions(query string) error {
	for token := range strings.SplitSeq(query, "&") {
		name, value, assigned := strings.Cut(token, "=")
		if name == "" || !assigned {
			continue
		}
		key, err := decodeForm(name)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrR2DBCURL, errPercent)
		}
		switch key {
		case "database", "driver", "host", "password", "port", "protocol", "user":
			return fmt.Errorf("%w: the option %s is not allowed in the query", ErrR2DBCURL, key)
		}
		if r.Options[key], err = decodeForm(value); err != nil {
			return fmt.Errorf("%w: %w", ErrR2DBCURL, errPercent)
		}
	}
	return nil
}

// r2dbcHosts splits an authority. Several hosts without failover are one name
// that no host has: it is returned as it is.
func r2dbcHosts(authority string, failover bool) []JDBCHost {
	if authority == "" {
		return nil
	}
	addresses := []string{authority}
	if failover {
		addresses = splitJava(authority)
	}
	var hosts []JDBCHost
	for _, address := range addresses {
		host := JDBCHost{Name: address, Port: jdbcDefaultPort}
		colon := strings.LastIndexByte(address, ':')
		if colon >= 0 && jdbcPorts([]string{address[colon+1:]}) == nil {
			host.Name, host.Port = address[:colon], address[colon+1:]
		}
		hosts = append(hosts, host)
	}
	return hosts
}
