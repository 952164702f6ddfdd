// Runs a framework of JavaScript and prints what node-postgres makes of what it
// hands on, and what it makes of the client that was predicted.
'use strict'
const fs = require('fs')
const readline = require('readline')

// A file of certificates has its own name for its content.
const read = fs.readFileSync
fs.readFileSync = (name, ...rest) => (/^\/etc\/ssl\//.test(name) ? Buffer.from('file ' + name) : read(name, ...rest))

const pg = require('pg')
const ConnectionParameters = require(require.resolve('pg').replace(/lib[\\/]index\.js$/, 'lib/connection-parameters.js'))

class Handed extends Error {}
let handed = null

function flat (into, name, value) {
  if (value === undefined || value === null) return
  if (Buffer.isBuffer(value)) value = value.toString()
  if (typeof value === 'function') into[name] = 'function'
  else if (Array.isArray(value)) into[name] = value.map(String).join('\n')
  else if (typeof value === 'object') {
    if (Object.keys(value).length === 0) into[name] = 'object'
    for (const key of Object.keys(value)) flat(into, name + '.' + key, value[key])
  } else into[name] = String(value)
}

// resolved is what node-postgres connects with.
function resolved (config) {
  const parameters = new ConnectionParameters(config)
  const found = {}
  for (const name of ['host', 'port', 'user', 'database', 'ssl', 'application_name', 'options']) flat(found, name, parameters[name])
  // pg.Client takes the ssl option from the configuration as well.
  return found
}

function record (config) {
  handed = resolved(config)
  throw new Handed()
}
pg.Client = function (config) { record(config) }
pg.Pool = function (config) { record(config) }
const Pool = pg.Pool

const run = {
  async sequelize (settings) {
    const { Sequelize } = require('sequelize')
    const options = typeof settings === 'string' ? {} : { ...settings }
    const url = typeof settings === 'string' ? settings : options.url
    const s = url ? new Sequelize(url, { logging: false, ...options }) : new Sequelize({ logging: false, ...options })
    await s.authenticate({ retry: { max: 1 } })
  },
  async sequelize7 (settings) {
    const { Sequelize } = require('@sequelize/core')
    const { PostgresDialect } = require('@sequelize/postgres')
    const options = typeof settings === 'string' ? settings : { ...settings, ...(settings.dialect ? { dialect: PostgresDialect } : {}) }
    await new Sequelize(options).authenticate()
  },
  async typeorm (settings) { await new (require('typeorm').DataSource)({ ...settings, driver: pg }).initialize() },
  async knex (settings) {
    const k = require('knex')(settings)
    await k.raw('select 1')
  },
  async drizzle (settings) {
    const { drizzle } = require('drizzle-orm/node-postgres')
    const unchanged = typeof settings === 'string' || 'connection' in settings
    if (unchanged) drizzle(settings)
    else drizzle({ connection: settings })
  },
  async prisma (settings) {
    const { PrismaPg } = require('@prisma/adapter-pg')
    await new PrismaPg(typeof settings === 'string' ? { connectionString: settings } : settings).connect()
  }
}

async function main () {
  const name = process.argv[2]
  const module = { sequelize7: '@sequelize/core', prisma: '@prisma/adapter-pg', drizzle: 'drizzle-orm' }[name] || name
  let folder = require.resolve(module)
  while (!fs.existsSync(folder + '/package.json') || JSON.parse(read(folder + '/package.json')).name !== module) folder = require('path').dirname(folder)
  const out = line => process.stdout.write(JSON.stringify(line) + '\n')
  console.log = console.error
  process.on('uncaughtException', () => {})
  process.on('unhandledRejection', () => {})
  out({ framework: name.replace('7', ''), version: JSON.parse(read(folder + '/package.json')).version })
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line)
    handed = null
    let error = ''
    try {
      await run[name](question.settings)
    } catch (e) {
      if (!handed) error = e.name + ': ' + e.message
    }
    let expected = {}
    let complaint = ''
    try {
      const config = {}
      for (const [key, value] of Object.entries(question.client.properties || {})) {
        const word = { true: true, false: false }[value]
        if (key.startsWith('ssl.')) {
          config.ssl = typeof config.ssl === 'object' ? config.ssl : {}
          config.ssl[key.slice(4)] = word === undefined ? value : word
        } else if (key === 'ssl') config.ssl = value === 'object' ? {} : word === undefined ? value : word
        else config[key] = value
      }
      if (question.client.connection) config.connectionString = question.client.connection
      expected = resolved(config)
    } catch (e) { complaint = e.name + ': ' + e.message }
    out({ id: question.id, driver: handed ? 'node-postgres' : '', connection: '', properties: handed || {}, error, expected, complaint })
  }
  process.exit(0)
}
main()
