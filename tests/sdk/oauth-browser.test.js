// The pages of OAuth in a real browser, whose rules about forms and redirects no HTTP client has.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { after, before, test } = require('node:test');
const { Chromium, findChromium } = require('./chromium.js');
const { startServer } = require('./harness.js');

const skip = findChromium() ? false : 'there is no chromium';
const password = 'a password for tests 4711';
let server, issuer, client, app, landing, browser;

async function api(method, target, body) {
  const headers = { Authorization: `Bearer ${server.key}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${issuer}${target}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.status < 300, `${method} ${target}: ${answer.status} ${text}`);
  return text ? JSON.parse(text).data : undefined;
}

const listen = async (handler) => {
  const one = http.createServer(handler);
  await new Promise((resolve) => one.listen(0, '127.0.0.1', resolve));
  return one;
};
const authorizeUrl = (more) => `${issuer}/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: client.id, scope: 'task.read', ...more })}`;

async function logIn() {
  await browser.arrive(`${issuer}/login`);
  await browser.evaluate(`document.querySelector('[name=username]').value = 'ann';
    document.querySelector('[name=password]').value = ${JSON.stringify(password)};
    document.querySelector('button').click()`);
}

before(async () => {
  if (skip) return;
  server = await startServer({ tlsOn: false });
  issuer = `http://127.0.0.1:${server.port}`;
  // The client sends its user on to another origin, as those do that have a sign-in page of their own.
  landing = await listen((request, response) => response.end('<title>landed</title>'));
  app = await listen((request, response) => {
    response.writeHead(302, { Location: `http://localhost:${landing.address().port}${request.url}` }).end();
  });
  client = await api('POST', '/v2/oauth/clients', { name: 'Photos', redirect_uris: [`http://127.0.0.1:${app.address().port}/back`] });
  const user = await api('POST', '/admin/v1/users', { username: 'ann', email: 'ann@example.org' });
  await api('PUT', `/admin/v1/users/${user.id}/password`, { password });
  browser = await Chromium.start();
});
after(async () => {
  if (browser) await browser.stop();
  if (app) app.close();
  if (landing) landing.close();
  if (server) await server.stop();
});

test('a user logs in, allows it and arrives at the client, and where that leads on to', { skip }, async () => {
  await browser.go(authorizeUrl({ state: 'a b&c' }));
  await logIn();
  await browser.arrive(`${issuer}/oauth/authorize?`);
  assert.strictEqual(await browser.evaluate('document.title'), 'Allow Photos to use your account?');
  assert.strictEqual(await browser.evaluate('document.documentElement.lang'), 'en');
  assert.deepStrictEqual(await browser.evaluate('[...document.querySelectorAll("button")].map((one) => one.textContent)'), ['Allow', 'Do not allow']);
  await browser.evaluate(`document.querySelector('button[value=approve]').click()`);
  const target = `http://localhost:${landing.address().port}/back?`;
  await browser.arrive(target);
  const answer = new URLSearchParams(await browser.evaluate('location.search'));
  assert.match(answer.get('code'), /^recast_code_/);
  assert.strictEqual(answer.get('state'), 'a b&c');
});

test('a user says no', { skip }, async () => {
  await browser.go(authorizeUrl({ prompt: 'consent' }));
  await browser.arrive(`${issuer}/oauth/authorize?`);
  await browser.evaluate(`document.querySelector('button[value=deny]').click()`);
  await browser.arrive(`http://localhost:${landing.address().port}/back?error=access_denied`);
});

test('a log-in leads right to the client when it was allowed before', { skip }, async () => {
  await browser.stop();
  browser = await Chromium.start();
  await browser.go(authorizeUrl());
  await logIn();
  await browser.arrive(`http://localhost:${landing.address().port}/back?code=`);
});

test('a user sees which applications there are, and stops one', { skip }, async () => {
  await browser.go(`${issuer}/account/applications`);
  await browser.arrive(`${issuer}/account/applications`);
  assert.strictEqual(await browser.evaluate('document.querySelector("h2").textContent'), 'Photos');
  await browser.evaluate('document.querySelector("form button").click()');
  await browser.see('No program acts for you.');
});

test('no other page can put the question into a frame', { skip }, async () => {
  const evil = await listen((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<iframe src="${authorizeUrl({ prompt: 'consent' })}"></iframe>`);
  });
  try {
    await browser.go(`http://127.0.0.1:${evil.address().port}/`);
    await browser.arrive(`http://127.0.0.1:${evil.address().port}/`);
    assert.deepStrictEqual(await browser.frames(), ['chrome-error://chromewebdata/']);
  } finally {
    evil.closeAllConnections();
    evil.close();
  }
});
