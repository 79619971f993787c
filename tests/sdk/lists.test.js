// Recast's own command line against a real server: lists longer than a page are shown whole, logs by pages.
'use strict';
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, callApi, binaries } = require('./harness.js');

const many = 103; // a page has 100 if nothing is said
let server;

before(async () => {
  server = await startServer({ settings: ['--api.signed_url_bases_per_user=150', '--webhooks.per_user=150'] });
  redirectHosts(server);
});
after(() => server && server.stop());

/** @returns {Promise<{lines: string[], errors: string}>} */
function recast(...words) {
  return new Promise((resolve, reject) => {
    const args = [...words, `--server=https://127.0.0.1:${server.port}`, `--cacert=${server.authority}`, `--key=${server.key}`];
    execFile(path.join(binaries, 'recast'), args, { timeout: 60000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`recast ${words.join(' ')}: ${error.message}\n${stderr}`));
      else resolve({ lines: stdout.split('\n').filter(Boolean), errors: stderr });
    });
  });
}
const names = Array.from({ length: many }, (_, i) => `thing-${String(i).padStart(3, '0')}`);
async function makeAll(target, body) {
  const made = [];
  for (const name of names) made.push(await callApi(server, 'POST', target, body(name)));
  return made;
}
/** All of them are there, once each, for people and for programs. */
async function showsAll(command, there, alreadyThere = 0) {
  const { lines, errors } = await recast(...command);
  assert.strictEqual(lines.length, there.length + alreadyThere, command.join(' '));
  for (const word of there) assert.strictEqual(lines.filter((line) => line.includes(word)).length, 1, word);
  assert.strictEqual(errors, '');
  const { data } = JSON.parse((await recast(...command, '--json')).lines[0]);
  assert.strictEqual(data.length, there.length + alreadyThere);
}

test('keys', async () => {
  await makeAll('keys', (name) => ({ name, scopes: ['task.read'] }));
  await showsAll(['keys', 'list'], names, 1);
});

test('presets and their versions', async () => {
  await makeAll('presets', (name) => ({ name, operation: 'import/url', options: { filename: name } }));
  await showsAll(['presets', 'list'], names);
  for (let version = 2; version <= many; ++version) {
    await callApi(server, 'PUT', 'presets/thing-000', { operation: 'import/url', options: {} });
  }
  await showsAll(['presets', 'versions', 'thing-000'], names.map((_, i) => `thing-000@${i + 1} `));
});

test('bases of signed URLs, the last of which can be used to sign', async () => {
  const made = await makeAll('signed-urls', (name) => ({ name }));
  await showsAll(['signed-urls', 'list'], names);
  const job = path.join(server.folder, 'job.json');
  fs.writeFileSync(job, '{"tasks": {}}');
  const { lines } = await recast('signed-urls', 'sign', made.at(-1).id, job);
  assert.match(lines[0], new RegExp(`${made.at(-1).id}\\?job=`));
});

test('webhooks', async () => {
  await makeAll('webhooks', (name) => ({ url: `https://${name}.example.org/`, events: ['job.finished'] }));
  await showsAll(['webhooks', 'list'], names);
});

test('a log by pages, newest first', async () => {
  const first = await recast('audit', 'list');
  const second = await recast('audit', 'list', '--page', '2');
  assert.strictEqual(first.lines.length, 100);
  assert.match(first.errors, /There is more: --page 2/);
  const number = (line) => Number(line.trim().split(' ')[0]);
  assert.strictEqual(number(first.lines.at(-1)), number(second.lines[0]) + 1);
  assert.strictEqual((await recast('notices', 'list')).errors, '');
  const page = JSON.parse((await recast('audit', 'list', '--json')).lines[0]);
  assert.strictEqual(page.meta.current_page, 1);
});

test('a preset that no task could use is refused with the name that was meant', async () => {
  const save = (...options) => recast('presets', 'save', 'small', '--operation', 'convert', ...options.flatMap((one) => ['-o', one]));
  await assert.rejects(save('output_format=xyz'), /options\.output_format: .*no engine writes xyz/);
  await assert.rejects(save('output_format=jpg', 'qualty=60'), /options\.qualty: .*Did you mean quality\?/);
  await assert.rejects(save('output_format=jpg', 'quality=600'), /options\.quality: The quality must not be greater than 100/);
  await assert.rejects(save('output_format=png', 'engine=nothing'), /options\.engine: .*nothing is not installed/);
  await assert.rejects(save('input_format=pdf', 'output_format=png', 'pages=3-x'), /options\.pages: /);
  await save('output_format=jpg', 'quality=60', 'width=200');
});
