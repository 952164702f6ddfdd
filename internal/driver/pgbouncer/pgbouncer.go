// Package pgbouncer holds the rules of PgBouncer as a client of the server.
package pgbouncer

import (
	"slices"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/libpq"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// Pgbouncer is PgBouncer as a client of the server: connection is the
// connection string of a database in its [databases] section, and the
// properties are its server_tls_… settings.
//
// A failed handshake is final in every mode; only a server without TLS is
// gone on with in plaintext, up to "prefer". Certificates are verified in the
// verify modes alone, whatever server_tls_ca_file names. The environment
// plays no part.
//
// Source: pgbouncer/pgbouncer, src/sbuf.c (setup_tls, sbuf_tls_connect) and
// src/server.c (handle_connect, handle_sslchar), 1.18 to 1.25. Observed with
// 1.18.0.
func Pgbouncer(s policy.Settings) policy.Policy {
	return Releases.Each(s.Version, func(v policy.Version) policy.Policy {
		return openssl.Releases.Each(openssl.InRuntime(s.Runtime), func(ssl policy.Version) policy.Policy {
			return pgbouncerPolicy(s, v, openssl.Series(ssl))
		})
	})
}

// Releases are those that connect to servers on TLS.
var (
	Releases         = policy.NewReleases("PgBouncer", "driver_version", "1.7", "")
	pgbouncerPrefers = Releases.Change("1.20") // the default mode
	pgbouncerLists   = Releases.Change("1.25") // the name of each host in a list is compared
)

func pgbouncerPolicy(s policy.Settings, v policy.Version, openSSL string) policy.Policy {
	given, known := conninfo.ParsePgBouncer(s.Connection)
	if !known {
		return policy.Policy{Rejection: policy.Invalid("PgBouncer does not accept the connection string", "in connection string")}
	}
	for _, g := range given {
		if !slices.Contains(pgbouncerKeywords, g.Keyword) {
			return policy.Policy{Rejection: policy.Invalid("PgBouncer does not know the keyword "+g.Keyword+" in a connection string", "unrecognized connection parameter: "+g.Keyword)}
		}
	}
	mode := strings.ToLower(property(s, "server_tls_sslmode", pgbouncerDefault(v)))
	if !slices.Contains(libpq.Sslmodes, mode) {
		return policy.Policy{Rejection: policy.Invalid("server_tls_sslmode has a value that PgBouncer does not know", "invalid value")}
	}
	offer, known := pgbouncerOffer(property(s, "server_tls_protocols", "secure"))
	if !known && mode != "disable" {
		return policy.Policy{Rejection: policy.Invalid("server_tls_protocols has a value that PgBouncer does not know", "invalid server_tls_protocols")}
	}
	p := policy.Policy{
		Mode:    mode,
		Profile: certpath.Profile{Validator: certpath.OpenSSL, Version: openSSL, SecurityLevel: -1},
		// It logs the reason of the SSL error, not the result of the verification.
		PathError: "certificate verify failed",
		NameRule:  certpath.NameLibtls,
		TLS:       offer,
		Anchors:   pgbouncerAnchors(s, openSSL, mode),
	}
	host, undecided := pgbouncerHost(s, v, given, mode)
	if undecided != "" {
		return policy.Policy{Undecided: undecided}
	}
	if !host.Local && !libpq.Resolvable(host.Name) {
		return policy.Policy{Rejection: policy.Invalid("the host name cannot be resolved", "")}
	}
	p.Hosts = []policy.Host{host}
	p.Doubt, p.TLSDoubt = pgbouncerDoubt(s, mode, &p.TLS)
	p.Attempts = pgbouncerAttempts(mode, host.Local)
	if !p.UsesTLS() {
		return p
	}
	return pgbouncerCertificate(s, p)
}

// pgbouncerKeywords are those of a connection string in [databases].
//
// Source: src/loader.c, parse_database, 1.25.
var pgbouncerKeywords = []string{
	"application_name", "auth_dbname", "auth_query", "auth_user", "client_encoding", "connect_query", "datestyle",
	"dbname", "host", "load_balance_hosts", "max_db_client_connections", "max_db_connections", "min_pool_size",
	"password", "pool_mode", "pool_size", "port", "query_wait_timeout", "reserve_pool", "reserve_pool_size",
	"server_lifetime", "timezone", "user",
}

// pgbouncerDefault is the mode of a configuration that names none.
//
// Source: NEWS of PgBouncer 1.20.
func pgbouncerDefault(v policy.Version) string {
	if v.Before(pgbouncerPrefers) {
		return "disable"
	}
	return "prefer"
}

func pgbouncerAttempts(mode string, local bool) []policy.Attempt {
	tls := policy.Attempt{TLS: true, VerifyPath: strings.HasPrefix(mode, "verify-"), VerifyHost: mode == "verify-full"}
	switch {
	case local || mode == "disable":
		return []policy.Attempt{{}}
	case mode == "allow" || mode == "prefer":
		tls.After = policy.TLSUnsupported
		return []policy.Attempt{tls, {}}
	default:
		return []policy.Attempt{tls}
	}
}

// pgbouncerAnchors: without server_tls_ca_file, the bundle of the operating
// system is taken.
//
// Source: libusual/libusual, usual/tls/tls_config.c, tls_config_new, and
// tls.c, tls_configure_ssl_verify.
func pgbouncerAnchors(s policy.Settings, openSSL, mode string) policy.Anchors {
	failed := policy.Lack{Client: "failed to load CA"}
	a := policy.Anchors{
		Reader: truststore.OpenSSLFile, ReaderVersion: openSSL,
		Path: property(s, "server_tls_ca_file", ""), Missing: failed, Unreadable: failed, Empty: failed,
	}
	switch {
	case !strings.HasPrefix(mode, "verify-"):
	case a.Path == "" && (!s.StoreDeclared || s.StorePlace != policy.PlaceSystem):
		a.Source = policy.SystemStore
	case s.StoreDeclared && (a.Path == "" || policy.NamesFile(a.Path)) && (a.Path == "" || s.StorePlace == policy.PlaceAuto || s.StorePlace == ""):
		a.Source = policy.Declared
	default:
		a.Source = policy.Missing
	}
	return a
}

// pgbouncerHost returns the name that is compared. Before 1.25 that is the
// whole list, which matches nothing.
//
// Source: NEWS of PgBouncer 1.25, #1303.
func pgbouncerHost(s policy.Settings, v policy.Version, given conninfo.Settings, mode string) (host policy.Host, undecided string) {
	names, _ := given.Get("host")
	if names == "" {
		names = s.Host
	}
	if names == "" && mode == "verify-full" {
		return policy.Host{}, policy.NoHost
	}
	if names != "" && (names[0] == '/' || names[0] == '@') {
		return policy.Host{Name: names, Local: true}, ""
	}
	list := strings.Split(names, ",")
	switch {
	case len(list) == 1, v.Before(pgbouncerLists):
		return policy.Host{Name: names}, ""
	case mode == "verify-full" && len(slices.Compact(slices.Clone(list))) > 1:
		return policy.Host{}, "PgBouncer connects to the hosts in turn, and the server certificate must match each of them"
	}
	return policy.Host{Name: list[0]}, ""
}

// pgbouncerOffer reads server_tls_protocols: a list in which "!" takes away.
//
// Source: libusual/libusual, usual/tls/tls_config.c, tls_config_parse_protocols.
func pgbouncerOffer(protocols string) (offer policy.Offer, known bool) {
	var on [4]bool
	for word := range strings.FieldsFuncSeq(strings.ToLower(protocols), func(r rune) bool { return r == ',' || r == ':' }) {
		word, negated := strings.CutPrefix(strings.TrimLeft(word, " \t"), "!")
		if negated && on == [4]bool{} {
			on = [4]bool{true, true, true, true}
		}
		var set [4]bool
		switch word {
		case "all", "tlsv1":
			set = [4]bool{true, true, true, true}
		case "default", "secure":
			set = [4]bool{2: true, 3: true}
		case "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3":
			set[word[len(word)-1]-'0'] = true
		default:
			return policy.Offer{}, false
		}
		for i := range on {
			if set[i] {
				on[i] = !negated
			}
		}
	}
	lowest := slices.Index(on[:], true)
	if lowest < 0 {
		return policy.Offer{}, false
	}
	highest := lowest
	for highest < 3 && on[highest+1] {
		highest++
	}
	return policy.Offer{Min: policy.TLSVersions()[lowest], Max: policy.TLSVersions()[highest]}, true
}

// property returns a property, or what stands for it where it is not set.
func property(s policy.Settings, name, otherwise string) string {
	if value, set := s.Properties[name]; set {
		return value
	}
	return otherwise
}
