'use strict';
// Alone
// AsyncLocalStorage through every way back from C.
const { AsyncLocalStorage, AsyncResource, executionAsyncId } = require('async_hooks');
const fs = require('fs');
const net = require('net');
const als = new AsyncLocalStorage();
const lines = [];
const log = (where) => lines.push(`${where}: ${als.getStore()}`);

als.run('main', () => {
  setTimeout(log, 1, 'timeout');
  setImmediate(log, 'immediate');
  process.nextTick(log, 'tick');
  queueMicrotask(() => log('microtask'));
  fs.stat(__filename, () => log('stat'));
  fs.promises.stat(__filename).then(() => log('promises.stat'));
  const bound = AsyncResource.bind(() => log('bound'));
  als.run('other', () => {
    bound();
    setTimeout(() => log('other timeout'), 1);
  });
  const server = net.createServer((s) => s.end()).listen(0, '127.0.0.1', () => {
    log('listening');
    const c = net.connect(server.address().port, '127.0.0.1', () => log('connect'));
    c.resume().on('close', () => {
      log('close');
      server.close();
    });
  });
});
log('outside');
setTimeout(() => log('outside timeout'), 1);
process.on('exit', () => console.log(lines.sort().join('\n'), executionAsyncId()));
