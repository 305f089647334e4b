'use strict';
// jobs.js TORC NODE PACKAGES [ROUNDS]: the cost of an empty job in a pool of two threads, torc:jobs beside piscina on
// both runtimes, by turns; then how busy a CPU-bound set keeps two processors, and how late timers of the
// main thread are meanwhile.
//
// With a KIND instead of the packages it is a child that measures once: jobs.js KIND PACKAGES.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const THREADS = 2;
const DEPTHS = [1, 64];      // jobs at a time
const JOBS = 20_000;
const WARM_UP = 3000;
const BUSY_MS = 3000;
const BUSY_JOB_MS = 20;
const TICK_MS = 1;
const P99 = 0.99;
const WORK = `module.exports = (x) => x;
module.exports.spin = (ms) => {
  const start = performance.now();
  while (performance.now() - start < ms);
  return performance.now() - start;
};
`;

const kinds = {
  jobs(file) {
    const { Pool } = require('torc:jobs');
    return new Pool(file, { threads: THREADS });
  },
  piscina(file, packages) {
    const { Piscina } = require(path.join(packages, 'node_modules/piscina'));
    return new Piscina({ filename: file, minThreads: THREADS, maxThreads: THREADS });
  },
};

async function run(pool, count, depth) {
  let left = count;
  const next = async () => { while (left-- > 0) await pool.run(1); };
  await Promise.all(Array.from({ length: depth }, next));
}

async function overhead(pool, depth) {
  await run(pool, WARM_UP, depth);
  const cpu = process.cpuUsage(), start = performance.now();
  await run(pool, JOBS, depth);
  const us = (performance.now() - start) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { us: us / JOBS, cpu: (user + system) / JOBS };
}

// Threads that compute all the time, beside a timer: how much of two processors the process gets, how much of the
// threads' time is spent in jobs, and how late the timer fires. (A job can't ask for its own CPU time: the kernel's
// getrusage() of a thread that runs is as old as the last tick, some ms.)
async function busy(pool) {
  const late = [];
  let inJobs = 0;
  let due = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    due = now + TICK_MS;
  }, TICK_MS);
  const start = performance.now(), before = process.cpuUsage();
  const next = async () => {
    while (performance.now() - start < BUSY_MS) {
      const job = await pool.run(BUSY_JOB_MS, { name: 'spin' }); // others add to the sum meanwhile
      inJobs += job;
    }
  };
  await Promise.all(Array.from({ length: 2 * THREADS }, next));
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  clearInterval(timer);
  late.sort((a, b) => a - b);
  const all = ms * THREADS;
  return { cores: (user + system) / 1000 / all, jobs: inJobs / all, late: late[Math.floor(late.length * P99)] };
}

async function child(kind, packages) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-perf-'));
  const file = path.join(dir, 'work.js');
  fs.writeFileSync(file, WORK);
  try {
    const pool = kinds[kind](file, packages);
    const result = {};
    for (const depth of DEPTHS) result[depth] = await overhead(pool, depth);
    result.busy = await busy(pool);
    await pool.close();
    console.log(JSON.stringify(result));
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

function measure(runtime, kind, packages) {
  const { status, stdout } = spawnSync(runtime, [__filename, kind, packages], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${runtime} with ${kind} ended with code ${status}`);
  return JSON.parse(stdout);
}

function main(torc, node, packages, rounds = '5') {
  const { summary, table, machine } = require('./common/lib.js');
  const cases = [
    { name: 'torc:jobs', runtime: torc, kind: 'jobs' },
    { name: 'piscina on torc', runtime: torc, kind: 'piscina' },
    { name: 'piscina on Node', runtime: node, kind: 'piscina' },
  ];
  for (const c of cases) c.results = [];
  for (let i = 0; i < Number(rounds); i++) {
    for (const c of cases) c.results.push(measure(c.runtime, c.kind, packages));
  }
  const middle = (c, get) => summary(c.results.map(get)).median;
  const base = cases.at(-1);
  console.log(machine());
  for (const depth of DEPTHS) {
    const time = (c) => middle(c, (r) => r[depth].us), cpu = (c) => middle(c, (r) => r[depth].cpu);
    console.log(`\nan empty job, ${depth} at a time, ${THREADS} threads; CPU time is that of all threads\n`);
    table([['', 'µs', 'of Node', 'CPU µs', 'of Node'], ...cases.map((c) => [
      c.name, time(c).toFixed(1), (time(c) / time(base)).toFixed(2),
      cpu(c).toFixed(1), (cpu(c) / cpu(base)).toFixed(2)])]);
  }
  const percent = (x) => `${(100 * x).toFixed(1)} %`;
  console.log(`\n${THREADS} threads that compute: how much of ${THREADS} processors they keep busy, how much of the ` +
    "threads' time is in jobs, and how late a timer of the main thread is (99th percentile)\n");
  table([['', 'processors', 'in jobs', 'late, ms'], ...cases.map((c) => [
    c.name, percent(middle(c, (r) => r.busy.cores)), percent(middle(c, (r) => r.busy.jobs)),
    middle(c, (r) => r.busy.late).toFixed(2)])]);
}

if (kinds[process.argv[2]]) {
  child(...process.argv.slice(2));
} else {
  main(...process.argv.slice(2));
}
