// A real OpenID Connect provider (npm oidc-provider) on loopback, which can be made to misbehave.
'use strict';
const http = require('node:http');
const path = require('node:path');

const people = {
  ann: { email: 'ann@example.org', email_verified: true, preferred_username: 'ann', groups: ['staff'] },
  root: { email: 'root@example.org', email_verified: true, preferred_username: 'boss', groups: ['staff', 'recast-admins'] },
  mallory: { email: 'mallory@evil.example', email_verified: true, preferred_username: 'mallory' },
  liar: { email: 'liar@example.org', email_verified: false, preferred_username: 'liar' },
};

/** Its issuer is known at once; it answers after `open(clients)`. `state.spoil` changes the answers of the token endpoint. */
async function startProvider() {
  const state = { spoil: null, handle: (request, response) => response.writeHead(503).end() };
  const server = http.createServer((request, response) => {
    if (state.spoil && request.url.startsWith('/token')) spoilAnswer(response, state.spoil);
    state.handle(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${server.address().port}`;
  const open = async (clients) => {
    const { default: Provider } = await import(path.join(__dirname, 'provider/node_modules/oidc-provider/lib/index.js'));
    const provider = new Provider(issuer, {
      clients: clients.map(({ id, secret, redirect, algorithm }) => ({
        client_id: id, redirect_uris: [redirect], id_token_signed_response_alg: algorithm || 'RS256',
        ...(secret ? { client_secret: secret } : { token_endpoint_auth_method: 'none' }),
      })),
      jwks: { keys: makeKeys() },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['preferred_username', 'groups'] },
      findAccount: (_, id) => (people[id] ? { accountId: id, claims: () => ({ sub: id, ...people[id] }) } : undefined),
      cookies: { keys: ['for tests only'] },
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    });
    state.handle = provider.callback();
  };
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { issuer, open, stop, state, port: server.address().port };
}

function makeKeys() {
  const { generateKeyPairSync } = require('node:crypto');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return [{ ...rsa, kid: 'r1', use: 'sig', alg: 'RS256' }, { ...ec, kid: 'e1', use: 'sig', alg: 'ES256' }];
}

/** The body is one string; `spoil` gets it as an object. */
function spoilAnswer(response, spoil) {
  const end = response.end.bind(response);
  response.end = (body, ...rest) => {
    if (!body) return end(body, ...rest);
    const changed = JSON.stringify(spoil(JSON.parse(body.toString())));
    response.setHeader('Content-Length', Buffer.byteLength(changed));
    return end(changed, ...rest);
  };
}

module.exports = { startProvider };
