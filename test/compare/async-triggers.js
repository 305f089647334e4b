'use strict';
// Which resource triggers which, and that 'destroy' comes: before immediates, and before 'beforeExit'.

const { AsyncResource, createHook } = require('async_hooks');
const fs = require('fs');
const net = require('net');

const types = new Map();
const seen = new Set();
const destroyed = [];
createHook({
  init(id, type, trigger) {
    types.set(id, type);
    seen.add(`${type} by ${types.get(trigger) ?? 'the main script'}`);
  },
  destroy(id) {
    if (types.get(id) === 'MINE') destroyed.push(id);
  },
}).enable();

new AsyncResource('MINE').emitDestroy();
setImmediate(() => fs.writeSync(1, `${destroyed.length} destroyed before the immediate\n`));

const server = net.createServer((socket) => socket.end('hello'));
server.listen(0, () => {
  const client = net.connect(server.address().port, () => client.end('bye'));
  client.resume();
  client.on('close', () => server.close());
});

process.once('beforeExit', () => new AsyncResource('MINE').emitDestroy());
process.on('exit', () => {
  fs.writeSync(1, `${destroyed.length} destroyed\n`);
  // Writes may end at once or later: whether they have a request of their own is not said.
  fs.writeSync(1, [...seen].filter((line) => /WRAP/.test(line) && !/WRITE/.test(line)).sort().join('\n') + '\n');
});
