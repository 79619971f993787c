// Webhooks with the official Node SDK: its own helper verifies what arrives.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, until, callApi } = require('./harness.js');

const folder = process.env.RECAST_SDK || 'cloudconvert-3';
const calls = [];
let server, sdk, receiver, answer = 200;

before(async () => {
  server = await startServer({ settings: ['--outbound.allow_cidrs=127.0.0.0/8', '--webhooks.retry_seconds=0,0,0'] });
  redirectHosts(server);
  const CloudConvert = require(path.join(__dirname, folder, 'node_modules/cloudconvert'));
  sdk = new (CloudConvert.default || CloudConvert)(server.key);
  receiver = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      calls.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
      response.writeHead(answer).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  if (receiver) receiver.close();
  if (server) await server.stop();
});

const address = (name) => `http://127.0.0.1:${receiver.address().port}/${name}`;
const to = (name) => calls.filter((call) => call.url === `/${name}`);
const job = (more = {}) => sdk.jobs.create({
  ...more,
  tasks: { in: { operation: 'import/raw', file: 'hello', filename: 'a.txt' }, out: { operation: 'export/url', input: 'in' } },
});
const api = (method, target, body) => callApi(server, method, target, body);
const make = (name, events) => api('POST', 'webhooks', { url: address(name), events });
const all = () => api('GET', 'users/me/webhooks');
const remove = (webhook) => api('DELETE', `webhooks/${webhook.id}`);

test('a webhook of the account is told of begin and end, signed as the SDK verifies', async () => {
  const webhook = await make('account', ['job.created', 'job.finished', 'job.failed']);
  assert.match(webhook.signing_secret, /^[A-Za-z0-9]{32}$/);
  const made = await job({ tag: 'hooked' });
  await until(() => to('account').length >= 2, 20000, 'two calls');
  const [created, finished] = to('account').map((call) => JSON.parse(call.body));
  assert.strictEqual(created.event, 'job.created');
  assert.strictEqual(finished.event, 'job.finished');
  assert.strictEqual(finished.job.id, made.id);
  assert.strictEqual(finished.job.tag, 'hooked');
  const exported = finished.job.tasks.find((task) => task.operation === 'export/url');
  assert.match(exported.result.files[0].url, /^https:/, 'the links are those of the host that the creator used');
  for (const call of to('account')) {
    assert.ok(sdk.webhooks.verify(call.body, call.headers['cloudconvert-signature'], webhook.signing_secret));
    assert.ok(!sdk.webhooks.verify(`${call.body} `, call.headers['cloudconvert-signature'], webhook.signing_secret));
    assert.strictEqual(call.headers['content-type'], 'application/json');
  }
  const listed = await all();
  assert.deepStrictEqual(listed.map((one) => one.id), [webhook.id]);
  await remove(webhook);
  assert.deepStrictEqual(await all(), []);
});

test("a job's own address is told of its end alone, signed with the secret of the account", async () => {
  const { signing_secret: secret } = await api('GET', 'webhooks/job-secret');
  await job({ webhook_url: address('job') });
  await until(() => to('job').length >= 1, 20000, 'a call');
  const [call] = to('job');
  assert.strictEqual(JSON.parse(call.body).event, 'job.finished');
  assert.ok(sdk.webhooks.verify(call.body, call.headers['cloudconvert-signature'], secret));
});

test('while a secret is being changed, a receiver with either is content', async () => {
  const webhook = await make('rotated', ['job.finished']);
  const fresh = await api('POST', `webhooks/${webhook.id}/rotate-secret`, {});
  assert.notStrictEqual(fresh.signing_secret, webhook.signing_secret);
  answer = 400;
  await job();
  await until(() => to('rotated').length >= 2, 20000, 'a call with each secret');
  answer = 200;
  const [first, second] = to('rotated');
  assert.ok(sdk.webhooks.verify(first.body, first.headers['cloudconvert-signature'], fresh.signing_secret));
  assert.ok(sdk.webhooks.verify(second.body, second.headers['cloudconvert-signature'], webhook.signing_secret));
  await remove(webhook);
});

test('a receiver that is gone is disabled, and the log says what was sent', async () => {
  const webhook = await make('gone', ['job.finished']);
  answer = 410;
  await job();
  const gone = await until(async () => {
    const [one] = await all();
    return one.disabled && one;
  }, 20000, 'the webhook to be disabled');
  answer = 200;
  assert.strictEqual(gone.failing, true);
  const [delivery] = await api('GET', `webhooks/${webhook.id}/deliveries`);
  assert.strictEqual(delivery.outcome, 'failed');
  assert.strictEqual(delivery.status, 410);
  const before = to('gone').length;
  await api('POST', `webhooks/deliveries/${delivery.id}/replay`, {});
  await until(() => to('gone').length > before, 20000, 'the replay');
});
