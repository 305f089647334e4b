'use strict';
// Alone
// Bodies that are received and forgotten die young: no full collection is needed for the sake of their buffers. The
// heap is that of the server alone. V8 makes one for reasons of its own now and then, the more often the slower all
// goes: the try with the fewest counts.

const assert = require('assert');
const { once } = require('events');
const http = require('http');
const net = require('net');
const { PerformanceObserver, constants } = require('perf_hooks');
const { Worker, isMainThread, parentPort } = require('worker_threads');
const main = require('../common/main');

const BODY = 64 * 1024;
const REQUESTS = 4000;
const FULL_MAX = 1; // one for every 64 MB would be 4
const TRIES = 5;

function upload(port) {
  const request = Buffer.concat([
    Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY}\r\n\r\n`), Buffer.alloc(BODY, 'b'),
  ]);
  let left = REQUESTS;
  const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
  socket.on('data', () => {
    if (--left > 0) socket.write(request);
    else socket.end();
  });
}

async function serve() {
  let full = 0;
  let bytes = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) full += detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
  });
  observer.observe({ entryTypes: ['gc'] });
  const server = http.createServer((req, res) => {
    req.on('data', (chunk) => { bytes += chunk.length; });
    req.on('end', () => res.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const counts = [];
  do {
    full = bytes = 0;
    const client = new Worker(__filename);
    client.postMessage(server.address().port);
    await once(client, 'exit');
    await new Promise(setImmediate); // what the observer has to tell
    assert.strictEqual(bytes, REQUESTS * BODY);
    counts.push(full);
  } while (full > FULL_MAX && counts.length < TRIES);
  server.close();
  assert.ok(full <= FULL_MAX, `full collections: ${counts}`);
}

if (isMainThread) main(serve);
else parentPort.once('message', upload);
