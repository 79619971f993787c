// The storage routes of the Firebase emulator, without the rest that would download a rules engine: node firebase.js PORT
const { dirname } = require('path');
const root = dirname(require.resolve('firebase-tools/package.json'));
const { StorageEmulator } = require(root + '/lib/emulator/storage');
const { createApp } = require(root + '/lib/emulator/storage/server');
const { EmulatorRegistry } = require(root + '/lib/emulator/registry');
const port = Number(process.argv[2]);
const emulator = new StorageEmulator({ projectId: 'demo-recast', host: '127.0.0.1', port, rules: { name: 'none', content: 'none' } });
EmulatorRegistry.set(emulator.getName(), emulator);
createApp('demo-recast', emulator).then((app) => app.listen(port, '127.0.0.1'));
