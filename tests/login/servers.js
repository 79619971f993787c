// A real recastd on loopback without TLS, its administrators' API and command line.
'use strict';
const { execFile } = require('node:child_process');
const { createHmac } = require('node:crypto');
const path = require('node:path');
const { startServer } = require('../sdk/harness.js');

const binaries = process.env.RECAST_BINARIES || path.join(__dirname, '../../build/dev/bin');

async function startRecast(settings) {
  const uids = process.env.RECAST_FIRST_UID ? [`--jail.first_uid=${process.env.RECAST_FIRST_UID}`] : [];
  const server = await startServer({ tlsOn: false, settings: [...uids, '--server.log_level=info', '--server.access_log=true', ...settings] });
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** `data` of an answer of the administrators' API. */
async function admin(server, method, target, body) {
  const answer = await fetch(`${server.url}/admin/v1${target}`, {
    method, headers: { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${target}: HTTP ${answer.status} ${text}`);
  return text ? JSON.parse(text).data : undefined;
}

/** What the command line prints. */
function recast(server, args, input = '') {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, RECAST_URL: server.url, RECAST_API_KEY: server.key };
    const child = execFile(`${binaries}/recast`, args, { env }, (error, out, problems) => {
      if (error) reject(new Error(`recast ${args.join(' ')}: status ${error.code}: ${problems}`));
      else resolve(out);
    });
    child.stdin.end(input);
  });
}

/** What an authenticator app shows now (RFC 6238). */
function totp(secret) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, '0');
}

module.exports = { startRecast, admin, recast, totp };
