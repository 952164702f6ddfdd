'use strict'

// Connects with node-postgres, one JSON case a line.

const { Client } = require('pg')
const { QUERY, serve, settings } = require('../serve')

serve('node-postgres', 'pg', async (c) => {
  const config = { ...settings(c.properties), connectionTimeoutMillis: c.timeout_ms || 5000 }
  if (c.connection) config.connectionString = c.connection
  const client = new Client(config)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(QUERY)).rows[0].ssl
  } finally {
    client.end().catch(() => {})
  }
})
