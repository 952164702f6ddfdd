'use strict'

// Connects with postgres.js, one JSON case a line.

const postgres = require('postgres')
const { QUERY, serve, settings } = require('../serve')

serve('postgres.js', 'postgres', async (c) => {
  const options = { ...settings(c.properties), max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 5 }
  const sql = c.connection ? postgres(c.connection, options) : postgres(options)
  try {
    return (await sql.unsafe(QUERY))[0].ssl
  } finally {
    sql.end({ timeout: 0 }).catch(() => {})
  }
})
