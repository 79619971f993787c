// The official Node SDK, unmodified, over its whole surface. RECAST_SDK names the folder of the version under test. Rules
// are those of docs/compatibility.md.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, until, source } = require('./harness.js');

const folder = process.env.RECAST_SDK || 'cloudconvert-3';
const sample = path.join(source, 'docs/sample/sample.docx');
let server, sdk;

before(async () => {
  server = await startServer();
  redirectHosts(server);
  const CloudConvert = require(path.join(__dirname, folder, 'node_modules/cloudconvert'));
  sdk = new (CloudConvert.default || CloudConvert)(server.key);
});
after(async () => {
  if (sdk && sdk.socket) sdk.socket.close();
  if (server) await server.stop();
});

/** As the SDK's README does it: a plain https.get, which follows no redirects. */
function download(url) {
  assert.match(url, /^https:/);
  return new Promise((resolve, reject) => {
    https.get(url, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(Buffer.concat(parts)) : reject(new Error(`HTTP ${answer.statusCode}`))));
    }).on('error', reject);
  });
}

const tasksOf = (job, operation) => job.tasks.filter((task) => task.operation === operation);

test('uploads, converts and downloads a document', async () => {
  let job = await sdk.jobs.create({
    tag: 'sdk',
    tasks: {
      'my-upload': { operation: 'import/upload' },
      'my-convert': { operation: 'convert', input: 'my-upload', output_format: 'pdf' },
      'my-export': { operation: 'export/url', input: 'my-convert' },
    },
  });
  assert.strictEqual(job.status, 'waiting');
  assert.deepStrictEqual(job.tasks.map((task) => task.name), ['my-upload', 'my-convert', 'my-export']);
  const upload = tasksOf(job, 'import/upload')[0];
  assert.strictEqual(upload.status, 'waiting');
  await sdk.tasks.upload(upload, fs.createReadStream(sample), 'sämple 文.docx', fs.statSync(sample).size);
  job = await sdk.jobs.wait(job.id);
  assert.strictEqual(job.status, 'finished', JSON.stringify(job, null, 1));
  const [file] = tasksOf(job, 'export/url')[0].result.files;
  assert.strictEqual(file.filename, 'sämple 文.pdf');
  const pdf = await download(file.url);
  assert.strictEqual(pdf.subarray(0, 5).toString(), '%PDF-');
  assert.strictEqual(pdf.length, file.size);
});

test('rule 23: the URL of an export is https and answers a plain https.get itself', async () => {
  let job = await sdk.jobs.create({
    tasks: { in: { operation: 'import/raw', file: 'hello', filename: 'a b.txt' }, out: { operation: 'export/url', input: 'in' } },
  });
  job = await sdk.jobs.wait(job.id);
  const [file] = tasksOf(job, 'export/url')[0].result.files;
  assert.strictEqual((await download(file.url)).toString(), 'hello');
});

test('hears the events of a job and its tasks', async () => {
  const job = await sdk.jobs.create({
    tasks: {
      in: { operation: 'import/upload' },
      out: { operation: 'export/url', input: 'in' },
    },
  });
  const events = [];
  if (sdk.jobs.subscribeEvent) {
    await sdk.jobs.subscribeEvent(job.id, 'finished', (event) => events.push(['job', event.job]));
    await sdk.jobs.subscribeTaskEvent(job.id, 'finished', (event) => events.push(['task', event.task]));
  } else {
    sdk.subscribe(`private-job.${job.id}`, 'job.finished', (event) => events.push(['job', event.job]));
  }
  await sdk.tasks.upload(tasksOf(job, 'import/upload')[0], fs.createReadStream(sample), 'a.docx', fs.statSync(sample).size);
  const finished = await until(() => events.find(([kind]) => kind === 'job'), 20000, 'job.finished');
  assert.strictEqual(finished[1].status, 'finished');
  const exported = finished[1].tasks.find((task) => task.operation === 'export/url');
  assert.ok((await download(exported.result.files[0].url)).length > 0);
});

test('replays the end of a job to a late subscriber', async () => {
  let job = await sdk.jobs.create({ tasks: { in: { operation: 'import/raw', file: 'x', filename: 'x.txt' } } });
  job = await sdk.jobs.wait(job.id);
  let heard = null;
  await sdk.jobs.subscribeEvent(job.id, 'finished', (event) => { heard = event.job; });
  await until(() => heard, 10000, 'the replayed event');
  assert.strictEqual(heard.id, job.id);
});

test('reports a failing task and its dependents', async () => {
  let job = await sdk.jobs.create({
    tasks: {
      in: { operation: 'import/raw', file: 'this is no document', filename: 'broken.docx' },
      convert: { operation: 'convert', input: 'in', output_format: 'pdf' },
      out: { operation: 'export/url', input: 'convert' },
    },
  });
  job = await sdk.jobs.wait(job.id);
  assert.strictEqual(job.status, 'error');
  assert.strictEqual(tasksOf(job, 'convert')[0].code, 'OPEN_FAILED', JSON.stringify(job, null, 1));
  assert.strictEqual(tasksOf(job, 'export/url')[0].code, 'INPUT_TASK_FAILED');
});

test('lists, filters, shows and deletes', async () => {
  const job = await sdk.jobs.create({ tag: 'list-me', tasks: { in: { operation: 'import/upload' } } });
  const listed = await sdk.jobs.all({ 'filter[tag]': 'list-me', 'filter[status]': '', include: '' });
  assert.deepStrictEqual(listed.map((one) => one.id), [job.id]);
  assert.strictEqual(listed[0].tasks, undefined);
  const tasks = await sdk.tasks.all({ 'filter[job_id]': job.id });
  assert.deepStrictEqual(tasks.map((task) => task.name), ['in']);
  const task = await sdk.tasks.get(tasks[0].id, { include: 'payload' });
  assert.strictEqual(task.operation, 'import/upload');
  assert.strictEqual((await sdk.jobs.get(job.id)).id, job.id);
  await sdk.jobs.delete(job.id);
  await assert.rejects(sdk.jobs.get(job.id));
});

test('creates, cancels, retries and deletes tasks of their own', async () => {
  const task = await sdk.tasks.create('import/upload', { name: 'ignored' });
  assert.strictEqual(task.job_id, null);
  assert.strictEqual(task.name, undefined);
  const cancelled = await sdk.tasks.cancel(task.id);
  assert.strictEqual(cancelled.status, 'error');
  assert.strictEqual(cancelled.code, 'CANCELLED');
  if (sdk.tasks.retry) {  // 3.0 has none
    const retried = await sdk.tasks.retry(task.id);
    assert.strictEqual(retried.retry_of_task_id, task.id);
  }
  await sdk.tasks.delete(task.id);
  await assert.rejects(sdk.tasks.get(task.id));
});

test('shows the user', async () => {
  const me = await sdk.users.me();
  assert.strictEqual(typeof me.id, 'number');
  assert.strictEqual(typeof me.credits, 'number');
});

test('refuses a wrong key as the service does', async () => {
  const CloudConvert = require(path.join(__dirname, folder, 'node_modules/cloudconvert'));
  const stranger = new (CloudConvert.default || CloudConvert)('wrong');
  await assert.rejects(stranger.users.me(), (error) => {
    const text = error.message + (error.response ? error.response.status : '');
    return /Unauthorized|401/.test(text);
  });
});
