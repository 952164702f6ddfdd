package framework

import (
	"cmp"
	"slices"

	"github.com/sslready/terraform-provider-sslready/internal/driver/rust"
	"github.com/sslready/terraform-provider-sslready/internal/policy"
)

// prisma is the datasource of a Prisma schema, or its URL; for Prisma 7, and
// earlier ones with @prisma/adapter-pg, what PrismaPg gets.
//
// The engine of 4 to 6 drops the parameters that it does not know, sslrootcert
// among them, and takes any sslmode but disable and require for prefer. From 7
// on node-postgres gets the settings as they are.
//
// Source: prisma/prisma-engines, quaint/src/connector/postgres/url.rs, at
// 0d495ae9, from source; prisma/prisma, packages/adapter-pg/src/pg.ts, 7.10.1.
func prisma(r request) []Alternative {
	r = r.filled(prismaSyntax)
	s, text := r.settings, r.text
	if !r.isText {
		text = s.text("url", "connectionString")
	}
	c := client("prisma")
	c.DriverVersion = r.options.DriverVersion
	adapter := s.text("adapter")
	if r.since("7") || adapter != "" {
		c.Connection = text
		nodeObject(&c, s.values)
		for _, name := range []string{"url", "adapter", "provider", "directUrl", "shadowDatabaseUrl", "relationMode", "extensions", "schemas"} {
			delete(c.Properties, name)
		}
		c.DriverVersion = "7"
		return one(c)
	}
	c.DriverVersion, c.Connection = cmp.Or(r.options.Version, "6"), text
	read := rust.PrismaEngineNames(policy.Settings{}).Parameters
	u, _ := parseURL(text)
	for _, p := range u.query {
		if !slices.Contains(read, p.name) {
			c.Unread["url."+p.name] = p.value
		}
	}
	if mode, given := u.get("sslmode"); given && !slices.Contains([]string{"disable", "prefer", "require"}, mode) {
		c.Unread["url.sslmode"] = mode
	}
	return s.done(c, "provider", "directUrl", "shadowDatabaseUrl", "relationMode", "extensions", "schemas")
}
