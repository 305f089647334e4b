'use strict';
// kill.js TORC NODE [KILLS]: workers of a server are killed under load, again and again: how long it takes from the
// request that kills until the replacement has given its first answer, and what becomes of connections. Those that the
// dead one had accepted died with it; of the others those that were closed are lost, and some nobody ever answers.
// cluster with both policies under torc and Node, then torc --threads with threads that crash.
//
// With a PLACE instead of the runtimes it is the server: kill.js PLACE.

const cluster = require('cluster');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');

const CLIENTS = 16;
const KILLS = 10;
const CALM_MS = 1100; // more often, and torc --threads gives up
const LOST_AFTER_MS = 5000;
const POLICIES = { rr: cluster.SCHED_RR, none: cluster.SCHED_NONE };
const DIE = 'die\n';
const HELLO = 'hello\n';

// ---- the server: one line in, the number of who serves out. What it has accepted is on the disk before it answers,
// and is known of one that is killed. ----

function serve(id) {
  const fd = fs.openSync(path.join(process.env.PERF_SEEN, `${id}`), 'a');
  net.createServer((socket) => {
    fs.writeSync(fd, `${socket.remotePort}\n`);
    socket.setEncoding('latin1').on('error', () => {}).on('data', (line) => {
      if (line === DIE) die();
      // Long enough for others to queue.
      for (const end = performance.now() + 0.3; performance.now() < end;);
      socket.end(`${id}\n`);
    });
  }).listen(0, '127.0.0.1', function() { console.log(`listening ${this.address().port}`); });
}

function die() {
  if (cluster.isWorker) process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

function lead(place) {
  cluster.schedulingPolicy = POLICIES[place];
  cluster.on('fork', (worker) => worker.on('error', () => {})); // what was being sent to one that is dead
  cluster.on('exit', (worker, code, signal) => signal && cluster.fork());
  for (let i = 0; i < 2; i++) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit();
  });
}

function server(place) {
  if (place === 'threads') {
    serve(`${process.pid}.${require('worker_threads').threadId}`);
  } else if (cluster.isWorker) {
    serve(`${process.pid}`);
  } else {
    lead(place);
  }
}

// ---- the load ----

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Load {
  #over = false;
  #known = new Set(); // those that have answered
  #waiting = [];      // deaths without a replacement yet: when
  times = [];
  lost = [];          // local ports of connections that ended without an answer
  unanswered = 0;
  served = 0;

  constructor(port) {
    this.port = port;
    this.done = Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
  }

  async #client() {
    while (!this.#over) {
      const { text, local } = await this.ask(HELLO);
      if (text === '') this.lost.push(local);
      else this.#answered(text);
    }
  }

  #answered(id) {
    this.served++;
    if (this.#known.has(id)) return;
    this.#known.add(id);
    if (this.#waiting.length > 0) this.times.push(performance.now() - this.#waiting.shift());
  }

  get servers() {
    return this.#known.size;
  }

  ask(line) {
    return new Promise((resolve) => {
      let text = '', local;
      const socket = net.connect(this.port, '127.0.0.1', () => {
        local = socket.localPort;
        socket.write(line);
      });
      socket.setTimeout(LOST_AFTER_MS, () => {
        this.unanswered++;
        socket.destroy();
      });
      socket.setEncoding('latin1').on('data', (data) => { text += data; });
      socket.on('error', () => {}).on('close', () => resolve({ text, local }));
    });
  }

  // One server dies, the one that happens to get this connection. That ends a little later than its owner, perhaps.
  kill() {
    this.#waiting.push(performance.now());
    return this.ask(DIE);
  }

  end() {
    this.#over = true;
    return this.done;
  }
}

function start(command, args, seen) {
  const child = spawn(command, args, { env: { ...process.env, PERF_SEEN: seen }, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`${command} ended with code ${code} before it listened`)));
    child.stdout.setEncoding('latin1').on('data', (data) => {
      text += data;
      const ports = text.match(/(?<=^listening )\d+$/gm);
      if (ports?.length === 2) resolve({ child, port: Number(ports[0]) });
    });
  });
}

async function measure(command, args, kills) {
  const seen = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-perf-'));
  const { child, port } = await start(command, args, seen);
  child.removeAllListeners('exit');
  const load = new Load(port);
  while (load.servers < 2) await wait(1);
  for (let i = 0; i < kills; i++) {
    await wait(CALM_MS);
    await load.kill();
    const end = performance.now() + LOST_AFTER_MS;
    while (load.times.length <= i && performance.now() < end) await wait(1);
  }
  await load.end();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  const accepted = new Set(fs.readdirSync(seen)
    .flatMap((name) => fs.readFileSync(path.join(seen, name), 'latin1').split('\n').map(Number)));
  fs.rmSync(seen, { recursive: true });
  const unseen = load.lost.filter((local) => !accepted.has(local)).length;
  return { times: load.times, served: load.served, accepted: load.lost.length - unseen,
           lost: unseen, unanswered: load.unanswered };
}

async function main() {
  const args = require('./common/args.js');
  const { summary, table, machine } = require('./common/lib.js');
  const [, , torc, node] = process.argv;
  const [text = String(KILLS)] = args.positionals(2, 'KILLS');
  const kills = args.wholeNumber('KILLS', text, 1, args.ROUNDS_MAX);
  const cases = [
    ...Object.keys(POLICIES).flatMap((place) => [['torc', torc], ['Node', node]].map(([name, command]) => [
      `cluster, ${place}, ${name}`, command, [__filename, place]])),
    ['torc --threads=2', torc, ['--threads=2', __filename, 'threads']],
  ];
  const rows = [['', 'replaced', 'ms: median', 'least', 'most', 'served', 'died with', 'lost', 'unanswered']];
  console.log(`${kills} deaths each under ${CLIENTS} connections at a time, each with one request\n${machine()}\n`);
  for (const [name, command, given] of cases) {
    const r = await measure(command, given, kills);
    const { median, min, max } = summary(r.times);
    rows.push([name, r.times.length, ...[median, min, max].map((ms) => ms.toFixed(0)),
               r.served, r.accepted, r.lost, r.unanswered]);
  }
  table(rows);
}

if (process.env.PERF_SEEN) server(process.argv[2]);
else main();
