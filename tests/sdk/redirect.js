// From here on every TLS connection of this process to *.cloudconvert.com goes to a server on loopback. The SDKs are
// unmodified: only tls.connect of this process knows another address. For programs of their own (the CLI) this file is
// loaded by `node --require` and finds the server in the environment.
'use strict';
const fs = require('node:fs');
const tls = require('node:tls');

/** @param {{port: number, authority: string}} server authority is the path of its certificate authority */
function redirectHosts({ port, authority }) {
  const connect = tls.connect;
  const ca = fs.readFileSync(authority);
  tls.connect = function (...args) {
    const options = typeof args[0] === 'object' ? args[0] : null;
    const host = options && (options.servername || options.host || options.hostname);
    if (host && host.endsWith('cloudconvert.com')) {
      args[0] = { ...options, host: '127.0.0.1', hostname: '127.0.0.1', port, servername: host, ca, path: undefined };
    }
    return connect.apply(this, args);
  };
}

if (process.env.RECAST_TEST_PORT) redirectHosts({ port: Number(process.env.RECAST_TEST_PORT), authority: process.env.RECAST_TEST_AUTHORITY });

module.exports = { redirectHosts };
