'use strict';
// workers.js TORC NODE [ROUNDS] [CASES]: what worker threads cost under both, by turns. CASES: a regular expression.
//
// Each measurement is a process of its own, which runs this file; so is each of its workers.

const fs = require('fs');
const { spawnSync } = require('child_process');
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

const CHILD = '--child';
const SPAWNS = 20;
const PAUSE_MS = 20;
const IDLE_WORKERS = 10;
const SETTLE_MS = 500;
const TRIPS = 4000;
const MESSAGES = 20000;

// ---- in a worker ----

const roles = {
  idle() { setInterval(() => {}, 1e6); },
  echo() { parentPort.on('message', (m) => parentPort.postMessage(m)); },
  // Answers the last of MESSAGES.
  sink() {
    let count = 0;
    parentPort.on('message', () => { if (++count % MESSAGES === 0) parentPort.postMessage(count); });
  },
};

// ---- in a child: each resolves with what it measured ----

function start(role) {
  const worker = new Worker(__filename, { workerData: role });
  return new Promise((resolve) => worker.once('online', () => resolve(worker)));
}

function now() {
  return Number(process.hrtime.bigint()) / 1e3;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function privateMB() {
  const text = fs.readFileSync('/proc/self/smaps_rollup', 'latin1');
  const sum = [...text.matchAll(/^Private_\w+:\s+(\d+) kB/gm)].reduce((total, m) => total + Number(m[1]), 0);
  return sum / 1024;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// The first one is not counted: it makes what all share.
async function spawns(read, pauseMs) {
  const values = [];
  for (let i = 0; i <= SPAWNS; i++) {
    const before = read();
    await (await start('idle')).terminate();
    values.push((read() - before) / 1e3);
    if (pauseMs) await sleep(pauseMs);
  }
  return values.slice(1);
}

async function talk(role, talkOnce) {
  const worker = await start(role);
  await talkOnce(worker);
  const before = now();
  const count = await talkOnce(worker);
  const us = (now() - before) / count;
  worker.terminate();
  return us;
}

const cases = {
  'spawn to terminated, one after the other, ms': async () => median(await spawns(now)),
  'the same, 20 ms after the last, ms': async () => median(await spawns(now, PAUSE_MS)),
  'one after the other, CPU ms': async () => (await spawns(cpu)).reduce((sum, ms) => sum + ms, 0) / SPAWNS,
  'idle worker, private MB': async () => {
    await start('idle');
    await sleep(SETTLE_MS);
    const before = privateMB();
    for (let i = 0; i < IDLE_WORKERS; i++) await start('idle');
    await sleep(SETTLE_MS);
    return (privateMB() - before) / IDLE_WORKERS;
  },
  'round trip, us': () => talk('echo', (worker) => new Promise((resolve) => {
    let left = TRIPS;
    worker.removeAllListeners('message');
    worker.on('message', (m) => {
      if (--left === 0) resolve(TRIPS);
      else worker.postMessage(m);
    });
    worker.postMessage({ a: 1 });
  })),
  'one of a burst, us': () => talk('sink', (worker) => new Promise((resolve) => {
    worker.once('message', () => resolve(MESSAGES));
    for (let i = 0; i < MESSAGES; i++) worker.postMessage({ a: i });
  })),
};

// ---- the measurement ----

function measure(command, name) {
  const child = spawnSync(command, [__filename, CHILD, name], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${command}, ${name}: exit ${child.status}, ${child.stderr}`);
  return Number(child.stdout);
}

function main() {
  const args = require('./common/args.js');
  const { summary, table, machine } = require('./common/lib.js');
  const [, , torc, node] = process.argv;
  const [rounds = '7', wanted = '.'] = args.positionals(2, 'ROUNDS', 'CASES');
  const count = args.rounds(rounds);
  const match = args.pattern('CASES', wanted);
  const names = Object.keys(cases).filter((name) => match.test(name));
  if (!names.length) args.fail(`no case matches '${wanted}'; there are: ${Object.keys(cases).join('; ')}`);
  console.log(`worker threads, ${count} rounds by turns`);
  console.log(machine());
  const show = ({ median: middle, min, max }) =>
    `${middle.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
  const rows = [['', 'torc', 'node', 'torc / node']];
  for (const name of names) {
    const results = { torc: [], node: [] };
    for (let i = 0; i < count; i++) {
      results.torc.push(measure(torc, name));
      results.node.push(measure(node, name));
    }
    const [a, b] = [summary(results.torc), summary(results.node)];
    rows.push([name, show(a), show(b), (a.median / b.median).toFixed(2)]);
  }
  table(rows);
}

if (!isMainThread) roles[workerData]();
else if (process.argv[2] === CHILD) cases[process.argv[3]]().then((value) => { console.log(value); process.exit(); });
else main();
