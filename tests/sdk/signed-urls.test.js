// Signed URLs as the official Node SDK makes them.
'use strict';
const assert = require('node:assert');
const https = require('node:https');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, callApi } = require('./harness.js');

const folder = process.env.RECAST_SDK || 'cloudconvert-3';
let server, sdk, base;

before(async () => {
  server = await startServer();
  redirectHosts(server);
  const CloudConvert = require(path.join(__dirname, folder, 'node_modules/cloudconvert'));
  sdk = new (CloudConvert.default || CloudConvert)(server.key);
  base = await callApi(server, 'POST', 'signed-urls', { name: 'site' });
});
after(async () => {
  if (server) await server.stop();
});

function get(url, headers = {}) {
  return new Promise((resolve, reject) => {
    https.get(url, { headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
    }).on('error', reject);
  });
}

// Bytes whose Base64 has many "+" and "/": the SDK replaces only the first of each.
const text = '>>>???~~~ÿÿÿ>>>???';
const job = (file = text, more = {}) => ({
  tasks: { in: { operation: 'import/raw', file, filename: 'a.txt' }, out: { operation: 'export/url', input: 'in', inline: true, ...more } },
});

test('is a job whose file is the answer', async () => {
  const answer = await get(sdk.signedUrls.sign(base.base, base.signing_secret, job()));
  assert.strictEqual(answer.status, 302, answer.body);
  const file = await get(answer.headers.location);
  assert.strictEqual(file.status, 200);
  assert.strictEqual(file.body, text);
  assert.match(file.headers['content-disposition'], /^inline/);
});

test('uses a result again under its cache_key, also while it is being made', async () => {
  const url = sdk.signedUrls.sign(base.base, base.signing_secret, job(), 'key-1');
  const answers = await Promise.all([get(url), get(url), get(url)]);
  assert.deepStrictEqual(answers.map((answer) => answer.status), [302, 302, 302]);
  const tasks = answers.map((answer) => new URL(answer.headers.location).pathname);
  assert.strictEqual(new Set(tasks).size, 1, 'one job');
  const [first, second] = [await get(sdk.signedUrls.sign(base.base, base.signing_secret, job())), await get(sdk.signedUrls.sign(base.base, base.signing_secret, job()))];
  assert.notStrictEqual(new URL(first.headers.location).pathname, new URL(second.headers.location).pathname, 'without a key, a job each');
});

test('says what is wrong, to programs and to people', async () => {
  const url = sdk.signedUrls.sign(base.base, base.signing_secret, job());
  const wrong = await get(`${url}0`);
  assert.strictEqual(wrong.status, 403);
  assert.match(JSON.parse(wrong.body).message, /signature/);
  const page = await get(`${url}0`, { Accept: 'text/html,application/xhtml+xml' });
  assert.strictEqual(page.status, 403);
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.match(page.body, /<h1>This address is not valid<\/h1>/);
  const unknown = await get(sdk.signedUrls.sign(base.base.replace(/[0-9a-f]{4}$/, '0000'), base.signing_secret, job()));
  assert.strictEqual(unknown.status, 404);
  const broken = await get(sdk.signedUrls.sign(base.base, base.signing_secret, { tasks: {} }));
  assert.strictEqual(broken.status, 422);
  const bare = await get(sdk.signedUrls.sign(base.base, base.signing_secret, { tasks: { in: { operation: 'import/raw', file: 'x', filename: 'a.txt' } } }));
  assert.match(JSON.parse(bare.body).message, /export\/url/);
  const failing = await get(sdk.signedUrls.sign(base.base, base.signing_secret, {
    tasks: { in: { operation: 'import/url', url: 'http://127.0.0.1:1/a.txt' }, out: { operation: 'export/url', input: 'in' } },
  }));
  assert.strictEqual(failing.status, 422);
  assert.match(JSON.parse(failing.body).message, /target address is not allowed.*DOWNLOAD_FAILED/);
});
