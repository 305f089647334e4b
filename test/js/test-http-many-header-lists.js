// Flags: --expose-gc
'use strict';
// More sequences of header names than the engine makes shapes for, each of them repeated, on the main thread and in a
// worker that ends meanwhile: all headers are right.
const assert = require('assert');
const http = require('http');
const net = require('net');
const { Worker, isMainThread } = require('worker_threads');

const SEQUENCES = 400;
const TIMES = 3; // in a row
const ROUNDS = 2;
const ALL = SEQUENCES * TIMES * ROUNDS;

// The digits of i decide which names there are.
function namesOf(i) {
  const names = ['host'];
  for (let bit = 0; 1 << bit <= i; bit++) if (i & 1 << bit) names.push(`x-bit-${bit}`);
  return names;
}

const head = (i, turn) =>
  `GET /${i} HTTP/1.1\r\n${namesOf(i).map((name) => `${name}: ${name}${turn}`).join('\r\n')}\r\n\r\n`;

let seen = 0;
const server = http.createServer((req, res) => {
  const i = +req.url.slice(1);
  const turn = seen++ % TIMES;
  assert.deepStrictEqual(req.headers, Object.fromEntries(namesOf(i).map((name) => [name, `${name}${turn}`])));
  if (i === 0) global.gc();
  res.end();
  if (seen === ALL) server.close();
});

server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1').resume();
  for (let n = 0; n < ALL; n++) socket.write(head(Math.floor(n / TIMES) % SEQUENCES, n % TIMES));
  socket.end();
});
process.on('exit', () => assert.strictEqual(seen, ALL));

if (isMainThread) new Worker(__filename).on('error', (error) => { throw error; });
