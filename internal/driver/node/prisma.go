package node

import (
	"slices"
	"strconv"

	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// prismaNewest is the major version from which Prisma has no engine in Rust
// and connects by a driver adapter.
const prismaNewest = 7

// Prisma returns the policy of Prisma Client 4 to 7.
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
func Prisma(s policy.Settings) policy.Policy {
	version, known := policy.ParseFullRelease(s.Version)
	if s.Version == "" {
		version[0] = prismaNewest
	}
	if !known || version.Before(4, 0, 0) || !version.Before(prismaNewest+1, 0, 0) {
		return policy.Policy{Undecided: "the rules cover Prisma 4 to 7, not " + strconv.Quote(s.Version)}
	}
	adapter, declared := s.Properties["adapter"]
	switch {
	case declared && !slices.Contains([]string{"pg", "@prisma/adapter-pg", "PrismaPg"}, adapter):
		return policy.Policy{Undecided: "the driver adapter " + strconv.Quote(adapter) + " is not covered"}
	case declared:
		return prismaAdapter(s)
	case s.Version == "" && rust.SpeaksPrismaEngine(s):
		return policy.Policy{
			Undecided:    "sslaccept and sslidentity are for the engine of Prisma 4 to 6, and which version this is (driver_version) is not declared",
			Alternatives: []policy.Policy{rust.PrismaEngine(s), prismaAdapter(s)},
		}
	case version.Before(prismaNewest, 0, 0):
		return rust.PrismaEngine(s)
	}
	return prismaAdapter(s)
}

// prismaAdapter is @prisma/adapter-pg, which gives its settings to pg's Pool.
func prismaAdapter(s policy.Settings) policy.Policy {
	s.Version = "" // The adapter brings a pg of its own.
	if s.Properties["connectionString"] == "" {
		s.Connection = rust.PrismaURL(s)
	}
	return NodePostgres(s)
}
