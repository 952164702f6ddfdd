'use strict'

// The loop of the runners that are written for Node: serve(driver, package,
// connect) introduces the driver and answers line by line. connect(case) says
// whether the connection is encrypted; what it throws is the client's failure.
// What Node reads at its start only makes the case one for a child process.

const { spawnSync } = require('child_process')
const fs = require('fs')
const readline = require('readline')

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
    const file = /^readFileSync\('(.+)'\)$/.exec(value)
    if (option === 'ca') config.ssl.ca = file ? fs.readFileSync(file[1]).toString() : value
    else if (option === 'checkServerIdentity') config.ssl.checkServerIdentity = () => undefined
    else config.ssl[option] = bool(value)
  }
  return config
}

// text is what an error says; Prisma's adapter keeps it in the cause.
function text(error) {
  const cause = error.cause ? ' ' + JSON.stringify(error.cause) : ''
  return `${error.code || error.name}: ${error.message}${cause}`.slice(0, 500)
}

async function answer(c, connect) {
  if (AT_START.some((name) => (c.environment || {})[name]) && !process.env.RUNNER_CHILD) {
    const child = spawnSync(process.execPath, process.argv.slice(1), {
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

async function serve(driver, module, connect, more) {
  process.on('warning', () => {})
  process.removeAllListeners('warning')
  if (!process.env.RUNNER_CHILD) {
    const { version } = JSON.parse(fs.readFileSync(`${process.env.NODE_PATH}/${module}/package.json`))
    console.log(JSON.stringify({
      driver, version, runtime_version: process.versions.node,
      runtime: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`, ...more,
    }))
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim()) console.log(JSON.stringify(await answer(JSON.parse(line), connect)))
  }
  process.exit(0)
}

module.exports = { QUERY, serve, settings }
