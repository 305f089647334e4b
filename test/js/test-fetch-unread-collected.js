// Flags: --expose-gc
'use strict';
// The body of a response that nobody reads and nobody can read any more is cancelled.
const http = require('http');
const { once } = require('events');
const { setTimeout: sleep } = require('timers/promises');
const main = require('../common/main');

const STEP_MS = 10;

main(async () => {
  const server = http.createServer((req, res) => res.write('begun')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let isClosed = false;
  server.on('request', (req, res) => res.on('close', () => { isClosed = true; }));
  await (async () => { await fetch(`http://127.0.0.1:${server.address().port}/`); })();
  while (!isClosed) { // until the limit of time of a test
    gc();
    await sleep(STEP_MS);
  }
  server.close();
  server.closeAllConnections();
});
