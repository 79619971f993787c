// The official command line, unmodified, as a program of its own whose connections end at a server on loopback.
'use strict';
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { startServer, source } = require('./harness.js');

const sample = path.join(source, 'docs/sample/sample.docx');
const manifest = path.join(__dirname, 'cloudconvert-cli/node_modules/cloudconvert-cli/package.json');
// Not every npm registry carries it; npm leaves an optional dependency out then.
const missing = !fs.existsSync(manifest) && 'cloudconvert-cli is not installed (tools/install_sdks.sh)';
let server, folder;

before(async () => {
  if (missing) return;
  server = await startServer();
  folder = fs.mkdtempSync(path.join(server.folder, 'out-'));
});
after(() => server && server.stop());

/** @returns {Promise<{status: number, output: string}>} */
function cloudconvert(...args) {
  const { bin } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const program = path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin.cloudconvert);
  const env = { ...process.env, CLOUDCONVERT_API_KEY: server.key, RECAST_TEST_PORT: server.port, RECAST_TEST_AUTHORITY: server.authority };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--require', path.join(__dirname, 'redirect.js'), program, ...args], { env, cwd: folder, timeout: 60000 },
      (error, stdout, stderr) => resolve({ status: error ? error.code || 1 : 0, output: stdout + stderr }));
  });
}

test('converts files and downloads the results', { skip: missing }, async () => {
  fs.copyFileSync(sample, path.join(folder, 'a.docx'));
  fs.writeFileSync(path.join(folder, 'b.txt'), 'plain text');
  const { status, output } = await cloudconvert('convert', '-f', 'pdf', 'a.docx', 'b.txt');
  assert.strictEqual(status, 0, output);
  for (const name of ['a.pdf', 'b.pdf']) {
    assert.strictEqual(fs.readFileSync(path.join(folder, name)).subarray(0, 5).toString(), '%PDF-', output);
  }
});

test('passes options through', { skip: missing }, async () => {
  const { status, output } = await cloudconvert('convert', '-f', 'png', '-p.pages=1-1', '-p.width=250', 'a.pdf');
  assert.strictEqual(status, 0, output);
  const png = fs.readFileSync(path.join(folder, 'a.png'));
  assert.strictEqual(png.readUInt32BE(16), 250, output);
});

test('says why a task failed', { skip: missing }, async () => {
  fs.writeFileSync(path.join(folder, 'broken.docx'), 'this is no document');
  const { status, output } = await cloudconvert('convert', '-f', 'pdf', 'broken.docx');
  assert.strictEqual(status, 1, output);
  assert.match(output, /Task `process` failed: .*\(Code: OPEN_FAILED\)/);
});

test('shows the API error of a wrong key', { skip: missing }, async () => {
  const { status, output } = await cloudconvert('convert', '--apikey', 'wrong', '-f', 'pdf', 'b.txt');
  assert.strictEqual(status, 1, output);
  assert.match(output, /Unauthenticated|UNAUTHENTICATED/);
});
