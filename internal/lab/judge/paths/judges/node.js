// Asks Node about certification paths and host names.
//
// Usage: node node.js LABEL KEY < questions > answers
//
// A path is put to tls.connect over loopback, with a server that presents it
// under the key of the file KEY; a name to tls.checkServerIdentity.
'use strict';
const { readFileSync } = require('fs');
const { X509Certificate } = require('crypto');
const readline = require('readline');
const tls = require('tls');

const [label, keyFile] = process.argv.slice(2);
const key = keyFile ? readFileSync(keyFile) : null;

const pem = (encoded) => `-----BEGIN CERTIFICATE-----\n${encoded.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
const readable = (encoded) => {
  try { return new X509Certificate(Buffer.from(encoded, 'base64')) !== null; } catch { return false; }
};

function name(question) {
  const leaf = new X509Certificate(Buffer.from(question.leaf, 'base64')).toLegacyObject();
  const error = tls.checkServerIdentity(question.host, leaf);
  return error ? { text: error.message } : { ok: true };
}

function path(question) {
  return new Promise((resolve) => {
    let server;
    const done = (answer) => { server?.close(); resolve(answer); };
    const anchors = question.anchors.filter(readable).map(pem);
    if (question.anchors.length > 0 && anchors.length === 0) return resolve(null); // Node's own roots would count
    try {
      server = tls.createServer({ cert: question.presented.map(pem).join(''), key, ciphers: 'DEFAULT@SECLEVEL=0' });
    } catch {
      return resolve(null); // the server cannot present it
    }
    server.on('tlsClientError', () => {});
    server.on('secureConnection', (socket) => { socket.on('error', () => {}); socket.end(); });
    server.listen(0, '127.0.0.1', () => {
      const client = tls.connect({
        host: '127.0.0.1', port: server.address().port, ca: anchors, checkServerIdentity: () => undefined,
      });
      client.setTimeout(5000, () => { client.destroy(); done({ code: 'TIMEOUT' }); });
      client.on('secureConnect', () => { client.destroy(); done({ ok: true }); });
      client.on('error', (error) => done({ code: error.code, text: error.message }));
    });
  });
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    const answer = 'host' in question ? name(question) : await path(question);
    const answers = answer ? { [label]: answer } : {};
    console.log(JSON.stringify({ id: question.id, answers }));
  }
})();
