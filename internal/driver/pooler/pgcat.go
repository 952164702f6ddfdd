// Package pooler holds the rules of connection poolers, as clients of the
// server, that share nothing with a driver.
package pooler

import (
	"cmp"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/certpath"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// PgCatReleases are those of PgCat that can connect to servers on TLS.
var PgCatReleases = policy.NewReleases("PgCat", "driver_version", "1.1", "")

// PgCat returns the policy of PgCat as a client of the server: server_tls and
// verify_server_certificate of its section [general] are properties.
//
// The default is no TLS. With server_tls it goes on in plaintext where the
// server has none, but not after a failed handshake. It verifies nothing unless
// verify_server_certificate is set, and then path and name against the roots that
// are compiled into it: no file can be named, and RDS's roots are not among them.
//
// Source: postgresml/pgcat 5b03881 (1.3.0), src/server.rs, Server::startup;
// src/config.rs, General. rustls 0.21, webpki-roots 0.23. Read, not run.
func PgCat(s policy.Settings) policy.Policy {
	return PgCatReleases.Each(s.Version, func(policy.Version) policy.Policy { return pgcatPolicy(s) })
}

func pgcatPolicy(s policy.Settings) policy.Policy {
	flags := map[string]bool{}
	for _, name := range []string{"server_tls", "verify_server_certificate"} {
		switch s.Properties[name] {
		case "", "false":
		case "true":
			flags[name] = true
		default:
			return policy.Refused(name+" must be true or false", "invalid type")
		}
	}
	p := policy.Policy{
		Mode: "server_tls=false", Hosts: []policy.Host{{Name: cmp.Or(s.Properties["host"], s.Host)}}, Attempts: []policy.Attempt{{}},
		Profile: certpath.Profile{Validator: certpath.WebPKI, SecurityLevel: -1}, NameRule: certpath.NameWebPKI,
		PathError: "Server TLS error", NameError: "Server TLS error",
		Anchors: policy.Anchors{Source: policy.SystemStore, Reader: truststore.RustlsPEM},
	}
	if flags["server_tls"] {
		verify := flags["verify_server_certificate"]
		p.Mode = "server_tls=true"
		p.Attempts = []policy.Attempt{{TLS: true, VerifyPath: verify, VerifyHost: verify, After: policy.TLSUnsupported}, {}}
	}
	return p
}

// PgCatNames are the settings of pgcat.toml.
//
// Source: postgresml/pgcat 5b03881, src/config.rs.
func PgCatNames(policy.Settings) policy.Known {
	return policy.Known{Properties: strings.Fields(`server_tls verify_server_certificate tls_certificate tls_private_key host port user username password
	database pool_name pool_mode pool_size min_pool_size server_username server_password auth_* admin_* ban_time default_role connect_timeout idle_timeout
	server_lifetime healthcheck_* shutdown_timeout worker_threads tcp_* log_* enable_prometheus_exporter prometheus_exporter_port dns_cache_enabled
	dns_max_ttl autoreload validate_config load_balancing_mode query_parser_* primary_reads_enabled sharding_* shards.* statement_timeout
	prepared_statements_cache_size cleanup_server_connections checkout_failure_limit server_round_robin general.* pools.*`)}
}
