package rust

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/conninfo"
	"github.com/sslready/terraform-provider-sslready/internal/driver/openssl"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// prismaNumbers are parameters of the URL that must be numbers, or the URL is
// refused.
var prismaNumbers = strings.Fields(`statement_cache_size connection_limit socket_timeout connect_timeout pool_timeout max_connection_lifetime
	max_idle_connection_lifetime`)

// PrismaURL is the URL of the schema's datasource, which most often names the
// variable DATABASE_URL.
func PrismaURL(s policy.Settings) string { return cmp.Or(s.Connection, s.Environment["DATABASE_URL"]) }

// PrismaEngine is the engine in Rust.
func PrismaEngine(s policy.Settings) policy.Policy {
	if len(s.Properties) > 0 {
		return policy.Policy{Undecided: "Prisma takes settings in code only with a driver adapter, and none is declared (property \"adapter\")"}
	}
	u, refused := parseRustURL(PrismaURL(s))
	switch {
	case PrismaURL(s) == "":
		return policy.Policy{Undecided: "the URL of Prisma's datasource is not declared"}
	case refused != "":
		return policy.Refused("Prisma needs a valid URL", refused)
	case u.scheme == "prisma" || u.scheme == "prisma+postgres":
		return policy.Policy{Undecided: "Prisma Accelerate connects to the server in place of the client"}
	case u.scheme != "postgres" && u.scheme != "postgresql":
		return policy.Refused("the URL does not start with postgresql:// or postgres://", "the URL must start with the protocol `postgresql://` or `postgres://`")
	}
	if reason := rustPlatform(s.Runtime); reason != "" {
		return policy.Policy{Undecided: reason}
	}
	parameters := map[string]string{}
	mode := "prefer"
	for _, p := range u.query {
		parameters[p[0]] = p[1]
		if p[0] == "sslmode" && slices.Contains([]string{"disable", "prefer", "require"}, p[1]) {
			mode = p[1]
		}
		if _, err := strconv.ParseUint(p[1], 10, 64); err != nil && slices.Contains(prismaNumbers, p[0]) {
			return policy.Refused("the value of "+p[0]+" is not a number", "The provided arguments are not supported")
		}
	}
	if parameters["sslidentity"] != "" {
		return policy.Policy{Undecided: rustCertificate(s, parameters["sslidentity"])}
	}
	p := policy.Policy{Mode: mode, Hosts: []policy.Host{prismaHost(s, u, parameters)}}
	if parameters["channel_binding"] == "require" {
		p.Doubt = "it is not known whether the server's authentication satisfies channel_binding"
	}
	return prismaAttempts(s, p, parameters)
}

func prismaHost(s policy.Settings, u rustURL, parameters map[string]string) policy.Host {
	name := u.host
	if _, err := netip.ParseAddr(conninfo.WithoutBrackets(name)); err == nil {
		name = conninfo.WithoutBrackets(name)
	}
	name = cmp.Or(parameters["host"], name, s.Host, "localhost")
	return policy.Host{Name: name, Local: strings.HasPrefix(name, "/")}
}

func prismaAttempts(s policy.Settings, p policy.Policy, parameters map[string]string) policy.Policy {
	accept, given := parameters["sslaccept"]
	verify := given && accept != "accept_invalid_certs"
	root, named := parameters["sslcert"]
	if named && root == "" {
		root, s.StoreDeclared = "sslcert", false
	}
	p.Attempts = policy.Order(p.Mode, policy.Attempt{}, policy.Attempt{TLS: true, VerifyPath: verify, VerifyHost: verify, After: policy.TLSUnsupported})
	if p.Hosts[0].Local && p.Mode == "prefer" {
		p.Attempts = []policy.Attempt{{}}
	} else if p.Hosts[0].Local && p.Mode == "require" {
		return rustSocket
	}
	return eachNativeTLS(s, root, truststore.NativeTLSPEM, func(library rustTLS) policy.Policy {
		if root != "" {
			library.anchors.Missing.Client, library.anchors.Directory.Client = "cert file not found", "cert file not found"
		}
		return library.apply(p)
	})
}

// PrismaEngineNames are the parameters of Prisma's engine in Rust, which passes
// over every other one.
//
// Source: prisma/prisma-engines 0d495ae9, quaint/src/connector/postgres/url.rs,
// parse_query_params.
func PrismaEngineNames(policy.Settings) policy.Known {
	return policy.Known{
		Parameters: strings.Fields(`pgbouncer sslmode sslcert sslidentity sslpassword statement_cache_size sslaccept schema connection_limit host
			socket_timeout connect_timeout pool_timeout max_connection_lifetime max_idle_connection_lifetime application_name channel_binding options
			single_use_connections`),
		Given:     queryOf,
		Variables: append([]string{"DATABASE_URL"}, openssl.Variables...),
	}
}
