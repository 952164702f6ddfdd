'use strict'

// Connects with node-postgres, or with Prisma's adapter of it where the argument
// is "prisma", one JSON case a line. What Node reads at its start only makes the
// case one for a child process.

const { spawnSync } = require('child_process')
const fs = require('fs')
const readline = require('readline')
const viaPrisma = process.argv[2] === 'prisma'
const driver = require(viaPrisma ? '@prisma/adapter-pg' : 'pg')

const QUERY = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'
const AT_START = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']
const ambient = { ...process.env }

// settings builds the configuration object of properties such as "ssl.ca".
function settings(properties) {
  const config = {}
  const bool = (v) => (v === 'true' ? true : v === 'false' ? false : v)
  for (const [name, value] of Object.entries(properties || {})) {
    if (name === 'ssl') {
      config.ssl = value === 'object' ? {} : bool(value)
      continue
    }
    if (!name.startsWith('ssl.')) {
      config[name] = value
      continue
    }
    if (typeof config.ssl !== 'object') config.ssl = {}
    const option = name.slice(4)
    if (option === 'ca') config.ssl.ca = fs.readFileSync(value).toString()
    else if (option === 'checkServerIdentity') config.ssl.checkServerIdentity = () => undefined
    else config.ssl[option] = bool(value)
  }
  return config
}

async function connect(c) {
  const config = settings(c.properties)
  if (c.connection) config.connectionString = c.connection
  config.connectionTimeoutMillis = c.timeout_ms || 5000
  if (viaPrisma) return connectPrisma(config)
  const client = new driver.Client(config)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(QUERY)).rows[0].ssl
  } finally {
    client.end().catch(() => {})
  }
}

async function connectPrisma(config) {
  const adapter = await new driver.PrismaPg(config).connect()
  try {
    return (await adapter.queryRaw({ sql: QUERY, args: [], argTypes: [] })).rows[0][0]
  } finally {
    adapter.dispose().catch(() => {})
  }
}

// text is what an error says; Prisma's adapter keeps it in the cause.
function text(error) {
  const cause = error.cause ? ' ' + JSON.stringify(error.cause) : ''
  return `${error.code || error.name}: ${error.message}${cause}`.slice(0, 500)
}

async function answer(c) {
  if (AT_START.some((name) => (c.environment || {})[name]) && !process.env.RUNNER_CHILD) {
    const child = spawnSync(process.execPath, [__filename, ...process.argv.slice(2)], {
      input: JSON.stringify(c) + '\n',
      env: { ...ambient, ...c.environment, HOME: c.home, RUNNER_CHILD: '1' },
    })
    return JSON.parse(child.stdout.toString().trim().split('\n').pop())
  }
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, ambient, c.environment || {}, { HOME: c.home })
  let uncaught
  const failed = new Promise((_, reject) => { uncaught = reject })
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', uncaught)
  try {
    const encrypted = await Promise.race([connect(c), failed])
    return { id: c.id, outcome: encrypted ? 'tls' : 'plaintext', error: '' }
  } catch (error) {
    return { id: c.id, outcome: 'fails', error: text(error) }
  }
}

function version() {
  const name = viaPrisma ? '@prisma/adapter-pg' : 'pg'
  const folder = process.env.NODE_PATH || ''
  return JSON.parse(fs.readFileSync(`${folder}/${name}/package.json`)).version
}

async function main() {
  if (!process.env.RUNNER_CHILD) {
    console.log(JSON.stringify({
      driver: viaPrisma ? 'prisma' : 'node-postgres', version: version(), runtime_version: process.versions.node,
      runtime: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
    }))
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim()) console.log(JSON.stringify(await answer(JSON.parse(line))))
  }
  process.exit(0)
}

process.on('warning', () => {})
process.removeAllListeners('warning')
main()
