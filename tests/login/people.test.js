// Users by command line and browser on a real server, and what of their secrets is left on its disk: nothing.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const https = require('node:https');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { Browser } = require('./browser.js');
const { startServer } = require('../sdk/harness.js');
const { startRecast, admin, recast, totp } = require('./servers.js');

const secrets = { password: 'correct horse 1', other: 'battery staple 2', oidc: 'oidc-client-secret-3' };
let server, closed;

before(async () => {
  server = await startRecast(['--login.registration=invitation', '--login.oidc_issuer=http://127.0.0.1:1/', '--login.oidc_client_id=x',
    `--login.oidc_client_secret=${secrets.oidc}`]);
  closed = await startRecast([]);
});
after(async () => {
  if (server) await server.stop();
  if (closed) await closed.stop();
});

async function logIn(browser, username, password) {
  const page = await browser.ask(`${server.url}/login`);
  return browser.submit(page, '/login', { username, password });
}

test('a password comes from standard input, and logs in', async () => {
  await recast(server, ['users', 'add', 'bob', '--email', 'bob@example.org']);
  const listed = JSON.parse(await recast(server, ['users', 'list', '--json'])).data;
  const { id } = listed.find((one) => one.username === 'bob');
  await assert.rejects(recast(server, ['users', 'password', String(id)], 'short\n'), /at least 10 characters/);
  await assert.rejects(recast(server, ['users', 'password', String(id)], ''), /no password on standard input/);
  await assert.rejects(recast(server, ['users', 'password', String(id)], '               \n'), /may not be blanks alone/);
  await assert.rejects(recast(server, ['users', 'password', String(id)], 'correct\0horse 1\n'), /may not have control characters/);
  await recast(server, ['users', 'password', String(id)], `${secrets.password}\n`);
  const browser = new Browser();
  assert.match((await logIn(browser, 'bob', 'wrong password')).text, /username or the password is wrong/);
  assert.match((await logIn(browser, 'bob', secrets.password)).text, /You are bob/);
  secrets.session = browser.jar(server.url).get('recast_session');
  secrets.form = browser.jar(server.url).get('recast_form');
  assert.match(await recast(server, ['users', 'sessions', String(id)]), /127\.0\.0\.1/);

  const { csrf_token: csrf } = JSON.parse((await browser.ask(`${server.url}/account/v1/session`)).text).data;
  secrets.csrf = csrf;
  const ask = async (target, body) => (await fetch(`${server.url}/account/v1/${target}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'X-CSRF-Token': csrf, Cookie: `recast_session=${secrets.session}` },
  })).json();
  secrets.totp = (await ask('second-factor', { password: secrets.password })).data.secret;
  [secrets.recovery] = (await ask('second-factor/confirm', { code: totp(secrets.totp) })).data.recovery_codes;
  const half = new Browser();
  const page = await logIn(half, 'bob', secrets.password);
  assert.match((await half.submit(page, '/login/code', { code: secrets.recovery })).text, /You are bob/);
  await recast(server, ['users', 'totp-off', String(id)]);
  await assert.rejects(recast(server, ['users', 'totp-off', String(id)]), /No such second factor/);
  await recast(server, ['users', 'sessions', String(id), '--end']);
  assert.strictEqual((await half.ask(`${server.url}/account`)).status, 303);
});

test('an invitation makes an account', async () => {
  const printed = await recast(server, ['users', 'invite', 'carol@example.org', '--administrator']);
  const url = /http\S+/.exec(printed)[0];
  secrets.invitation = url.split('/').pop();
  assert.match(await recast(server, ['users', 'invitations']), /carol@example\.org/);
  const browser = new Browser();
  const page = await browser.submit(await browser.ask(url), '/invitation/', { username: 'carol', password: secrets.other });
  assert.match(page.text, /You are carol \(carol@example\.org\), an administrator/);
  const withdrawn = JSON.parse(await recast(server, ['users', 'invite', 'dave@example.org', '--json'])).data;
  await recast(server, ['users', 'withdraw', String(withdrawn.id)]);
  assert.strictEqual((await browser.ask(withdrawn.url)).status, 404);
});

test('roles and disabling by command line', async () => {
  const made = await admin(server, 'POST', '/users', { username: 'erin', email: 'e@example.org' });
  const id = String(made.id);
  await recast(server, ['users', 'role', id, 'administrator']);
  assert.match(await recast(server, ['users', 'show', id]), /administrator/);
  await recast(server, ['users', 'disable', id]);
  assert.match(await recast(server, ['users', 'show', id]), /disabled/);
  await recast(server, ['users', 'enable', id]);
  await recast(server, ['users', 'email', id, 'erin@example.org']);
  assert.match(await recast(server, ['users', 'show', id]), /erin@example\.org/);
  await recast(server, ['users', 'delete', id]);
  await assert.rejects(recast(server, ['users', 'show', id]), /No such user/);
});

test('a closed server has neither invitations nor registration', async () => {
  await assert.rejects(recast(closed, ['users', 'invite', 'a@example.org']), /login\.registration is closed/);
  const browser = new Browser();
  for (const target of ['/register', '/invitation/x', '/login/openid']) {
    assert.strictEqual((await browser.ask(closed.url + target)).status, 404, target);
  }
  assert.strictEqual((await browser.ask(`${server.url}/register`)).status, 404);
  await assert.rejects(recast(closed, ['users', 'role', '1', 'user']), /last administrator/);
});

test('over TLS cookies belong to this host alone and never leave TLS', async () => {
  const tls = await startServer({ settings: process.env.RECAST_FIRST_UID ? [`--jail.first_uid=${process.env.RECAST_FIRST_UID}`] : [] });
  try {
    const cookies = await new Promise((resolve, reject) => {
      https.get({ host: '127.0.0.1', port: tls.port, path: '/login', ca: fs.readFileSync(tls.authority) }, (answer) => {
        answer.resume();
        resolve(answer.headers['set-cookie']);
      }).on('error', reject);
    });
    assert.strictEqual(cookies.length, 1);
    assert.match(cookies[0], /^__Host-recast_form=[A-Za-z0-9]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure$/);
  } finally {
    await tls.stop();
  }
});

test('nothing secret rests on the disk or is in the log', () => {
  const bits = [...secrets.totp].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const raw = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const files = [];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(name);
      else if (entry.isFile()) files.push(name);
    }
  };
  walk(path.join(server.folder, 'data'));
  assert.ok(files.some((name) => name.endsWith('recast.db')), files.join(' '));
  assert.match(fs.readFileSync(path.join(server.folder, 'log'), 'utf8'), /\/invitation\/\{token\}/);
  for (const name of [...files, path.join(server.folder, 'log')]) {
    const bytes = fs.readFileSync(name);
    assert.strictEqual(bytes.indexOf(raw), -1, `the second factor's secret is in ${name}`);
    for (const [what, text] of Object.entries(secrets)) assert.strictEqual(bytes.indexOf(text), -1, `${what} is in ${name}`);
  }
});
