'use strict';
// Alone
// Many clients that send a head byte by byte, one a second: another client is served as fast as without them, and the
// time limits cut them off. LORIS_CONNECTIONS=10000 for the real thing. What else runs on the machine takes its time
// now and then: of several spans the calmest counts.
const assert = require('assert');
const http = require('http');
const net = require('net');
const { fork } = require('child_process');
const main = require('../common/main');

const CONNECTIONS = Number(process.env.LORIS_CONNECTIONS ?? 300);
const AT_ONCE = 100; // connections being opened
const BYTE_EVERY_MS = 1000;
const BYTES = 2; // then silence: a byte that comes when the server has closed may take the answer with it
const HEADERS_LIMIT_MS = 3000;
const CHECK_MS = 200;
const LATE_MS = 30_000; // how late a busy machine may cut them off
const MEASURED_MS = 400;
const SPANS = 5;
const P99_LIMIT_MS = 20;
const BUSY_FACTOR = 4; // where the machine is so busy that it takes long without them, too

if (process.argv[2] === 'server') {
  const server = http.createServer({
    headersTimeout: HEADERS_LIMIT_MS, requestTimeout: HEADERS_LIMIT_MS, connectionsCheckingInterval: CHECK_MS,
  }, (req, res) => res.end('served'));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit()); // Whatever ends the test ends this, too.
  return;
}

// One request after the other on one connection; the 99th percentile of how long they take in the calmest span.
async function calmest(port) {
  const agent = new http.Agent({ keepAlive: true });
  let best = Infinity;
  for (let i = 0; i < SPANS; i++) best = Math.min(best, await p99(port, agent));
  agent.destroy();
  return best;
}

async function p99(port, agent) {
  const times = [];
  for (const end = performance.now() + MEASURED_MS; performance.now() < end;) {
    const start = performance.now();
    await new Promise((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', agent }, (res) => res.resume().on('end', resolve)).on('error', reject);
    });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)];
}

class Loris {
  text = '';

  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text) => { this.text += text; });
    this.socket.on('error', () => {}); // what it sent after it was cut off
    this.opened = new Promise((resolve) => this.socket.on('connect', resolve));
    this.closed = new Promise((resolve) => this.socket.on('close', resolve)).then(() => clearInterval(this.timer));
    this.socket.write('GET / HTTP/1.1\r\nX: ');
    let left = BYTES;
    this.timer = setInterval(() => this.socket.writable && left-- > 0 && this.socket.write('x'), BYTE_EVERY_MS);
  }
}

main(async () => {
  const server = fork(__filename, ['server']);
  const port = await new Promise((resolve) => server.on('message', resolve));
  const alone = await calmest(port);
  const start = performance.now();
  const many = [];
  while (many.length < CONNECTIONS) {
    const some = Array.from({ length: Math.min(AT_ONCE, CONNECTIONS - many.length) }, () => new Loris(port));
    await Promise.all(some.map((one) => one.opened));
    many.push(...some);
  }
  const crowded = await calmest(port);
  console.log(`p99 alone ${alone.toFixed(2)} ms, beside ${CONNECTIONS} slow clients ${crowded.toFixed(2)} ms`);
  assert(crowded < Math.max(P99_LIMIT_MS, BUSY_FACTOR * alone));
  await Promise.all(many.map((one) => one.closed));
  const took = performance.now() - start;
  assert(took > HEADERS_LIMIT_MS - CHECK_MS && took < HEADERS_LIMIT_MS + LATE_MS, `cut off after ${took} ms`);
  const told = many.filter(({ text }) => text.startsWith('HTTP/1.1 408 Request Timeout')).length;
  console.log(`${told} of ${CONNECTIONS} were told 408, the last after ${Math.round(took)} ms`);
  assert(told > CONNECTIONS / 2);
  server.kill();
});
