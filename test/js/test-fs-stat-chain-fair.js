'use strict';
// Chains of cached stats, whose results are known at once, keep neither timers, immediates nor sockets waiting.
const assert = require('assert');
const fs = require('fs');
const net = require('net');

const CHAINS = 64;
const ECHOES = 50;
let done = false;
let stats = 0;
let immediates = 0;
let timeouts = 0;

async function chain() {
  for (; !done; stats++) await fs.promises.stat(__filename);
}

function countImmediates() {
  immediates++;
  if (!done) setImmediate(countImmediates);
}

const timer = setInterval(() => { timeouts++; }, 1);
const chains = Promise.all(Array.from({ length: CHAINS }, chain));
countImmediates();

const server = net.createServer((socket) => socket.pipe(socket)).listen(0, () => {
  const socket = net.connect(server.address().port);
  let echoes = 0;
  socket.write('x');
  socket.on('data', () => {
    if (++echoes < ECHOES || timeouts < 10) return socket.write('x');
    socket.end();
    server.close();
    finish();
  });
});

async function finish() {
  done = true;
  await chains;
  clearInterval(timer);
  // Each turn of the loop tells each chain at most one result.
  assert.ok(stats <= (immediates + 1) * CHAINS, `${stats} stats in ${immediates} turns`);
  assert.ok(immediates > 10);
}

process.on('exit', () => assert.ok(done));
