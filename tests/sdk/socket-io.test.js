// socket.io-client 4 and 2 over WebSocket and over long polling with upgrade, against the plain listener. Rules are those
// of docs/compatibility.md.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, until } = require('./harness.js');

let server, base;
before(async () => {
  server = await startServer({ tlsOn: false });
  base = `http://127.0.0.1:${server.port}`;
});
after(() => server && server.stop());

async function call(method, route, body) {
  const answer = await fetch(`${base}/v2${route}`, {
    method, headers: { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  return (await answer.json()).data;
}

async function upload(task) {
  const form = new FormData();
  for (const [key, value] of Object.entries(task.result.form.parameters)) form.append(key, value);
  form.append('file', new Blob(['hello']), 'hello.txt');
  assert.strictEqual((await fetch(task.result.form.url, { method: 'POST', body: form })).status, 201);
}

const clients = {
  'rule 21: client 4 over websocket': ['socket.io-client', { transports: ['websocket'] }],
  'client 4 over polling': ['socket.io-client', { transports: ['polling'] }],
  'client 4 with upgrade': ['socket.io-client', {}],
  'rule 21: client 2 over websocket': ['socket.io-client-2', { transports: ['websocket'] }],
  'client 2 over polling': ['socket.io-client-2', { transports: ['polling'] }],
  'client 2 with upgrade': ['socket.io-client-2', {}],
};

for (const [name, [module, options]] of Object.entries(clients)) {
  test(`${name}: hears a job from its creation to its end`, async (context) => {
    const io = require(path.join(__dirname, 'socket-io/node_modules', module));
    const job = await call('POST', '/jobs', { tasks: { in: { operation: 'import/upload' }, out: { operation: 'export/url', input: 'in' } } });
    const socket = io(base, { ...options, forceNew: true });
    context.after(() => socket.close());
    const heard = [];
    const auth = { headers: { Authorization: `Bearer ${server.key}` } };
    for (const event of ['job.finished', 'task.finished', 'subscription_error']) socket.on(event, (channel, data) => heard.push([event, channel, data]));
    socket.emit('subscribe', { channel: `private-job.${job.id}`, auth });
    socket.emit('subscribe', { channel: `private-job.${job.id}.tasks`, auth });
    socket.emit('subscribe', { channel: 'private-job.11111111-2222-4333-8444-555555555555', auth });
    await until(() => heard.find(([event]) => event === 'subscription_error'), 10000, 'the refused subscription');
    await upload(job.tasks[0]);
    const finished = await until(() => heard.find(([event]) => event === 'job.finished'), 15000, 'job.finished');
    assert.strictEqual(finished[1], `private-job.${job.id}`);
    assert.strictEqual(finished[2].job.tasks.length, 2);
    await until(() => heard.filter(([event]) => event === 'task.finished').length === 2, 5000, 'both tasks');
  });
}

test('rule 22: the events of a job carry all that the job shows, with its tasks and the URLs of its exports', async (context) => {
  const io = require(path.join(__dirname, 'socket-io/node_modules/socket.io-client'));
  const socket = io(base, { transports: ['websocket'], forceNew: true });
  context.after(() => socket.close());
  const heard = [];
  for (const event of ['job.updated', 'job.finished', 'job.failed']) socket.on(event, (channel, data) => heard.push([event, data.job]));
  const follow = async (tasks) => {
    const job = await call('POST', '/jobs', { tag: 'whole', tasks });
    socket.emit('subscribe', { channel: `private-job.${job.id}`, auth: { headers: { Authorization: `Bearer ${server.key}` } } });
    return job;
  };
  const end = (id) => until(() => heard.find(([event, job]) => event !== 'job.updated' && job.id === id), 15000, 'the end of the job');

  let job = await follow({ in: { operation: 'import/upload' }, out: { operation: 'export/url', input: 'in' } });
  await upload(job.tasks[0]);
  let [event, told] = await end(job.id);
  assert.strictEqual(event, 'job.finished');
  assert.deepStrictEqual(told, await call('GET', `/jobs/${job.id}`));
  const [file] = told.tasks.find((task) => task.operation === 'export/url').result.files;
  assert.strictEqual(await (await fetch(file.url)).text(), 'hello');

  job = await follow({ in: { operation: 'import/upload' }, out: { operation: 'export/url', input: 'in' } });
  await call('POST', `/tasks/${job.tasks[0].id}/cancel`);
  [event, told] = await end(job.id);
  assert.strictEqual(event, 'job.failed');
  assert.deepStrictEqual(told.tasks.map((task) => task.code), ['CANCELLED', 'INPUT_TASK_FAILED']);
  assert.deepStrictEqual(told, await call('GET', `/jobs/${job.id}`));

  for (const [, one] of heard) assert.strictEqual(one.tasks.length, 2);
});
