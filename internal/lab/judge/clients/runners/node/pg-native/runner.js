'use strict'

// pg-native, which hands one string to Debian's libpq.

const { execFileSync } = require('child_process')
const { QUERY, serve } = require('../serve.js')
const Client = require('pg-native')

function connect(c) {
  const client = new Client()
  return new Promise((resolve, reject) => {
    client.connect(c.connection, (error) => {
      if (error) return reject(error)
      client.query(QUERY, (error, rows) => {
        client.end()
        error ? reject(error) : resolve(rows[0].ssl)
      })
    })
  })
}

const debian = (name) => execFileSync('dpkg-query', ['-W', '-f=${Version}', name]).toString().split('-')[0]
const libpq = debian('libpq5')
const openssl = debian('libssl3')
serve('pg-native', 'pg-native', connect, { rule_version: libpq, runtime: `libpq ${libpq}, OpenSSL ${openssl}`, runtime_version: openssl })
