'use strict';
// Runs `torc bench` on fixtures/bench-server.js, shortly and with torc's own loader.
const assert = require('assert');
const net = require('net');
const path = require('path');
const { spawn } = require('child_process');
require('./tmpdir');

const server = path.join(__dirname, '..', 'fixtures', 'bench-server.js');
const SHORT = ['--rounds=1', '--seconds=1', '--warm-up=0', '--loader=own', '--wait=20'];

// A port that nobody has at the moment, and that the kernel gives nobody who takes any (it has a range of its own for
// those): it is still free when the server wants it.
const PORT_MIN = 10_000;
const PORT_MAX = 32_000;

function freePort() {
  const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN));
  return new Promise((resolve) => {
    const probe = net.createServer().listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
    probe.on('error', () => resolve(freePort()));
  });
}

// Resolves with { status, stdout, stderr }.
function torc(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['bench', ...args], { env: { ...process.env, ...env } });
    const result = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (chunk) => { result[name] += chunk; });
    child.on('close', (status) => resolve({ ...result, status }));
  });
}

async function bench(mode, args = [], env = {}) {
  const PORT = String(await freePort());
  const url = `http://127.0.0.1:${PORT}/`;
  const result = await torc([server, '--url', url, '--connections=1,4', ...SHORT, ...args],
                            { PORT, MODE: mode, ...env });
  return { ...result, url };
}

async function expectError(mode, pattern, args) {
  const { status, stderr } = await bench(mode, args);
  assert.match(stderr, pattern);
  assert.strictEqual(status, 1);
  return { stderr };
}

// Its servers insist on the ring, whatever was made to fail; without its features it makes more calls.
if (process.env.TORC_IO_FAIL || process.env.TORC_IO_NO) process.exit(77);

// Without io_uring there is nothing to compare, and the message has to say so.
const hasUring = process.torc.io().reason === '' && process.torc.io().backend === 'uring';

module.exports = { bench, expectError, freePort, hasUring, server, torc };
