// Starts a real recastd on loopback with TLS by a throw-away authority, and points this process' idea of the service's
// host names at it. The SDKs are unmodified: only tls.connect of this test process knows another address.
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');
const { redirectHosts } = require('./redirect.js');

const source = process.env.RECAST_SOURCE || path.join(__dirname, '../..');
const binaries = process.env.RECAST_BINARIES || path.join(source, 'build/dev/bin');

function certificate(folder) {
  const run = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  fs.writeFileSync(path.join(folder, 'ext'), 'subjectAltName=DNS:*.cloudconvert.com,DNS:*.sandbox.cloudconvert.com,DNS:*.api.cloudconvert.com,DNS:*.api.sandbox.cloudconvert.com,DNS:localhost,IP:127.0.0.1\n');
  run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=throw-away', '-days', '2');
  run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=recast');
  run('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.pem', '-days', '2', '-extfile', 'ext');
}

async function until(condition, milliseconds, what) {
  for (const end = Date.now() + milliseconds; ;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** @returns {Promise<{key: string, port: number, syncPort: number, folder: string, stop: () => Promise<void>}>} */
async function startServer({ tlsOn = true, settings = [], accessLog = false, logLevel = 'warning' } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recast-sdk-'));
  const args = ['--data', `${folder}/data`, '--server.port=0', '--server.sync_port=0', `--server.port_file=${folder}/ports`,
    `--first-key-file=${folder}/key`, `--server.access_log=${accessLog}`, `--server.log_level=${logLevel}`, ...settings];
  if (tlsOn) {
    certificate(folder);
    args.push(`--server.certificate=${folder}/server.pem`, `--server.key=${folder}/server.key`);
  }
  const log = fs.openSync(`${folder}/log`, 'w');
  const server = spawn(`${binaries}/recastd`, args, { stdio: ['ignore', log, log] });
  let ended = null;
  server.on('exit', (code, signal) => { ended = signal || `status ${code}`; });
  await until(() => {
    if (ended) throw new Error(`recastd ended (${ended}):\n${fs.readFileSync(`${folder}/log`, 'utf8')}`);
    return fs.existsSync(`${folder}/ports`);
  }, 120000, 'recastd');
  const [port, syncPort] = fs.readFileSync(`${folder}/ports`, 'utf8').split('\n').map(Number);
  return {
    folder, port, syncPort, authority: `${folder}/ca.pem`, key: fs.readFileSync(`${folder}/key`, 'utf8').trim(), pid: server.pid,
    stop: async () => {
      server.kill('SIGTERM');
      await until(() => ended, 60000, 'recastd to stop');
      const text = fs.readFileSync(`${folder}/log`, 'utf8');
      fs.rmSync(folder, { recursive: true, force: true });
      if (ended !== 'status 0') throw new Error(`recastd ended with ${ended}:\n${text}`);
    },
  };
}

/** The `data` of what the API answers, for calls that the SDKs do not have. After redirectHosts. */
function callApi(server, method, target, body) {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' };
    const request = https.request(`https://api.cloudconvert.com/v2/${target}`, { method, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode >= 400) reject(new Error(`${method} ${target}: HTTP ${answer.statusCode} ${text}`));
        else resolve(text ? JSON.parse(text).data : undefined);
      });
    });
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });
}

module.exports = { startServer, redirectHosts, until, callApi, source, binaries };
