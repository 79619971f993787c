// Logging in through a real OpenID Connect provider, and all that can go wrong there.
'use strict';
const assert = require('node:assert');
const { before, after, test } = require('node:test');
const { Browser } = require('./browser.js');
const { startProvider } = require('./provider.js');
const { startRecast, admin, recast } = require('./servers.js');

const secret = 'the s&cret of the client';
let provider, strict, open;

before(async () => {
  provider = await startProvider();
  strict = await startRecast([`--login.oidc_issuer=${provider.issuer}`, '--login.oidc_client_id=strict', `--login.oidc_client_secret=${secret}`,
    '--login.oidc_label=Log in at <work>']);
  open = await startRecast([`--login.oidc_issuer=${provider.issuer}`, '--login.oidc_client_id=open', '--login.oidc_create_users=true',
    '--login.oidc_allowed_domains=example.org', '--login.oidc_admin_claim=groups', '--login.oidc_admin_value=recast-admins']);
  await provider.open([
    { id: 'strict', secret, redirect: `${strict.url}/login/openid/callback` },
    { id: 'open', redirect: `${open.url}/login/openid/callback`, algorithm: 'ES256' },
  ]);
});
after(async () => {
  if (provider) await provider.stop();
  if (strict) await strict.stop();
  if (open) await open.stop();
});

/** To the provider and through its pages; what follows is the callback, which is returned and not asked if `stop`. */
async function logIn(server, browser, who, { change = (url) => url, stop = false } = {}) {
  const isCallback = (url) => url.startsWith(`${server.url}/login/openid/callback`);
  const begun = await browser.ask(`${server.url}/login/openid?next=%2Faccount`);
  assert.strictEqual(begun.status, 303, begun.text);
  const login = await browser.go(change(begun.to), {}, isCallback);
  let answer = await browser.submit(login, '/interaction/', { login: who, password: 'x' }, isCallback);
  if (!answer.to) answer = await browser.submit(answer, '/interaction/', {}, isCallback);
  assert.ok(answer.to, answer.text);
  return stop ? answer.to : browser.go(answer.to);
}

async function me(server, browser) {
  const answer = await browser.ask(`${server.url}/account/v1/session`, { headers: { Accept: 'application/json' } });
  return answer.status === 200 ? JSON.parse(answer.text).data.user : null;
}

/** What a script of the dashboard asks, in that browser's session. */
async function account(server, browser, method, target, body) {
  const { csrf_token: csrf } = JSON.parse((await browser.ask(`${server.url}/account/v1/session`)).text).data;
  const answer = await fetch(`${server.url}/account/v1${target}`, {
    method, body: body && JSON.stringify(body),
    headers: { 'X-CSRF-Token': csrf, Cookie: [...browser.jar(server.url)].map((pair) => pair.join('=')).join('; ') },
  });
  const text = await answer.text();
  return { status: answer.status, ...(text ? JSON.parse(text) : {}) };
}

test('the log-in page leads to the provider', async () => {
  const page = await new Browser().ask(`${strict.url}/login?next=%2Fv2%2Fjobs`);
  assert.match(page.text, /<a href="\/login\/openid\?next=%2Fv2%2Fjobs">Log in at &lt;work&gt;<\/a>/);
  const begun = await new Browser().ask(`${strict.url}/login/openid`);
  const query = new URL(begun.to).searchParams;
  assert.strictEqual(query.get('code_challenge_method'), 'S256');
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(query.get(name).length >= 43, name);
});

test('somebody unknown is let in once an administrator has linked the identity', async () => {
  const browser = new Browser();
  const refused = await logIn(strict, browser, 'ann');
  assert.strictEqual(refused.status, 403);
  assert.match(refused.text, /no account here for you.*identity ann/s);
  assert.strictEqual(await me(strict, browser), null);
  const made = await admin(strict, 'POST', '/users', { username: 'annette', email: 'a@b' });
  await recast(strict, ['users', 'link', String(made.id), 'ann']);
  const page = await logIn(strict, new Browser(), 'ann');
  assert.strictEqual(page.status, 200);
  assert.match(page.text, /You are annette/);
});

test('somebody new gets an account, and the role that the provider names', async () => {
  const browser = new Browser();
  await logIn(open, browser, 'ann');
  const first = await me(open, browser);
  assert.strictEqual(first.username, 'ann');
  assert.strictEqual(first.email, 'ann@example.org');
  assert.strictEqual(first.administrator, false);
  const again = new Browser();
  await logIn(open, again, 'ann');
  assert.strictEqual((await me(open, again)).id, first.id);
  const boss = new Browser();
  await logIn(open, boss, 'root');
  assert.strictEqual((await me(open, boss)).administrator, true);
  const users = await boss.ask(`${open.url}/admin/v1/users`);
  assert.strictEqual(users.status, 200);
  await admin(open, 'PATCH', `/users/${first.id}`, { enabled: false });
  assert.strictEqual(await me(open, again), null);
  assert.strictEqual((await logIn(open, new Browser(), 'ann')).status, 403);
});

test('only verified addresses of allowed domains come in', async () => {
  for (const who of ['mallory', 'liar']) {
    const answer = await logIn(open, new Browser(), who);
    assert.strictEqual(answer.status, 403, who);
    assert.match(answer.text, /mail address may not log in/);
  }
});

test('an answer of another log-in is refused', async () => {
  const browser = new Browser();
  const callback = new URL(await logIn(open, browser, 'root', { stop: true }));
  const elsewhere = await new Browser().ask(callback.href);  // a browser that began nothing
  assert.strictEqual(elsewhere.status, 403);
  const forged = new URL(callback);
  forged.searchParams.set('state', 'f'.repeat(64));
  assert.strictEqual((await browser.ask(forged.href)).status, 403);
  const foreign = new URL(callback);
  foreign.searchParams.set('iss', 'https://evil.example');
  assert.match((await browser.ask(foreign.href)).text, /another log-in service/);
  const kept = browser.jar(open.url).get('recast_openid');
  assert.strictEqual((await browser.go(callback.href)).status, 200);
  // The code was used: not a second time, even in the same browser.
  browser.jar(open.url).set('recast_openid', kept);
  const replayed = await browser.ask(callback.href);
  assert.strictEqual(replayed.status, 403);
  assert.match(replayed.text, /Begin again/);
});

test('a token for another log-in is refused', async () => {
  const change = (url) => {
    const changed = new URL(url);
    changed.searchParams.set('nonce', 'another');
    return changed.href;
  };
  const answer = await logIn(open, new Browser(), 'root', { change });
  assert.strictEqual(answer.status, 403);
  assert.match(answer.text, /does not belong to this log-in/);
});

test('a token that the provider did not sign is refused', async () => {
  const spoils = {
    'signature is wrong': ([head, claims, signature]) => [head, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)],
    'neither by RS256': ([, claims]) => [Buffer.from('{"alg":"none"}').toString('base64url'), claims, ''],
  };
  for (const [text, spoil] of Object.entries(spoils)) {
    for (const server of [strict, open]) {
      provider.state.spoil = (answer) => ({ ...answer, id_token: spoil(answer.id_token.split('.')).join('.') });
      const answer = await logIn(server, new Browser(), 'ann').finally(() => { provider.state.spoil = null; });
      assert.strictEqual(answer.status, 403);
      assert.match(answer.text, new RegExp(text));
    }
  }
});

test('without another verifier a stolen code is worth nothing', async () => {
  const thief = new Browser();
  const victim = new Browser();
  const stolen = new URL(await logIn(open, victim, 'root', { stop: true })).searchParams.get('code');
  const own = new URL(await logIn(open, thief, 'mallory', { stop: true }));
  own.searchParams.set('code', stolen);
  const answer = await thief.ask(own.href);
  assert.strictEqual(answer.status, 403);
  assert.strictEqual(await me(open, thief), null);
});

test('who says no at the provider comes back with the reason', async () => {
  const browser = new Browser();
  const begun = await browser.ask(`${open.url}/login/openid`);
  const login = await browser.go(begun.to);
  const abort = /href="([^"]*abort[^"]*)"/.exec(login.text)[1];
  const answer = await browser.go(new URL(abort, login.url).href);
  assert.strictEqual(answer.status, 403);
  assert.match(answer.text, /refused: access_denied/);
});

test('the second factor of this server is asked for as well', async () => {
  const browser = new Browser();
  await logIn(open, browser, 'root');
  const session = JSON.parse((await browser.ask(`${open.url}/account/v1/session`)).text).data;
  const headers = { 'X-CSRF-Token': session.csrf_token };
  const factor = JSON.parse((await browser.ask(`${open.url}/account/v1/second-factor`, { method: 'POST', headers })).text).data;
  const { totp } = require('./servers.js');
  const confirmed = await fetch(`${open.url}/account/v1/second-factor/confirm`, {
    method: 'POST', body: JSON.stringify({ code: totp(factor.secret) }),
    headers: { ...headers, Cookie: [...browser.jar(open.url)].map((pair) => pair.join('=')).join('; ') },
  });
  assert.strictEqual(confirmed.status, 200);
  const [code] = (await confirmed.json()).data.recovery_codes;
  const again = new Browser();
  const page = await logIn(open, again, 'root');
  assert.match(page.url, /\/login\/code/);
  assert.strictEqual(await me(open, again), null);
  const inside = await again.submit(page, '/login/code', { code });
  assert.match(inside.text, /You are boss/);
});

test('an identity is unlinked by its user, but not the last way in', async () => {
  const made = await admin(strict, 'POST', '/users', { username: 'rooted', email: 'r@example.org' });
  await recast(strict, ['users', 'link', String(made.id), 'root']);
  const listed = await recast(strict, ['users', 'identities', String(made.id)]);
  assert.match(listed, /^ +\d+ {2}since \S+ {2}last log-in never +http:\S+ {2}root\n$/);
  const [here, there, later] = [new Browser(), new Browser(), new Browser()];
  for (const browser of [here, there]) assert.match((await logIn(strict, browser, 'root')).text, /your last way in/);
  const { data } = await account(strict, here, 'GET', '/identities');
  assert.strictEqual(data.length, 1);
  assert.deepStrictEqual([data[0].issuer, data[0].subject], [provider.issuer, 'root']);
  assert.ok(data[0].last_used_at >= data[0].created_at);
  const path = `/identities/${data[0].id}`;
  const refused = await account(strict, here, 'DELETE', path);
  assert.strictEqual(refused.status, 409, JSON.stringify(refused));
  assert.match(refused.message, /last way in. Set a password first/);
  assert.strictEqual((await me(strict, there)).username, 'rooted');

  const password = 'a password 4711';
  assert.strictEqual((await account(strict, here, 'PUT', '/password', { password })).status, 204);
  await logIn(strict, later, 'root');
  assert.strictEqual((await me(strict, later)).username, 'rooted');
  assert.strictEqual((await account(strict, here, 'DELETE', path)).status, 422);
  assert.strictEqual((await account(strict, here, 'DELETE', path, { password })).status, 204);
  assert.strictEqual((await me(strict, here)).username, 'rooted');
  assert.strictEqual(await me(strict, later), null);
  const outside = await logIn(strict, new Browser(), 'root');
  assert.strictEqual(outside.status, 403);
  assert.match(outside.text, /no account here for you.*identity root/s);
  const browser = new Browser();
  const page = await browser.submit(await browser.ask(`${strict.url}/login`), '/login', { username: 'rooted', password });
  assert.match(page.text, /You are rooted/);
});

test('who was unlinked by an administrator is somebody new where the provider makes users', async () => {
  const users = await admin(open, 'GET', '/users');
  const boss = String(users.find((one) => one.username === 'boss').id);
  const [identity] = JSON.parse(await recast(open, ['users', 'identities', boss, '--json'])).data;
  assert.strictEqual(identity.subject, 'root');
  assert.match(identity.last_used_at, /^\d{4}-/);
  await assert.rejects(recast(open, ['users', 'unlink', boss, '999']), /No such identity/);
  await recast(open, ['users', 'unlink', boss, String(identity.id)]);
  assert.strictEqual(await recast(open, ['users', 'identities', boss]), '');
  assert.strictEqual(await recast(open, ['users', 'sessions', boss]), '');
  const browser = new Browser();
  await logIn(open, browser, 'root');
  const now = await me(open, browser);
  assert.strictEqual(now.username, 'boss-2');
  assert.notStrictEqual(String(now.id), boss);
});

test('a provider that is down is no way in, and nothing breaks', async () => {
  const browser = new Browser();
  const callback = await logIn(open, browser, 'root', { stop: true });
  await provider.stop();
  const answer = await browser.ask(callback);
  assert.strictEqual(answer.status, 503);
  assert.match(answer.text, /log-in service does not answer/);
  assert.strictEqual((await browser.ask(`${open.url}/login`)).status, 200);
});
