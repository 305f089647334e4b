// Flags: --expose-gc --min-semi-space-size=16
'use strict';
// A collection of the young generation frees what requests of fetch() and streams have left.
const assert = require('assert');
const http = require('http');
const { Writable } = require('stream');
const { once } = require('events');
const { setImmediate } = require('timers/promises');
const main = require('../common/main');

const WARM_UP = 100;
const REQUESTS = 300;
const STREAMS = 1000;
const LEFT_MAX = 2000; // bytes each
const TRIES = 5; // V8 may begin a full collection, or compile, at any time

async function collect() {
  // Twice: what finalizers let go is garbage in the second round.
  for (let i = 0; i < 2; i++) {
    gc();
    await setImmediate();
  }
}

// What only a full collection frees.
async function leftBy(count, make) {
  await collect();
  for (let i = 0; i < count; i++) await make();
  gc({ type: 'minor' });
  gc({ type: 'minor' });
  const left = process.memoryUsage().heapUsed;
  await collect();
  return (left - process.memoryUsage().heapUsed) / count;
}

async function expectFreed(what, count, make) {
  let least = Infinity;
  for (let i = 0; i < TRIES && least > LEFT_MAX; i++) least = Math.min(least, await leftBy(count, make));
  assert(least <= LEFT_MAX, `${what}: ${least} bytes each are left`);
}

main(async () => {
  const server = http.createServer((req, res) => res.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const request = async () => (await fetch(url)).text();
  for (let i = 0; i < WARM_UP; i++) await request();
  await expectFreed('fetch()', REQUESTS, request);
  await expectFreed('a Writable', STREAMS, () => {
    const stream = new Writable();
    stream.load = new Array(LEFT_MAX).fill(0); // of eight bytes
  });
  server.close();
  server.closeAllConnections();
});
