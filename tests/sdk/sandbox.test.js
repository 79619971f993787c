// The sandbox with the official Node SDK: `sandbox = true` only selects other host names, and files have to be named
// before they come in. The flow is that of the SDK's own integration tests. RECAST_SDK names the version's folder.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, until, callApi, source, binaries } = require('./harness.js');

const folder = process.env.RECAST_SDK || 'cloudconvert-3';
const sample = path.join(source, 'docs/sample/sample.docx');
const md5 = (bytes) => crypto.createHash('md5').update(bytes).digest('hex');
let server, sandbox, live;

before(async () => {
  server = await startServer();
  redirectHosts(server);
  const CloudConvert = require(path.join(__dirname, folder, 'node_modules/cloudconvert'));
  const Client = CloudConvert.default || CloudConvert;
  sandbox = new Client(server.key, true);
  live = new Client(server.key);
});
after(async () => {
  for (const sdk of [sandbox, live]) if (sdk && sdk.socket) sdk.socket.close();
  if (server) await server.stop();
});

/** Our own command line against this server. */
const recast = (...words) => execFileSync(path.join(binaries, 'recast'), [...words, `--server=https://127.0.0.1:${server.port}`,
  `--key=${server.key}`, `--cacert=${server.authority}`], { encoding: 'utf8' });
const tasksOf = (job, operation) => job.tasks.filter((task) => task.operation === operation);

function download(url) {
  return new Promise((resolve, reject) => {
    https.get(url, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => (answer.statusCode === 200 ? resolve(Buffer.concat(parts)) : reject(new Error(`HTTP ${answer.statusCode}`))));
    }).on('error', reject);
  });
}

/** Upload, convert, export, as the SDK's README and integration test do it. */
async function flow(file, name) {
  const job = await sandbox.jobs.create({
    tag: 'integration-test-upload-download',
    tasks: {
      'import-it': { operation: 'import/upload' },
      'convert-it': { operation: 'convert', input: 'import-it', output_format: 'pdf' },
      'export-it': { operation: 'export/url', input: 'convert-it' },
    },
  });
  const upload = tasksOf(job, 'import/upload')[0];
  assert.match(upload.result.form.url, /\.sandbox\.cloudconvert\.com\/tasks-sandbox$/);
  await sandbox.tasks.upload(upload, fs.createReadStream(file), name, fs.statSync(file).size);
  return sandbox.jobs.wait(job.id);
}

test('refuses a file that nobody named, and says by which hash to name it', async () => {
  const refused = await flow(sample, 'input.docx');
  assert.strictEqual(refused.status, 'error');
  const [task] = tasksOf(refused, 'import/upload');
  assert.strictEqual(task.code, 'SANDBOX_FILE_NOT_ALLOWED');
  assert.strictEqual(task.message, 'The file input.docx is not whitelisted for sandbox use');
  assert.deepStrictEqual(task.result.files, [{ filename: 'input.docx', md5: md5(fs.readFileSync(sample)) }]);
  assert.strictEqual(tasksOf(refused, 'convert')[0].code, 'INPUT_TASK_FAILED');
});

test('runs the integration flow with a file that was named', async () => {
  const said = recast('sandbox', 'allow', sample);
  assert.match(said, new RegExp(`^${md5(fs.readFileSync(sample))}  sample.docx$`, 'm'));
  const job = await flow(sample, 'input.docx');
  assert.strictEqual(job.status, 'finished', JSON.stringify(job, null, 1));
  assert.match(job.links.self, /^https:\/\/api\.sandbox\.cloudconvert\.com\/v2\/jobs\//);
  const [imported] = tasksOf(job, 'import/upload')[0].result.files;
  assert.deepStrictEqual(imported, { filename: 'input.docx', md5: md5(fs.readFileSync(sample)) });
  const [file] = tasksOf(job, 'export/url')[0].result.files;
  assert.strictEqual(file.filename, 'input.pdf');
  assert.match(file.url, /^https:\/\/api\.sandbox\.cloudconvert\.com\/tasks-sandbox\//);
  assert.strictEqual((await download(file.url)).subarray(0, 5).toString(), '%PDF-');
  await assert.rejects(live.jobs.get(job.id), 'it is not there outside of the sandbox');
  assert.deepStrictEqual((await sandbox.jobs.all({ 'filter[status]': 'finished' })).map((one) => one.id), [job.id]);
  assert.deepStrictEqual(await live.jobs.all(), []);
  assert.strictEqual((await sandbox.users.me()).id, (await live.users.me()).id, 'the account is the same');
  await sandbox.jobs.delete(job.id);
  await assert.rejects(sandbox.jobs.get(job.id));
});

test('looks at every way in', async () => {
  const text = 'not named anywhere';
  const ways = {
    raw: { operation: 'import/raw', file: text, filename: 'a.txt' },
    base64: { operation: 'import/base64', file: Buffer.from(text).toString('base64'), filename: 'a.txt' },
  };
  const out = await live.jobs.create({ tasks: { in: ways.raw, out: { operation: 'export/url', input: 'in' } } });
  const exported = tasksOf(await live.jobs.wait(out.id), 'export/url')[0];
  // A file of this server's own, of the other mode: fetched like any other.
  ways.url = { operation: 'import/url', url: exported.result.files[0].url };
  const asked = async () => sandbox.jobs.wait((await sandbox.jobs.create({ tasks: ways })).id);
  const refused = await asked();
  assert.strictEqual(refused.tasks.length, 3);
  for (const task of refused.tasks) {
    assert.strictEqual(task.code, 'SANDBOX_FILE_NOT_ALLOWED', JSON.stringify(task));
    assert.deepStrictEqual(task.result.files, [{ filename: 'a.txt', md5: md5(text) }]);
  }
  recast('sandbox', 'allow-md5', md5(text), '--name', 'text');
  const allowed = await asked();
  assert.strictEqual(allowed.status, 'finished', JSON.stringify(allowed, null, 1));
  for (const task of allowed.tasks) assert.deepStrictEqual(task.result.files, [{ filename: 'a.txt', md5: md5(text) }]);
});

test('runs the job of a signed URL in the mode of the address that was signed', async () => {
  const made = await callApi(server, 'POST', 'signed-urls', { name: 'site' });
  const bases = { live: made.base, sandbox: made.base.replace('//api.', '//api.sandbox.') };
  const job = (file) => ({ tasks: { in: { operation: 'import/raw', file, filename: 'a.txt' }, out: { operation: 'export/url', input: 'in' } } });
  const ask = (mode, file, key) => new Promise((resolve, reject) => {
    https.get(sandbox.signedUrls.sign(bases[mode], made.signing_secret, job(file), key), (answer) => {
      answer.resume().on('end', () => resolve([answer.statusCode, answer.headers.location]));
    }).on('error', reject);
  });
  assert.strictEqual((await ask('sandbox', 'signed'))[0], 422, 'nobody named the file');
  // Put before the path of an address that was signed for the live mode, the prefix makes it another address.
  const signed = live.signedUrls.sign(bases.live, made.signing_secret, job('signed'));
  await assert.rejects(download(signed.replace('.com/s/', '.com/sandbox/s/')), /HTTP 403/);
  recast('sandbox', 'allow-md5', md5('signed'));
  // One cache_key, and still a result for each mode.
  const [status, location] = await ask('sandbox', 'signed', 'one');
  assert.strictEqual(status, 302);
  assert.match(location, /sandbox\.cloudconvert\.com\/tasks-sandbox\//);
  assert.strictEqual((await download(location)).toString(), 'signed');
  const [other, elsewhere] = await ask('live', 'signed', 'one');
  assert.strictEqual(other, 302);
  assert.match(elsewhere, /\/\/api\.cloudconvert\.com\/tasks\//);
});

test('tells of jobs over the sockets of the sandbox alone', async () => {
  const job = await sandbox.jobs.create({ tasks: { in: { operation: 'import/upload' } } });
  const heard = { sandbox: [], live: [] };
  await sandbox.jobs.subscribeEvent(job.id, 'failed', (event) => heard.sandbox.push(event.job));
  await live.jobs.subscribeEvent(job.id, 'failed', (event) => heard.live.push(event.job));
  await sandbox.tasks.cancel(job.tasks[0].id);
  await until(() => heard.sandbox.length > 0, 20000, 'job.failed');
  assert.strictEqual(heard.sandbox[0].id, job.id);
  assert.match(heard.sandbox[0].links.self, /sandbox/);
  // A live job's end comes by the same way, so that what was not heard of the other is not still under way.
  const last = await live.jobs.create({ tasks: { in: { operation: 'import/upload' } } });
  await live.jobs.subscribeEvent(last.id, 'failed', (event) => heard.live.push(event.job));
  await live.tasks.cancel(last.tasks[0].id);
  await until(() => heard.live.length > 0, 20000, 'job.failed');
  assert.deepStrictEqual(heard.live.map((one) => one.id), [last.id]);
});

test('the command line keeps the list', async () => {
  const known = ['53d6fe6b688c31c565907c81de625046', '99d4c165f77af02015aa647770286cf9', '07db6477193bf8313e8082a1e1b5eaf6',
    '7ef166ecc65949f6f2e7eb94a3dac0d4', 'ccbb000ef5bd9dad0fab600d2fff02fb', '3a3b4d07338b51db19056a73a89a186b'];
  recast('sandbox', 'allow-sdk-files');
  const listed = await callApi(server, 'GET', 'sandbox/files');
  for (const hash of known) assert.ok(listed.some((file) => file.md5 === hash), hash);
  assert.match(recast('sandbox', 'list'), /^99d4c165f77af02015aa647770286cf9  SDKs: input\.png$/m);
  assert.deepStrictEqual(JSON.parse(recast('sandbox', 'list', '--json')).data, listed);
  recast('sandbox', 'remove', ...known);
  const left = await callApi(server, 'GET', 'sandbox/files');
  assert.deepStrictEqual(left.map((file) => file.name).filter((name) => /SDK/.test(name)), []);
  assert.throws(() => recast('sandbox', 'remove', known[0]), /No such sandbox file/);
  assert.throws(() => recast('sandbox', 'allow', path.join(server.folder, 'nothing')), /nothing cannot be read/);
  assert.throws(() => recast('sandbox', 'allow-md5', 'hello'), /32 hexadecimal digits/);
  const other = JSON.parse(recast('users', 'create', 'bob', '--email', 'bob@example.org', '--json')).data;
  recast('sandbox', 'allow-md5', known[0], '--user', String(other.id));
  assert.match(recast('sandbox', 'list', '--user', String(other.id)), /^53d6fe6b/);
});
