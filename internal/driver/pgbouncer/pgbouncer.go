// Package pgbouncer holds the rules of PgBouncer as a client of the server.
package pgbouncer

import (
	"cmp"
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
		return policy.Refused("PgBouncer does not accept the connection string", "in connection string")
	}
	for _, g := range given {
		if !slices.Contains(pgbouncerKeywords, g.Keyword) {
			return policy.Refused("PgBouncer does not know the keyword "+g.Keyword+" in a connection string", "unrecognized connection parameter: "+g.Keyword)
		}
	}
	byDefault := "prefer" // Source: NEWS of PgBouncer 1.20.
	if v.Before(pgbouncerPrefers) {
		byDefault = "disable"
	}
	mode := strings.ToLower(property(s, "server_tls_sslmode", byDefault))
	if !slices.Contains(policy.Sslmodes, mode) {
		return policy.Refused("server_tls_sslmode has a value that PgBouncer does not know", "invalid value")
	}
	offer, known := pgbouncerOffer(property(s, "server_tls_protocols", "secure"))
	if !known && mode != "disable" {
		return policy.Refused("server_tls_protocols has a value that PgBouncer does not know", "invalid server_tls_protocols")
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
		return policy.Refused("the host name cannot be resolved", "")
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
var pgbouncerKeywords = strings.Fields(`application_name auth_dbname auth_query auth_user client_encoding connect_query datestyle dbname host
	load_balance_hosts max_db_client_connections max_db_connections min_pool_size password pool_mode pool_size port query_wait_timeout reserve_pool
	reserve_pool_size server_lifetime timezone user`)

func pgbouncerAttempts(mode string, local bool) []policy.Attempt {
	tls := policy.Attempt{TLS: true, VerifyPath: strings.HasPrefix(mode, "verify-"), VerifyHost: mode == "verify-full", After: policy.TLSUnsupported}
	switch {
	case local:
		mode = "disable"
	case mode == "allow":
		mode = "prefer"
	}
	return policy.Order(mode, policy.Attempt{}, tls)
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
	names = cmp.Or(names, s.Host)
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
		return policy.Host{}, "PgBouncer connects to the hosts in turn, and it is not known whether the server certificate matches each of them"
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
	return policy.Offer{Min: policy.TLSVersions[lowest], Max: policy.TLSVersions[highest]}, true
}

// property returns a property, or what stands for it where it is not set.
func property(s policy.Settings, name, otherwise string) string {
	if value, set := s.Properties[name]; set {
		return value
	}
	return otherwise
}

// Names are the settings of the section [pgbouncer], none of which comes from
// the environment.
//
// Source: pgbouncer/pgbouncer 13a344f2 and 1.18, src/main.c, bouncer_params.
func Names(policy.Settings) policy.Known {
	return policy.Known{Variables: []string{}, Properties: strings.Fields(`admin_users application_name_add_host auth_dbname auth_file auth_hba_file auth_ident_file
		auth_ldap_options auth_query auth_type auth_user autodb_idle_timeout cancel_wait_timeout client_idle_timeout client_login_timeout
		client_tls13_ciphers client_tls_ca_file client_tls_cert_file client_tls_ciphers client_tls_dheparams client_tls_ecdhcurve client_tls_key_file
		client_tls_protocols client_tls_sslmode conffile default_pool_size disable_pqexec dns_max_ttl dns_nxdomain_ttl dns_zone_check_period
		idle_transaction_timeout ignore_startup_parameters job_name listen_addr listen_backlog listen_port load_balance_hosts log_connections
		log_disconnections log_pooler_errors log_stats logfile login_notify_message max_client_conn max_db_client_connections max_db_connections
		max_packet_size max_prepared_statements max_user_client_connections max_user_connections min_pool_size peer_id pidfile pkt_buf
		pool_idle_timeout pool_mode query_timeout query_wait_notify query_wait_timeout reserve_pool_size reserve_pool_timeout resolv_conf
		sbuf_loopcnt scram_iterations server_check_delay server_check_query server_connect_timeout server_fast_close server_idle_timeout
		server_lifetime server_login_retry server_reset_query server_reset_query_always server_round_robin server_tls13_ciphers
		server_tls_ca_file server_tls_cert_file server_tls_ciphers server_tls_key_file server_tls_protocols server_tls_sslmode service_name
		so_reuseport stats_period stats_users suspend_timeout syslog syslog_facility syslog_ident tcp_defer_accept tcp_keepalive tcp_keepcnt
		tcp_keepidle tcp_keepintvl tcp_socket_buffer tcp_user_timeout track_extra_parameters track_startup_parameters transaction_timeout
		unix_socket_dir unix_socket_group unix_socket_mode user verbose`)}
}
