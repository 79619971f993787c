// OAuth 2.0 with real client libraries against a real server: openid-client (which checks what it gets against the RFCs)
// and simple-oauth2.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { before, after, test } = require('node:test');
const { AuthorizationCode } = require('./oauth-libraries/node_modules/simple-oauth2');
const { startServer, binaries } = require('./harness.js');

const password = 'a password for tests 4711';
const back = 'https://app.example.org/back';
const secrets = new Set(); // whatever must not rest in the clear
let server, issuer, library, browser, ben;

/// The API with a key or an access token.
async function api(method, target, body, token = server.key) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${issuer}${target}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, ...(text ? JSON.parse(text) : {}) };
}

const form = (fields) => ({
  method: 'POST', body: new URLSearchParams(fields).toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
});

/// What a browser does: keeps cookies, shows pages, sends forms.
class Browser {
  cookies = new Map();

  async go(url, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { Accept: 'text/html', Cookie: cookie, ...options.headers };
    const answer = await fetch(new URL(url, issuer), { ...options, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    return { status: answer.status, headers: answer.headers, location: answer.headers.get('location'), text: await answer.text() };
  }

  async logIn(username) {
    const page = await this.go('/login');
    const answer = await this.go('/login', form({ csrf: csrfOf(page), username, password, next: '/account' }));
    assert.strictEqual(answer.status, 303, answer.text);
  }

  /// Sends the form of the page that asks, if there is one; where the browser is sent then.
  async authorize(url, decision = 'approve') {
    const page = await this.go(url);
    if (page.status === 302) return { asked: false, url: new URL(page.location) };
    assert.strictEqual(page.status, 200, page.text);
    const answer = await this.go(actionOf(page, url), form({ csrf: csrfOf(page), decision }));
    assert.strictEqual(answer.status, 302, answer.text);
    return { asked: true, page, url: new URL(answer.location) };
  }
}

const unescape = (html) => html.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const csrfOf = (page) => {
  const found = /name="csrf" value="([^"]+)"/.exec(page.text);
  assert.ok(found, `a page with a form: ${page.status} ${page.text}`);
  return found[1];
};
const actionOf = (page, url) => new URL(unescape(/<form method="post" action="([^"]*)"/.exec(page.text)[1]), url);

async function register(more = {}) {
  const answer = await api('POST', '/v2/oauth/clients', { name: 'Photos', redirect_uris: [back], ...more });
  assert.strictEqual(answer.status, 201, JSON.stringify(answer));
  if (answer.data.secret) secrets.add(answer.data.secret);
  return answer.data;
}

function keep(tokens) {
  secrets.add(tokens.access_token);
  if (tokens.refresh_token) secrets.add(tokens.refresh_token);
  return tokens;
}

/// A client of openid-client, configured by discovery.
const configure = (client, authentication) => library.discovery(
  new URL(issuer), client.id, undefined, authentication || library.ClientSecretBasic(client.secret),
  { algorithm: 'oauth2', execute: [library.allowInsecureRequests] });

/// The code grant with PKCE from begin to end.
async function codeGrant(config, parameters = {}) {
  const verifier = library.randomPKCECodeVerifier();
  const state = library.randomState();
  const url = library.buildAuthorizationUrl(config, {
    redirect_uri: back, scope: 'user.read task.read task.write', state,
    code_challenge: await library.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...parameters,
  });
  const { url: returned } = await browser.authorize(url);
  secrets.add(returned.searchParams.get('code'));
  const tokens = keep(await library.authorizationCodeGrant(config, returned, { pkceCodeVerifier: verifier, expectedState: state }));
  return { tokens, returned, verifier, state };
}

const isError = (error, status) => (thrown) => {
  assert.strictEqual(thrown.error, error, thrown.stack);
  if (status) assert.strictEqual(thrown.status, status);
  return true;
};

/// Somebody who can log in; the number.
async function addUser(username) {
  const { data: user } = await api('POST', '/admin/v1/users', { username, email: `${username}@example.org` });
  const set = await api('PUT', `/admin/v1/users/${user.id}/password`, { password });
  assert.ok(set.status < 300, JSON.stringify(set));
  return user.id;
}

before(async () => {
  library = await import(path.join(__dirname, 'oauth-libraries/node_modules/openid-client/build/index.js'));
  server = await startServer({ tlsOn: false });
  issuer = `http://127.0.0.1:${server.port}`;
  await addUser('ann');
  ben = await addUser('ben');
  browser = new Browser();
  await browser.logIn('ann');
});
after(async () => { if (server) await server.stop(); });

test('openid-client discovers the server', async () => {
  const metadata = (await configure(await register())).serverMetadata();
  assert.strictEqual(metadata.issuer, issuer);
  assert.strictEqual(metadata.token_endpoint, `${issuer}/oauth/token`);
  assert.ok(metadata.supportsPKCE());
});

test('the code grant with PKCE gives tokens that the API takes', async () => {
  const client = await register();
  const { tokens, returned } = await codeGrant(await configure(client));
  assert.strictEqual(returned.searchParams.get('iss'), issuer);
  assert.strictEqual(tokens.token_type, 'bearer');
  assert.strictEqual(tokens.expires_in, 31536000);
  const me = await api('GET', '/v2/users/me', undefined, tokens.access_token);
  assert.strictEqual(me.data.username, 'ann');
  const job = await api('POST', '/v2/jobs', { tasks: { in: { operation: 'import/raw', file: 'hello', filename: 'a.txt' } } }, tokens.access_token);
  assert.strictEqual(job.status, 201);
  assert.strictEqual((await api('GET', '/v2/webhooks', undefined, tokens.access_token)).status, 403, 'that scope was not asked for');
});

test('an access token makes nothing that would outlive it', async () => {
  const { tokens } = await codeGrant(await configure(await register()), { scope: 'user.read user.write' });
  const attempt = async (method, target, body) => (await api(method, target, body, tokens.access_token)).status;
  assert.strictEqual(await attempt('POST', '/v2/keys', { name: 'mine' }), 403);
  assert.strictEqual(await attempt('POST', '/v2/oauth/clients', { name: 'Mine', redirect_uris: [back] }), 403);
  assert.strictEqual(await attempt('POST', '/v2/signed-urls', { name: 'mine' }), 403);
  assert.deepStrictEqual((await api('GET', '/v2/keys', undefined, tokens.access_token)).data, [], 'nor is it among the keys');
});

test('the user is asked once, unless the client wants it otherwise', async () => {
  const config = await configure(await register({ name: 'Asks <b>once</b>' }));
  const url = (more) => library.buildAuthorizationUrl(config, { redirect_uri: back, scope: 'task.read', state: 'a&b=c', ...more });
  const first = await browser.authorize(url({ prompt: 'none' }));
  assert.strictEqual(first.url.searchParams.get('error'), 'consent_required');
  const asked = await browser.authorize(url());
  assert.ok(asked.asked);
  assert.match(asked.page.text, /Asks &lt;b&gt;once&lt;\/b&gt;/);
  assert.match(asked.page.text, /See your jobs and tasks/);
  assert.match(asked.page.text, /<strong>app\.example\.org<\/strong>/);
  assert.match(asked.page.headers.get('content-security-policy'), /frame-ancestors 'none'.*form-action 'self' https:/);
  assert.strictEqual(asked.page.headers.get('cache-control'), 'no-store');
  assert.strictEqual(asked.url.searchParams.get('state'), 'a&b=c');
  assert.strictEqual((await browser.authorize(url())).asked, false);
  assert.strictEqual((await browser.authorize(url({ prompt: 'none' }))).asked, false);
  assert.strictEqual((await browser.authorize(url({ prompt: 'consent' }))).asked, true);
  assert.strictEqual((await browser.authorize(url({ scope: 'task.read user.read' }))).asked, true);
});

test('a user may say no', async () => {
  const config = await configure(await register());
  const url = library.buildAuthorizationUrl(config, { redirect_uri: back, scope: 'task.read', state: 's' });
  const { url: returned } = await browser.authorize(url, 'deny');
  await assert.rejects(library.authorizationCodeGrant(config, returned, { expectedState: 's' }), isError('access_denied'));
});

test('nobody decides for the user: the form has the token of the log-in', async () => {
  const config = await configure(await register());
  const url = library.buildAuthorizationUrl(config, { redirect_uri: back, scope: 'task.read' });
  const answer = await browser.go(url, form({ csrf: 'guessed', decision: 'approve' }));
  assert.strictEqual(answer.status, 403);
  const stranger = await new Browser().go(url);
  assert.strictEqual(stranger.status, 303);
  assert.match(stranger.location, /^\/login\?next=/);
});

test('a log-in comes back to the question', async () => {
  const config = await configure(await register());
  const url = library.buildAuthorizationUrl(config, { redirect_uri: back, scope: 'task.read' });
  const person = new Browser();
  const login = await person.go((await person.go(url)).location);
  const next = unescape(/name="next" value="([^"]+)"/.exec(login.text)[1]);
  const answer = await person.go('/login', form({ csrf: csrfOf(login), username: 'ann', password, next }));
  assert.strictEqual(answer.location, url.pathname + url.search);
  assert.strictEqual((await person.go(answer.location)).status, 200);
});

test('refresh tokens change at each use, and a former one ends everything', async () => {
  const config = await configure(await register());
  const { tokens: first } = await codeGrant(config);
  const second = keep(await library.refreshTokenGrant(config, first.refresh_token));
  assert.notStrictEqual(second.refresh_token, first.refresh_token);
  const third = keep(await library.refreshTokenGrant(config, second.refresh_token, { scope: 'task.read' }));
  assert.strictEqual(third.scope, 'task.read');
  assert.strictEqual((await api('GET', '/v2/tasks', undefined, third.access_token)).status, 200);
  await assert.rejects(library.refreshTokenGrant(config, first.refresh_token), isError('invalid_grant', 400));
  assert.strictEqual((await api('GET', '/v2/tasks', undefined, third.access_token)).status, 401);
  await assert.rejects(library.refreshTokenGrant(config, third.refresh_token), isError('invalid_grant', 400));
});

test('a code is good once, and what it gave ends when it comes again', async () => {
  const config = await configure(await register());
  const { tokens, returned, verifier, state } = await codeGrant(config);
  const again = library.authorizationCodeGrant(config, returned, { pkceCodeVerifier: verifier, expectedState: state });
  await assert.rejects(again, isError('invalid_grant', 400));
  assert.strictEqual((await api('GET', '/v2/tasks', undefined, tokens.access_token)).status, 401);
});

test('a code that comes eight times at once gives one token at most', async () => {
  const client = await register();
  const { url } = await browser.authorize(`${issuer}/oauth/authorize?response_type=code&client_id=${client.id}`);
  const body = { grant_type: 'authorization_code', code: url.searchParams.get('code'), client_id: client.id, client_secret: client.secret };
  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${issuer}/oauth/token`, form(body))));
  assert.strictEqual(answers.filter((answer) => answer.status === 200).length, 1);
});

test('a wrong verifier gets nothing', async () => {
  const config = await configure(await register());
  const verifier = library.randomPKCECodeVerifier();
  const challenge = await library.calculatePKCECodeChallenge(verifier);
  const { url } = await browser.authorize(library.buildAuthorizationUrl(config, {
    redirect_uri: back, scope: 'task.read', code_challenge: challenge, code_challenge_method: 'S256' }));
  const other = { pkceCodeVerifier: library.randomPKCECodeVerifier() };
  await assert.rejects(library.authorizationCodeGrant(config, new URL(url), other), isError('invalid_grant', 400));
  keep(await library.authorizationCodeGrant(config, new URL(url), { pkceCodeVerifier: verifier }));
});

test('a public client on a device uses PKCE and whatever port is free, and is asked about each time', async () => {
  const client = await register({ confidential: false, redirect_uris: ['http://127.0.0.1/back', 'com.example.app:/back'] });
  assert.strictEqual(client.secret, null);
  const config = await configure(client, library.None());
  const { tokens } = await codeGrant(config, { redirect_uri: 'http://127.0.0.1:49152/back' });
  assert.ok(tokens.refresh_token);
  keep(await library.refreshTokenGrant(config, tokens.refresh_token));
  const bare = library.buildAuthorizationUrl(config, { redirect_uri: 'com.example.app:/back', state: 's' });
  const { url } = await browser.authorize(bare);
  assert.strictEqual(url.searchParams.get('error'), 'invalid_request', 'without PKCE');
  const silent = library.buildAuthorizationUrl(config, {
    redirect_uri: 'com.example.app:/back', prompt: 'none', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' });
  assert.strictEqual((await browser.authorize(silent)).url.searchParams.get('error'), 'consent_required', 'any program can claim that address');
});

test('the implicit grant gives an access token in the fragment', async () => {
  const client = await register({ grant_types: ['implicit'] });
  const { url } = await browser.authorize(`${issuer}/oauth/authorize?response_type=token&client_id=${client.id}&scope=user.read,task.read&state=x`);
  assert.strictEqual(url.search, '');
  const answer = new URLSearchParams(url.hash.slice(1));
  assert.strictEqual(answer.get('token_type'), 'Bearer');
  assert.strictEqual(answer.get('expires_in'), '31536000');
  assert.strictEqual(answer.get('state'), 'x');
  assert.strictEqual(answer.get('refresh_token'), null);
  keep({ access_token: answer.get('access_token') });
  assert.strictEqual((await api('GET', '/v2/users/me', undefined, answer.get('access_token'))).data.username, 'ann');
  const denied = await browser.authorize(`${issuer}/oauth/authorize?response_type=token&client_id=${client.id}&scope=user.write`, 'deny');
  assert.match(denied.url.hash, /^#error=access_denied&error_description=/);
});

test('tokens can be looked at and revoked', async () => {
  const config = await configure(await register());
  const { tokens } = await codeGrant(config);
  const seen = await library.tokenIntrospection(config, tokens.access_token);
  assert.strictEqual(seen.active, true);
  assert.strictEqual(seen.scope, 'user.read task.read task.write');
  assert.strictEqual(seen.username, 'ann');
  assert.ok(seen.exp - seen.iat === 31536000);
  assert.strictEqual((await library.tokenIntrospection(config, tokens.refresh_token)).active, true);
  const other = await configure(await register());
  assert.strictEqual((await library.tokenIntrospection(other, tokens.access_token)).active, false, "another client's");
  await assert.rejects(library.tokenRevocation(other, tokens.access_token), isError('invalid_grant', 400));
  await library.tokenRevocation(config, tokens.access_token);
  assert.strictEqual((await library.tokenIntrospection(config, tokens.access_token)).active, false);
  await assert.rejects(library.refreshTokenGrant(config, tokens.refresh_token), isError('invalid_grant', 400));
  assert.strictEqual((await api('GET', '/v2/users/me', undefined, tokens.access_token)).status, 401);
  await library.tokenRevocation(config, tokens.access_token); // what is gone is no error
});

test('a client whose secret was changed or that is gone is refused', async () => {
  const client = await register();
  const config = await configure(client);
  const { tokens } = await codeGrant(config);
  const renewed = await api('POST', `/v2/oauth/clients/${client.id}/secret`);
  secrets.add(renewed.data.secret);
  await assert.rejects(library.refreshTokenGrant(config, tokens.refresh_token), (thrown) => thrown.cause?.[0] !== undefined || thrown.error === 'invalid_client');
  const again = await configure({ ...client, secret: renewed.data.secret });
  const fresh = keep(await library.refreshTokenGrant(again, tokens.refresh_token));
  assert.strictEqual((await api('DELETE', `/v2/oauth/clients/${client.id}`)).status, 204);
  assert.strictEqual((await api('GET', '/v2/users/me', undefined, fresh.access_token)).status, 401);
});

for (const [bodyFormat, authorizationMethod] of [['form', 'header'], ['form', 'body'], ['json', 'header'], ['json', 'body']]) {
  test(`simple-oauth2 gets, refreshes and revokes tokens: ${bodyFormat}, credentials in the ${authorizationMethod}`, async () => {
    const { id, secret } = await register();
    const client = new AuthorizationCode({
      client: { id, secret },
      auth: { tokenHost: issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke', authorizePath: '/oauth/authorize' },
      options: { bodyFormat, authorizationMethod, scopeSeparator: ',' },
    });
    const { url } = await browser.authorize(client.authorizeURL({ redirect_uri: back, scope: ['user.read', 'task.read'], state: 's' }));
    secrets.add(url.searchParams.get('code'));
    let token = await client.getToken({ code: url.searchParams.get('code'), redirect_uri: back });
    keep(token.token);
    assert.strictEqual(token.expired(), false);
    token = await token.refresh();
    keep(token.token);
    assert.strictEqual((await api('GET', '/v2/users/me', undefined, token.token.access_token)).data.username, 'ann');
    await token.revoke('refresh_token');
    assert.strictEqual((await api('GET', '/v2/users/me', undefined, token.token.access_token)).status, 401);
    await assert.rejects(token.refresh(), (thrown) => {
      assert.strictEqual(thrown.output.statusCode, 400);
      assert.strictEqual(thrown.data.payload.error, 'invalid_grant');
      assert.ok(thrown.data.payload.message);
      return true;
    });
  });
}

/// The command line, as its user calls it.
function recast(...args) {
  const environment = { ...process.env, RECAST_URL: issuer, RECAST_API_KEY: server.key };
  return execFileSync(path.join(binaries, 'recast'), args, { env: environment, encoding: 'utf8' });
}

test('the command line looks after clients and grants', async () => {
  const made = JSON.parse(recast('oauth', 'clients', 'create', 'Terminal', '--redirect-uri', back, '--json')).data;
  secrets.add(made.secret);
  assert.match(recast('oauth', 'clients', 'list'), new RegExp(`${made.id}  confidential  Terminal  ${back}`));
  const changed = recast('oauth', 'clients', 'change', made.id, '--name', 'Console', '--redirect-uri', 'http://localhost/back');
  assert.match(changed, /name Console\n {2}confidential\n.*\n {2}redirect URI http:\/\/localhost\/back\n$/);
  const secret = /secret (recast_secret_\w+)/.exec(recast('oauth', 'clients', 'rotate-secret', made.id))[1];
  secrets.add(secret);
  assert.notStrictEqual(secret, made.secret);
  assert.doesNotMatch(recast('oauth', 'clients', 'show', made.id), /secret/);
  const lone = recast('oauth', 'clients', 'create', 'Device', '--public', '--redirect-uri', 'com.example.device:/back', '--grant-type', 'authorization_code');
  assert.match(lone, /public\n {2}grant types authorization_code\n/);
  assert.match(recast('oauth', 'clients', 'list', '--all'), /Console/);
  recast('oauth', 'clients', 'delete', made.id);
  assert.doesNotMatch(recast('oauth', 'clients', 'list'), /Console/);
  assert.throws(() => recast('oauth', 'clients', 'create', 'Bad', '--redirect-uri', 'http://a.example/'), /must be https/);

  const person = new Browser();
  await person.logIn('ben');
  const client = await register({ name: 'Granted' });
  await person.authorize(`${issuer}/oauth/authorize?response_type=code&client_id=${client.id}&scope=task.read`);
  const { data: key } = await api('POST', `/admin/v1/users/${ben}/keys`, { name: 'ben' });
  const asBen = (...args) => recast('--key', key.token, 'oauth', 'grants', ...args);
  const [, grant] = /^ *(\d+) {2}Granted {2}task\.read {2}connected 0, last used never$/m.exec(asBen('list'));
  asBen('revoke', grant);
  assert.strictEqual(asBen('list'), '');
});

test('nothing of it rests in the clear', () => {
  let all = '';
  for (const entry of fs.readdirSync(server.folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath || entry.path, entry.name);
    if (entry.isFile() && entry.name !== 'key') all += fs.readFileSync(file, 'latin1');
  }
  assert.ok(all.includes(back), 'this looks at the right files');
  assert.ok(secrets.size > 40, `${secrets.size} secrets`);
  for (const secret of secrets) assert.ok(!all.includes(secret), 'a secret rests in the clear');
});
