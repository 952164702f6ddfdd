'use strict'

// Connects with postgres.js, one JSON case a line. What Node reads at its
// start only makes the case one for a child process.

const { spawnSync } = require('child_process')
const fs = require('fs')
const readline = require('readline')
const postgres = require('postgres')

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
  const options = { ...settings(c.properties), max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 5 }
  const sql = c.connection ? postgres(c.connection, options) : postgres(options)
  try {
    return (await sql.unsafe(QUERY))[0].ssl
  } finally {
    sql.end({ timeout: 0 }).catch(() => {})
  }
}

async function answer(c) {
  if (AT_START.some((name) => (c.environment || {})[name]) && !process.env.RUNNER_CHILD) {
    const child = spawnSync(process.execPath, [__filename], {
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
    return { id: c.id, outcome: 'fails', error: `${error.code || error.name}: ${error.message}`.slice(0, 500) }
  }
}

// version is that of the package, which does not export its own description.
function version() {
  const path = require.resolve('postgres')
  return JSON.parse(fs.readFileSync(path.slice(0, path.lastIndexOf('/postgres/') + 10) + 'package.json')).version
}

async function main() {
  if (!process.env.RUNNER_CHILD) {
    console.log(JSON.stringify({
      driver: 'postgres.js', version: version(), runtime_version: process.versions.node,
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
