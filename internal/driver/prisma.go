package driver

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sslready/terraform-provider-sslready/internal/truststore"
)

// prismaNewest is the major version from which Prisma has no engine in Rust
// and connects by a driver adapter.
const prismaNewest = 7

// prismaNumbers are parameters of the URL that must be numbers, or the URL is
// refused.
var prismaNumbers = []string{
	"statement_cache_size", "connection_limit", "socket_timeout", "connect_timeout", "pool_timeout", "max_connection_lifetime",
	"max_idle_connection_lifetime",
}

// prisma returns the policy of Prisma Client 4 to 7.
//
// The engine of 4 to 6 is tokio-postgres with native-tls. Its default is
// prefer, and any mode but disable and require is prefer too. It verifies
// nothing unless sslaccept is strict, or a value that it does not know; then
// path and name. sslcert is the root file, not a client certificate, and is
// read in every mode. Version 7, and earlier ones with the adapter of pg, are
// node-postgres: its settings, and its rules.
//
// Source: prisma/prisma-engines, quaint/src/connector/postgres/url.rs,
// parse_query_params, at 0d495ae9, and native/mod.rs, SslParams::into_auth and
// PostgreSql::new, at 004522f9; read, not run. prisma/prisma 7,
// packages/adapter-pg/src/pg.ts, PrismaPgAdapterFactory; run.
func prisma(s Settings) Policy {
	version, known := parseFullRelease(s.Version)
	if s.Version == "" {
		version[0] = prismaNewest
	}
	if !known || version.before(4, 0, 0) || !version.before(prismaNewest+1, 0, 0) {
		return Policy{Undecided: "the rules cover Prisma 4 to 7, not " + strconv.Quote(s.Version)}
	}
	adapter, declared := s.Properties["adapter"]
	switch {
	case declared && !slices.Contains([]string{"pg", "@prisma/adapter-pg", "PrismaPg"}, adapter):
		return Policy{Undecided: "the driver adapter " + strconv.Quote(adapter) + " is not covered"}
	case declared:
		return prismaAdapter(s)
	case s.Version == "" && prismaSpeaksEngine(s):
		return Policy{
			Undecided:    "sslaccept and sslidentity are for the engine of Prisma 4 to 6, and which version this is (driver_version) is not declared",
			Alternatives: []Policy{prismaEngine(s), prismaAdapter(s)},
		}
	case version.before(prismaNewest, 0, 0):
		return prismaEngine(s)
	}
	return prismaAdapter(s)
}

// prismaSpeaksEngine says whether the URL has parameters that only the engine
// knows.
func prismaSpeaksEngine(s Settings) bool {
	u, _ := parseRustURL(prismaURL(s))
	return slices.ContainsFunc(u.query, func(p [2]string) bool { return p[0] == "sslaccept" || p[0] == "sslidentity" })
}

// prismaURL is the URL of the schema's datasource, which most often names the
// variable DATABASE_URL.
func prismaURL(s Settings) string { return cmp.Or(s.Connection, s.Environment["DATABASE_URL"]) }

// prismaAdapter is @prisma/adapter-pg, which gives its settings to pg's Pool.
func prismaAdapter(s Settings) Policy {
	s.Version = "" // The adapter brings a pg of its own.
	if s.Properties["connectionString"] == "" {
		s.Connection = prismaURL(s)
	}
	return nodePostgres(s)
}

// prismaEngine is the engine in Rust.
func prismaEngine(s Settings) Policy {
	if len(s.Properties) > 0 {
		return Policy{Undecided: "settings in code are for driver adapters, and none is declared (property adapter)"}
	}
	u, refused := parseRustURL(prismaURL(s))
	switch {
	case prismaURL(s) == "":
		return Policy{Undecided: "the URL of Prisma's datasource is not declared"}
	case refused != "":
		return goRefused("Prisma takes a URL", refused)
	case u.scheme == "prisma" || u.scheme == "prisma+postgres":
		return Policy{Undecided: "Prisma Accelerate connects instead of the client"}
	case u.scheme != "postgres" && u.scheme != "postgresql":
		return goRefused("the scheme is not that of PostgreSQL", "the URL must start with the protocol `postgresql://` or `postgres://`")
	}
	if reason := rustPlatform(s.Runtime); reason != "" {
		return Policy{Undecided: reason}
	}
	parameters := map[string]string{}
	mode := "prefer"
	for _, p := range u.query {
		parameters[p[0]] = p[1]
		if p[0] == "sslmode" && slices.Contains([]string{"disable", "prefer", "require"}, p[1]) {
			mode = p[1]
		}
		if _, err := strconv.ParseUint(p[1], 10, 64); err != nil && slices.Contains(prismaNumbers, p[0]) {
			return goRefused("the value of "+p[0]+" is no number", "The provided arguments are not supported")
		}
	}
	if parameters["sslidentity"] != "" {
		return Policy{Undecided: "the settings name a client certificate, whose file is not declared"}
	}
	policy := Policy{Mode: mode, Hosts: []Host{prismaHost(s, u, parameters)}}
	if parameters["channel_binding"] == "require" {
		policy.Doubt = "whether the server's authentication satisfies channel_binding is not known"
	}
	return prismaAttempts(s, policy, parameters)
}

func prismaHost(s Settings, u rustURL, parameters map[string]string) Host {
	name := u.host
	if _, err := netip.ParseAddr(withoutBrackets(name)); err == nil {
		name = withoutBrackets(name)
	}
	name = cmp.Or(parameters["host"], name, s.Host, "localhost")
	return Host{Name: name, Local: strings.HasPrefix(name, "/")}
}

func prismaAttempts(s Settings, policy Policy, parameters map[string]string) Policy {
	accept, given := parameters["sslaccept"]
	verify := given && accept != "accept_invalid_certs"
	root, named := parameters["sslcert"]
	if named && root == "" {
		root, s.StoreDeclared = "sslcert", false
	}
	library := nativeTLS(s, root, truststore.NativeTLSPEM)
	if root != "" {
		library.anchors.MissingError = "cert file not found"
		library.anchors.DirectoryError = "cert file not found"
	}
	policy = library.apply(policy)
	tls := Attempt{TLS: true, VerifyPath: verify, VerifyHost: verify}
	switch {
	case policy.Mode == "disable", policy.Hosts[0].Local && policy.Mode == "prefer":
		policy.Attempts = []Attempt{{}}
	case policy.Hosts[0].Local:
		return Policy{Rejection: &Rejection{
			Reason: ReasonContradictorySettings, Detail: "there is no TLS over a Unix socket", Client: "server does not support TLS",
		}}
	case policy.Mode == "prefer":
		tls.After = TLSUnsupported
		policy.Attempts = []Attempt{tls, {}}
	default:
		policy.Attempts = []Attempt{tls}
	}
	return policy
}
