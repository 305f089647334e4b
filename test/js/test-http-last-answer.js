'use strict';
// The last answer of a connection, and its end: a client gets all of it, however slowly it reads, and then the end. A
// short one takes the server few operations: accept, one receive, and the send with the close behind it. A client that
// is held up between connecting and asking costs more: the try with the fewest counts.
const assert = require('assert');
const http = require('http');
const net = require('net');
const { fork } = require('child_process');
const main = require('../common/main');

const CONNECTIONS = 50;
const TRIES = 5;
const OPERATIONS_MAX = 3.5; // of a connection; some are for the client's process
const SLOW_MS = 20;
const SIZES = [0, 1, 1000, 16_000, 17_000, 100_000, 5_000_000];

async function ask(port, size, { slow = false, after = '' } = {}) {
  const socket = net.connect(port, '127.0.0.1');
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(`GET /${size} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${after}`);
  if (slow) {
    socket.pause();
    setTimeout(() => socket.resume(), SLOW_MS);
  }
  await new Promise((resolve, reject) => socket.on('end', resolve).on('error', reject));
  const text = Buffer.concat(chunks).toString('latin1');
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(text, /\r\nConnection: close\r\n/);
  assert.strictEqual(text.length - text.indexOf('\r\n\r\n') - 4, size);
}

async function client(port) {
  for (let i = 0; i < CONNECTIONS; i++) await ask(port, 1);
}

main(async () => {
  if (process.argv[2] === 'client') return client(process.argv[3]);
  const server = http.createServer((req, res) => res.end(Buffer.alloc(Number(req.url.slice(1)), 'x')));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  for (const size of SIZES) {
    for (const slow of [false, true]) await ask(port, size, { slow });
    await ask(port, size, { after: '\r\n' });
  }

  // So few where nothing of the ring is missing, or fails.
  const { TORC_HTTP, TORC_IO_NO, TORC_IO_FAIL } = process.env;
  if (TORC_HTTP !== 'classic' && !TORC_IO_NO && !TORC_IO_FAIL) {
    let each = Infinity;
    for (let i = 0; i < TRIES && each >= OPERATIONS_MAX; i++) {
      const before = process.torc.io().sqes;
      await new Promise((resolve) => fork(__filename, ['client', port]).on('exit', resolve));
      each = Math.min(each, (process.torc.io().sqes - before) / CONNECTIONS);
    }
    assert(each < OPERATIONS_MAX, `${each} operations for each connection`);
  }
  server.close();
});
