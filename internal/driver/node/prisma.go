package node

import (
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// PrismaReleases are those of Prisma Client. From 7 on it has no engine in
// Rust, and connects by a driver adapter.
var (
	PrismaReleases = policy.NewReleases("Prisma", "driver_version", "4", "8")
	prismaAdapters = PrismaReleases.Change("7")
)

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
	return PrismaReleases.Each(s.Version, func(v policy.Version) policy.Policy { return prismaRelease(s, v) })
}

func prismaRelease(s policy.Settings, v policy.Version) policy.Policy {
	adapter, declared := s.Properties["adapter"]
	switch {
	case declared && !slices.Contains([]string{"pg", "@prisma/adapter-pg", "PrismaPg"}, adapter):
		return policy.Policy{Undecided: "the rules do not cover the driver adapter " + policy.Quoted(adapter)}
	case !declared && v.Before(prismaAdapters):
		return rust.PrismaEngine(s)
	}
	return prismaAdapter(s, v)
}

// prismaAdapter is @prisma/adapter-pg, which gives its settings to pg's Pool.
// It brings a pg of its own: ^8.11.3, and of Prisma 7 ^8.16.3.
//
// Source: prisma/prisma, packages/adapter-pg/package.json.
func prismaAdapter(s policy.Settings, v policy.Version) policy.Policy {
	own := "8.11.3"
	if !v.Before(prismaAdapters) {
		own = "8.16.3"
	}
	s.Version = ""
	if s.Properties["connectionString"] == "" {
		s.Connection = rust.PrismaURL(s)
	}
	return nodePostgres(s, NodePostgresReleases.From(own))
}
