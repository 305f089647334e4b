'use strict';
// Connections cut at random moments by either side leak no descriptor, no operation and no receive buffer: after the
// storm every gauge is back where it was. SOAK_SECONDS and SOAK_CONNECTIONS make it longer and larger; a failing run
// prints its seed, which SOAK_SEED replays.

const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');
const { setTimeout: sleep } = require('timers/promises');
const { isDeepStrictEqual } = require('util');
const main = require('../common/main');

const SECONDS = Number(process.env.SOAK_SECONDS ?? 2);
const CONNECTIONS = Number(process.env.SOAK_CONNECTIONS ?? 200);
const ENOUGH = 2 * CONNECTIONS;
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
// Not timers: the library has one for all of its own.
const GAUGES = ['ops', 'slots', 'refs', 'parked', 'bufs_lent', 'jobs_running'];
const BODY = Buffer.alloc(100_000, 'x');
const MAX_DELAY_MS = 30;
const STEP_MS = 10; // between looks at gauges that have to come down
const STEPS = 3000;

let state = seed;
function random(limit) { // a linear congruential generator: the same seed cuts in the same order
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state % limit;
}

function gauges() {
  const io = process.torc.io();
  return { ...Object.fromEntries(GAUGES.map((name) => [name, io[name]])), fds: fs.readdirSync('/proc/self/fd').length };
}

let opened = 0;
let answered = 0;
let deadline;
const cuts = [
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
  (socket) => { socket.pause(); setTimeout(() => socket.destroy(), random(MAX_DELAY_MS)); },
  (socket) => { socket.write('junk\r\n'); socket.destroySoon(); },
];

const server = http.createServer((req, res) => {
  if (random(8) === 0) return void cuts[random(cuts.length)](req.socket);
  res.write(BODY);
  setTimeout(() => res.end(BODY), random(MAX_DELAY_MS));
});
server.on('clientError', (err, socket) => socket.destroy());

function open(port, done) {
  opened++;
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.on('data', () => { answered++; });
  // A busy machine gets the time that it takes for something to happen.
  socket.on('close', () => (Date.now() < deadline || opened < ENOUGH || answered === 0 ? open(port, done) : done()));
  const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
  socket.write(request.slice(0, 1 + random(request.length)));
  if (random(2)) socket.write(request);
  setTimeout(() => cuts[random(cuts.length)](socket), random(MAX_DELAY_MS));
}

// Warm up what is made on first use (timers, pools, the cached descriptor of /proc/self/fd), then compare.
function storm(done) {
  server.listen(0, '127.0.0.1', () => {
    let left = CONNECTIONS;
    deadline = Date.now() + SECONDS * 1000;
    const { port } = server.address();
    const finish = () => { if (--left === 0) server.close(() => setImmediate(done)); };
    for (let i = 0; i < CONNECTIONS; i++) open(port, finish);
    setInterval(() => Date.now() > deadline + 1000 && server.closeAllConnections(), 1000).unref();
  });
}

process.on('exit', (code) => { if (code) console.error(`SOAK_SEED=${seed}`); });
main(async () => {
  const before = gauges();
  await new Promise(storm);
  // The last sockets close some turns after the server's own 'close'.
  let after;
  for (let i = 0; i < STEPS; i++) {
    await sleep(STEP_MS);
    after = gauges();
    if (isDeepStrictEqual(after, before)) break;
  }
  assert.deepStrictEqual(after, before);
  console.log(`${opened} connections, ${answered} chunks`, process.torc.io());
});
