'use strict'

// Connects with Prisma's adapter of node-postgres, one JSON case a line.

const { PrismaPg } = require('@prisma/adapter-pg')
const { QUERY, serve, settings } = require('../serve')

serve('prisma', '@prisma/adapter-pg', async (c) => {
  const config = { ...settings(c.properties), connectionTimeoutMillis: c.timeout_ms || 5000 }
  if (c.connection) config.connectionString = c.connection
  const adapter = await new PrismaPg(config).connect()
  try {
    return (await adapter.queryRaw({ sql: QUERY, args: [], argTypes: [] })).rows[0][0]
  } finally {
    adapter.dispose().catch(() => {})
  }
})
