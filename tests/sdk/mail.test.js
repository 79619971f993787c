// Notices by mail, against a real SMTP server (npm smtp-server) with STARTTLS and log-in; what arrives is read with
// mailparser.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { before, after, test } = require('node:test');
const { startServer, redirectHosts, until, callApi, binaries } = require('./harness.js');

const modules = path.join(__dirname, 'smtp/node_modules');
const { SMTPServer } = require(path.join(modules, 'smtp-server'));
const { simpleParser } = require(path.join(modules, 'mailparser'));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recast-mail-'));
const mails = [];
const sessions = [];
let refusals = 0;
let smtp, server;

function certificate() {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'smtp.key',
    '-out', 'smtp.pem', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'], { cwd: folder, stdio: 'pipe' });
}

before(async () => {
  certificate();
  smtp = new SMTPServer({
    key: fs.readFileSync(`${folder}/smtp.key`), cert: fs.readFileSync(`${folder}/smtp.pem`), authMethods: ['PLAIN', 'LOGIN'],
    onAuth(auth, session, done) {
      const good = auth.username === 'recast' && auth.password === 'pass "word" ä';
      done(good ? null : new Error('Wrong name or password'), good ? { user: 1 } : undefined);
    },
    onMailFrom(address, session, done) {
      if (refusals-- > 0) return done(Object.assign(new Error('Come back later'), { responseCode: 451 }));
      return done();
    },
    onData(stream, session, done) {
      const parts = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', async () => {
        const raw = Buffer.concat(parts);
        sessions.push(session);
        mails.push({ raw: raw.toString(), to: session.envelope.rcptTo, from: session.envelope.mailFrom, secure: session.secure, parsed: await simpleParser(raw) });
        done();
      });
    },
  });
  await new Promise((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  fs.writeFileSync(`${folder}/password.toml`, `
[mail]
server = "smtp://127.0.0.1:${smtp.server.address().port}"
user = "recast"
password = 'pass "word" ä'
ca_bundle = "${folder}/smtp.pem"
from = "Recast für alle <recast@example.org>"
retry_seconds = ["0", "0", "0"]
own_name = "recast.example.org"
[engines.imagemagick.install.old]
path = "/usr"
deprecated = true
[webhooks]
retry_seconds = ["0"]
[outbound]
allow_cidrs = ["127.0.0.0/8"]
[api]
public_api_url = "https://api.cloudconvert.com"
`);
  server = await startServer({ settings: ['--config', `${folder}/password.toml`] });
  redirectHosts(server);
});
after(async () => {
  if (server) await server.stop();
  if (smtp) await new Promise((resolve) => smtp.close(resolve));
  fs.rmSync(folder, { recursive: true, force: true });
});

const api = (method, target, body) => callApi(server, method, target, body);
const about = (text) => mails.filter((mail) => mail.parsed.subject.includes(text));

test('a webhook that fails is told of by mail, over TLS, once', async () => {
  refusals = 1; // the first attempt is refused for now
  const webhook = await api('POST', 'webhooks', { url: 'http://ann:secret@127.0.0.1:1/hook?token=abc', events: ['job.created'] });
  const job = { tasks: { in: { operation: 'import/raw', file: 'x', filename: 'a.txt' } } };
  await api('POST', 'jobs', job);
  await until(() => about('webhook').length, 30000, 'the mail');
  const [mail] = about('webhook');
  assert.strictEqual(mail.parsed.subject, 'Your webhook does not answer');
  assert.strictEqual(mail.parsed.from.value[0].name, 'Recast für alle');
  assert.strictEqual(mail.from.address, 'recast@example.org');
  assert.deepStrictEqual(mail.to.map((one) => one.address), ['admin@localhost']);
  assert.ok(mail.secure, 'the password went over TLS');
  assert.match(mail.parsed.text, new RegExp(`webhook ${webhook.id} could not be delivered`));
  assert.match(mail.parsed.text, /http:\/\/127\.0\.0\.1:1\/hook\n/);
  assert.ok(!mail.raw.includes('secret') && !mail.raw.includes('abc'), 'nothing secret of the address');
  assert.match(mail.parsed.text, /Recast https:\/\/api\.cloudconvert\.com/);
  assert.strictEqual(mail.parsed.headers.get('auto-submitted'), 'auto-generated');
  assert.strictEqual(sessions[0].hostNameAppearsAs, 'recast.example.org');
  await api('POST', 'jobs', job);
  await until(async () => (await api('GET', 'webhooks/deliveries')).filter((one) => one.outcome === 'failed').length === 2, 30000, 'the second failure');
  const notices = await api('GET', 'users/me/notices');
  assert.strictEqual(notices.filter((one) => one.kind === 'webhook.failing').length, 1);
  const notice = await until(async () => (await api('GET', 'users/me/notices?unread=true')).find((one) => one.mailed_at), 10000, 'the mark');
  assert.strictEqual((await api('POST', `users/me/notices/${notice.id}/read`)).id, notice.id);
  assert.deepStrictEqual(await api('GET', 'users/me/notices?unread=true'), []);
});

/** `recast notices settings …` */
function settings(...words) {
  const environment = { ...process.env, RECAST_URL: `https://127.0.0.1:${server.port}`, RECAST_CA_FILE: server.authority, RECAST_API_KEY: server.key };
  return execFileSync(`${binaries}/recast`, ['notices', 'settings', ...words], { env: environment, encoding: 'utf8', stdio: 'pipe' });
}

/** A further webhook that fails, once its notice is there. */
async function fail(name) {
  const webhook = await api('POST', 'webhooks', { url: `http://127.0.0.1:1/${name}`, events: ['job.created'] });
  await api('POST', 'jobs', { tasks: { in: { operation: 'import/raw', file: 'x', filename: 'a.txt' } } });
  await until(() => noticeOf(name), 30000, 'the notice');
  await api('DELETE', `webhooks/${webhook.id}`);
}
const noticeOf = async (name) => (await api('GET', 'users/me/notices')).find((one) => String(one.values.url).endsWith(`/${name}`));
const mailsOf = (name) => mails.filter((mail) => mail.parsed.text.includes(`http://127.0.0.1:1/${name}\n`));

test('a user gets mails in the language that was chosen', async () => {
  assert.match(settings(), /^language of the server \(there are: de en\)\nengine\.deprecated {2}by mail\n/);
  assert.throws(() => settings('--language', 'fr'), /There are no notices in "fr", only in de, en/);
  assert.throws(() => settings('--mail', 'credits.high=on'), /There is no notice "credits.high"/);
  assert.throws(() => settings('--mail', 'credits.low'), /takes a kind with =on or =off/);
  assert.match(settings('--language', 'de'), /^language de /);
  await fail('german');
  await until(() => mailsOf('german').length, 30000, 'the mail');
  assert.strictEqual(mailsOf('german')[0].parsed.subject, 'Ihr Webhook antwortet nicht');
  const changed = JSON.parse(settings('--language', 'server', '--mail', 'webhook.failing=off', 'engine.deprecated=off', '--mail', 'engine.deprecated=on', '--json')).data;
  assert.deepStrictEqual([changed.language, changed.mail['webhook.failing'], changed.mail['engine.deprecated']], [null, false, true]);
  await fail('muted');
});

test('a deprecated engine version works, says so, and is told of once a day', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  for (let i = 0; i < 2; ++i) {
    const made = await api('POST', 'jobs', { tasks: {
      in: { operation: 'import/base64', file: png, filename: 'dot.png' },
      out: { operation: 'convert', input: 'in', output_format: 'bmp', engine: 'imagemagick' },
    } });
    const job = await until(async () => {
      const now = await api('GET', `jobs/${made.id}`);
      return now.status === 'finished' || now.status === 'error' ? now : undefined;
    }, 60000, 'the job');
    const task = job.tasks.find((one) => one.operation === 'convert');
    assert.strictEqual(job.status, 'finished', JSON.stringify(task));
    assert.match(task.message, /imagemagick \S+ is deprecated\.$/);
  }
  await until(() => about('deprecated').length, 30000, 'the mail');
  assert.match(about('deprecated')[0].parsed.subject, /^imagemagick [\d.-]+ is deprecated$/);
  assert.strictEqual((await api('GET', 'users/me/notices')).filter((one) => one.kind === 'engine.deprecated').length, 1);
});

test('of a kind that was muted nothing came, nor does it later', async () => {
  // The mail of the test before was written after this notice, and mails go out in their order.
  assert.strictEqual(mailsOf('muted').length, 0);
  assert.strictEqual((await noticeOf('muted')).mailed_at, null);
  assert.match(settings('--mail', 'webhook.failing=on'), /webhook\.failing +by mail/);
  await fail('wanted');
  await until(() => mailsOf('wanted').length, 30000, 'the mail');
  assert.strictEqual(mailsOf('muted').length, 0);
});
