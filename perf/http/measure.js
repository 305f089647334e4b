'use strict';
// One measurement: what is measured on one processor, what it talks to on another: a server and its loader (load.c), or
// a client and its server.

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { spawn } = require('child_process');
const { cpuSeconds } = require('../common/lib.js');
const { answerOf, workloads } = require('./workloads.js');

const HEAP_CONNECTIONS = 8; // few, so that their own memory does not count
const HEAP_WARM_UP = 3000; // requests
const HEAP_REQUESTS = 1500;
const HEAP_REQUEST_MAX = 16 * 1024; // bytes; buffers, which are outside of the heap, have it collected
// So much garbage is made between two measurements of the heap, and none may be collected.
const ROOMY_HEAP = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
const COLLECTABLE = '--expose-gc';
const IDLE_WARM_UP_CONNECTIONS = 256;

const SERVER = path.join(__dirname, 'server.js');
const CLIENT = path.join(__dirname, 'client.js');

// A process whose stdout is lines; stderr is kept for error messages.
class Lines {
  constructor(cpu, command, env = process.env) {
    // Everything that follows may open as many files as this user may.
    const words = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', 'taskset', '-c', `${cpu}`, ...command];
    this.child = spawn('sh', words, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.err = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.err += text; });
    this.child.stdin.on('error', () => {}); // It has ended: next() tells.
    this.closed = new Promise((resolve) => this.child.on('close', (code, signal) => resolve(code ?? signal)));
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.name = command.slice(0, 2).map((word) => path.basename(word)).join(' ');
  }

  async next() {
    const { value, done } = await this.lines.next();
    if (!done) return value;
    throw new Error(`${this.name} ended with ${await this.closed}: ${this.err.trim() || 'it said nothing'}`);
  }
}

class Server extends Lines {
  static async start(setting, runtime, name, options = []) {
    const env = { ...process.env, ...setting.env, ...runtime.env };
    const server = new Server(setting.cpus.server, [...runtime.command, ...options, SERVER, name], env);
    const line = await server.next();
    const match = /http:\/\/([\d.]+):(\d+)/.exec(line);
    if (!match) throw new Error(`${runtime.name} said '${line}' instead of where it listens`);
    [, server.address, server.port] = match;
    return server;
  }

  async ask(what) {
    this.child.stdin.write(`${what}\n`);
    return JSON.parse(await this.next());
  }

  cpuSeconds() {
    return cpuSeconds(this.child.pid);
  }

  // Memory of its own: what it alone would free.
  anonymousBytes() {
    const rollup = fs.readFileSync(`/proc/${this.child.pid}/smaps_rollup`, 'latin1');
    return Number(/^Anonymous:\s+(\d+) kB/m.exec(rollup)[1]) * 1024;
  }

  async stop() {
    this.child.kill('SIGKILL');
    await this.closed;
  }
}

class Client extends Lines {
  constructor(setting, runtime, name, server, options) {
    const env = { ...process.env, ...setting.env, ...runtime.env };
    const url = `http://${server.address}:${server.port}/`;
    super(setting.cpus.server, [...runtime.command, ...options, CLIENT, name, url], env);
  }

  // what: as client.js has it.
  async ask(what) {
    this.child.stdin.write(`${what}\n`);
    return JSON.parse(await this.next());
  }

  cpuSeconds() {
    return cpuSeconds(this.child.pid);
  }

  async stop() {
    this.child.kill('SIGKILL');
    await this.closed;
  }
}

function startLoader(setting, server, { mode, connections, depth }, amount) {
  return new Lines(setting.cpus.loader, [
    setting.loader, mode, server.address, server.port, `${connections}`, `${depth}`, `${amount}`, setting.requestFile,
    setting.answerFile,
  ]);
}

async function load(setting, server, how, amount) {
  return JSON.parse(await startLoader(setting, server, how, amount).next());
}

// The files that the loader reads.
function prepare(setting, workload) {
  if (workload.client) return;
  fs.writeFileSync(setting.requestFile, workload.request);
  fs.writeFileSync(setting.answerFile, answerOf(workload));
}

async function withServer(setting, runtime, name, options, work) {
  const server = await Server.start(setting, runtime, name, options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function measureLoad(setting, runtime, name, workload) {
  return withServer(setting, runtime, name, [], async (server) => {
    await load(setting, server, workload, setting.warmUp);
    const before = { cpu: server.cpuSeconds(), ...await server.ask('state') };
    const result = await load(setting, server, workload, setting.seconds);
    const after = { cpu: server.cpuSeconds(), ...await server.ask('state') };
    const { requests, seconds, latency_us: latency } = result;
    return {
      cpu: (after.cpu - before.cpu) / requests * 1e6,
      rate: requests / seconds,
      p50: latency['50'],
      p99: latency['99'],
      throughput: workload.size ? requests * workload.size / seconds / 1e6 : undefined,
      calls: after.io ? (after.io.calls - before.io.calls) / requests : undefined,
      enters: after.io ? (after.io.enters - before.io.enters) / requests : undefined,
    };
  });
}

// Bytes of V8's heap that a request takes, garbage included; undefined where it cannot be told.
async function measureHeap(setting, runtime, name, workload) {
  const { mode, size, request } = workload;
  if (!runtime.isV8 || mode !== 'keep' || size || request.length > HEAP_REQUEST_MAX) return undefined;
  return withServer(setting, runtime, name, [COLLECTABLE, ...ROOMY_HEAP], async (server) => {
    const how = { mode: 'count', connections: HEAP_CONNECTIONS, depth: workload.depth };
    await load(setting, server, how, HEAP_WARM_UP);
    const before = await server.ask('collect');
    const { requests } = await load(setting, server, how, HEAP_REQUESTS);
    const after = await server.ask('state');
    const bytes = (after.heap - before.heap) / requests;
    return bytes > 0 ? bytes : undefined; // It did collect.
  });
}

// Bytes of memory for each connection that does nothing, after it was used once.
async function measureIdle(setting, runtime, name, workload) {
  const options = runtime.collectable ?? [COLLECTABLE];
  return withServer(setting, runtime, name, options, async (server) => {
    const warm = { mode: 'count', connections: IDLE_WARM_UP_CONNECTIONS, depth: 1 };
    await load(setting, server, warm, HEAP_WARM_UP);
    await server.ask('collect');
    const before = server.anonymousBytes();
    const loader = startLoader(setting, server, workload, 0);
    const { held } = JSON.parse(await loader.next());
    await server.ask('collect');
    const memory = (server.anonymousBytes() - before) / held;
    loader.child.stdin.end();
    await loader.next(); // its result: all answers were right, all connections stayed
    return { memory };
  });
}

async function withClient(setting, runtime, name, options, work) {
  const other = { ...setting, cpus: { server: setting.cpus.loader } };
  return withServer(other, setting.peer, workloads[name].peer, [], async (server) => {
    const client = new Client(setting, runtime, name, server, options);
    try {
      return await work(client);
    } finally {
      await client.stop();
    }
  });
}

async function measureClientHeap(setting, runtime, name) {
  if (!runtime.isV8) return undefined;
  return withClient(setting, runtime, name, [COLLECTABLE, ...ROOMY_HEAP], async (client) => {
    await client.ask(`count ${HEAP_CONNECTIONS} ${HEAP_WARM_UP}`);
    const { heap, requests } = await client.ask(`count ${HEAP_CONNECTIONS} ${HEAP_REQUESTS}`);
    const bytes = heap / requests;
    return bytes > 0 ? bytes : undefined; // It did collect.
  });
}

async function measureClient(setting, runtime, name, { connections }) {
  const figures = await withClient(setting, runtime, name, [], async (client) => {
    await client.ask(`load ${connections} ${setting.warmUp}`);
    const before = client.cpuSeconds();
    const { requests, seconds, calls, enters } = await client.ask(`load ${connections} ${setting.seconds}`);
    return {
      cpu: (client.cpuSeconds() - before) / requests * 1e6,
      rate: requests / seconds,
      calls: calls === undefined ? undefined : calls / requests,
      enters: enters === undefined ? undefined : enters / requests,
    };
  });
  return { ...figures, heap: await measureClientHeap(setting, runtime, name) };
}

async function measure(setting, runtime, name, workload) {
  if (workload.mode === 'client') return measureClient(setting, runtime, name, workload);
  if (workload.mode === 'hold') return measureIdle(setting, runtime, name, workload);
  const figures = await measureLoad(setting, runtime, name, workload);
  return { ...figures, heap: await measureHeap(setting, runtime, name, workload) };
}

module.exports = { measure, prepare };
