package python

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// asyncpgDSN is what asyncpg takes from its connection string.
type asyncpgDSN struct {
	hosts []string // as compared with a certificate; sockets start with "/"
	query map[string]string
}

// parseAsyncpgDSN reads a postgresql:// URI as asyncpg does: with Python's
// urlparse, parse_qs and unquote. The second value is the client's own error.
//
// Source: MagicStack/asyncpg v0.22.0 to v0.31.0, connect_utils.py,
// _parse_connect_dsn_and_args and _parse_hostlist.
func parseAsyncpgDSN(dsn string) (asyncpgDSN, string) {
	parsed := asyncpgDSN{query: map[string]string{}}
	if dsn == "" {
		return parsed, ""
	}
	dsn = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimLeft(dsn, " \x00\x1f"))
	scheme, rest, found := strings.Cut(dsn, ":")
	if !found || !slices.Contains([]string{"postgresql", "postgres"}, strings.ToLower(scheme)) {
		return parsed, `invalid DSN: scheme is expected to be either "postgresql" or "postgres"`
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	if authority, ok := strings.CutPrefix(rest, "//"); ok {
		authority, _, _ = strings.Cut(authority, "/")
		if strings.Contains(authority, "[") != strings.Contains(authority, "]") {
			return parsed, "Invalid IPv6 URL"
		}
		if _, hosts, hasUser := strings.Cut(authority, "@"); hasUser {
			authority = hosts
		}
		hosts, refused := asyncpgHosts(authority, true)
		if refused != "" {
			return parsed, refused
		}
		parsed.hosts = hosts
	}
	if refused := parsed.readQuery(query); refused != "" {
		return parsed, refused
	}
	var refused string
	if len(parsed.hosts) == 0 {
		parsed.hosts, refused = asyncpgHosts(parsed.query["host"], false)
	}
	return parsed, refused
}

// readQuery is parse_qs with strict parsing: a field without a value is
// dropped, one without "=" is an error, and the last of several wins.
func (d *asyncpgDSN) readQuery(query string) string {
	if query == "" {
		return ""
	}
	for field := range strings.SplitSeq(query, "&") {
		name, value, found := strings.Cut(field, "=")
		switch {
		case !found:
			return "bad query field"
		case value != "":
			d.query[conninfo.LenientUnescape(name, true)] = conninfo.LenientUnescape(value, true)
		}
	}
	return ""
}

// asyncpgHosts splits a list of hosts and drops their ports. The second value
// is the client's own error.
func asyncpgHosts(list string, unquote bool) (hosts []string, refused string) {
	if list == "" {
		return nil, ""
	}
	for spec := range strings.SplitSeq(list, ",") {
		host := spec
		switch {
		case spec == "":
			return nil, "string index out of range"
		case spec[0] == '/':
		case spec[0] == '[':
			end := strings.IndexByte(spec, ']')
			if end < 2 {
				return nil, "invalid IPv6 address in the connection URI"
			}
			host = spec[1:end]
		default:
			host, _, _ = strings.Cut(spec, ":")
		}
		if unquote {
			host = conninfo.LenientUnescape(host, false)
		}
		if strings.ContainsAny(host, "@ ") {
			return nil, "Name or service not known"
		}
		hosts = append(hosts, host)
	}
	return hosts, ""
}

// asyncpgKeywords are the query keywords that asyncpg keeps for itself. What
// else stands there goes to the server as a run-time parameter.
var asyncpgKeywords = strings.Fields(`port host dbname database user password passfile sslmode sslcert sslkey sslrootcert sslcrl sslpassword
	ssl_min_protocol_version ssl_max_protocol_version`)

// asyncpgLater are query keywords that asyncpg keeps for itself only since a
// release.
var asyncpgLater = map[string]policy.Version{
	"target_session_attrs": asyncpgTargets, "krbsrvname": asyncpgKerberos, "gsslib": asyncpgKerberos, "sslnegotiation": asyncpgKerberos,
}

// serverParameters are run-time parameters that any session may set at its
// start and that connection strings carry. A name with a dot is taken too.
var serverParameters = strings.Fields(`application_name client_encoding client_min_messages datestyle default_transaction_isolation
	default_transaction_read_only extra_float_digits idle_in_transaction_session_timeout intervalstyle jit lock_timeout options role search_path
	standard_conforming_strings statement_timeout synchronous_commit tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout
	timezone work_mem`)

// notServerParameters are keywords of libpq and other drivers that the server
// does not know, or does not let a session set.
var notServerParameters = strings.Fields(`channel_binding connect_timeout direct_tls fallback_application_name gssdelegation gssencmode gsslib hostaddr
	keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname load_balance_hosts min_protocol_version max_protocol_version oauth_issuer
	oauth_client_id prepared_statement_cache_size require_auth requirepeer requiressl service servicefile ssl ssl_ca_file ssl_cert_file ssl_crl_file
	ssl_key_file sslca sslcertmode sslcompression sslkeylogfile sslnegotiation sslsni target_session_attrs timeout command_timeout`)

// foreign looks for query keywords that the server gets as run-time
// parameters. It returns one that the server refuses, and one of which that
// is not known; empty is none.
func (d *asyncpgDSN) foreign(v policy.Version) (refused, unknown string) {
	for name := range d.query {
		since, later := asyncpgLater[name]
		switch {
		case slices.Contains(asyncpgKeywords, name), later && !v.Before(since):
		case slices.Contains(notServerParameters, strings.ToLower(name)):
			refused = max(refused, name)
		case strings.Contains(name, ".") && !policy.ConcernsTransport(name, d.query[name]), slices.Contains(serverParameters, strings.ToLower(name)):
		default:
			unknown = max(unknown, name)
		}
	}
	return refused, unknown
}
