// socket.io-client 4 and 2 over WebSocket and over long polling with upgrade, against the plain listener.
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

const clients = {
  'client 4 over websocket': ['socket.io-client', { transports: ['websocket'] }],
  'client 4 over polling': ['socket.io-client', { transports: ['polling'] }],
  'client 4 with upgrade': ['socket.io-client', {}],
  'client 2 over websocket': ['socket.io-client-2', { transports: ['websocket'] }],
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
    const form = new FormData();
    for (const [key, value] of Object.entries(job.tasks[0].result.form.parameters)) form.append(key, value);
    form.append('file', new Blob(['hello']), 'hello.txt');
    assert.strictEqual((await fetch(job.tasks[0].result.form.url, { method: 'POST', body: form })).status, 201);
    const finished = await until(() => heard.find(([event]) => event === 'job.finished'), 15000, 'job.finished');
    assert.strictEqual(finished[1], `private-job.${job.id}`);
    assert.strictEqual(finished[2].job.tasks.length, 2);
    await until(() => heard.filter(([event]) => event === 'task.finished').length === 2, 5000, 'both tasks');
  });
}
