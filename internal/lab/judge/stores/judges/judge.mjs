// Says what Node takes from the ca option. One request per line of stdin:
// "ca PATH". A TLS server is given the content as its ca option and asks for a
// client certificate: the names that it sends to the client are those of the
// certificates it took. Answers have the subjects' DER in hexadecimal as anchors.
import fs from "node:fs";
import readline from "node:readline";
import tls from "node:tls";
import { execFileSync } from "node:child_process";
import { Duplex } from "node:stream";

const identity = makeIdentity();

function makeIdentity() {
  const out = execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    "-subj", "/CN=judge", "-days", "2", "-keyout", "-", "-out", "-"], { stdio: ["ignore", "pipe", "ignore"] }).toString();
  return { key: out.slice(out.indexOf("-----BEGIN PRIVATE KEY")), cert: out.slice(out.indexOf("-----BEGIN CERTIFICATE")) };
}

// A pair of connected streams in memory.
function pair() {
  const sides = [0, 1].map(() => new Duplex({
    read() {},
    write(chunk, encoding, callback) { this.other.push(chunk); callback(); },
    final(callback) { this.other.push(null); callback(); },
  }));
  [sides[0].other, sides[1].other] = [sides[1], sides[0]];
  return sides;
}

// The names in a CertificateRequest of TLS 1.2, which is not encrypted.
function names(flight) {
  let handshake = Buffer.alloc(0);
  for (let at = 0; at + 5 <= flight.length;) {
    const length = flight.readUInt16BE(at + 3);
    if (flight[at] === 22) handshake = Buffer.concat([handshake, flight.subarray(at + 5, at + 5 + length)]);
    at += 5 + length;
  }
  for (let at = 0; at + 4 <= handshake.length;) {
    const length = handshake.readUIntBE(at + 1, 3);
    const body = handshake.subarray(at + 4, at + 4 + length);
    if (handshake[at] === 13) {
      let p = 1 + body[0];
      p += 2 + body.readUInt16BE(p);
      const end = p + 2 + body.readUInt16BE(p);
      const found = [];
      for (p += 2; p < end;) {
        const n = body.readUInt16BE(p);
        found.push(body.subarray(p + 2, p + 2 + n).toString("hex"));
        p += 2 + n;
      }
      return found;
    }
    at += 4 + length;
  }
  return null;
}

async function ca(path) {
  // As node-postgres reads the file of sslrootcert.
  const content = fs.readFileSync(path).toString();
  if (content === "") return { ok: true, anchors: [], error: "built-in roots" };
  const [serverSide, clientSide] = pair();
  const chunks = [];
  const done = new Promise((resolve) => {
    const write = serverSide._write.bind(serverSide);
    serverSide._write = (chunk, encoding, callback) => {
      chunks.push(chunk);
      write(chunk, encoding, callback);
      if (names(Buffer.concat(chunks)) !== null) resolve();
    };
    setTimeout(resolve, 5000).unref();
  });
  const server = new tls.TLSSocket(serverSide, {
    isServer: true, requestCert: true, rejectUnauthorized: false, maxVersion: "TLSv1.2",
    secureContext: tls.createSecureContext({ ...identity, ca: content, maxVersion: "TLSv1.2" }),
  });
  const client = tls.connect({ socket: clientSide, rejectUnauthorized: false, maxVersion: "TLSv1.2" });
  server.on("error", () => {});
  client.on("error", () => {});
  await done;
  const found = names(Buffer.concat(chunks));
  client.destroy();
  server.destroy();
  return found === null ? { ok: false, anchors: [], error: "no request" } : { ok: true, anchors: [...new Set(found)].sort(), error: "" };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === "") continue;
  const path = line.slice(line.indexOf(" ") + 1);
  let answer;
  try {
    answer = await ca(path);
  } catch (e) {
    answer = { ok: false, anchors: [], error: String(e.code || e.message) };
  }
  console.log(JSON.stringify({ ...answer, request: line }));
}
process.exit(0);
