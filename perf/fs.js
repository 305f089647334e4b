'use strict';
// fs.js TORC NODE [ROUNDS] [CASES]: file operations on cached files under both, by turns. CASES: a regular expression.
//
// Both runtimes run this file as a child that measures what it is told, so that the two take turns case by case.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');
const readline = require('readline');
const args = require('./common/args.js');
const { summary, table, machine } = require('./common/lib.js');

const KB = 1024;
const MB = 1024 * KB;
const DEPTH = 64;
const SLICE_MS = 60; // how long one measurement takes, about
const BIG = 64 * MB;
const DIR_ENTRIES = 100;
const sizes = { '1 KB': KB, '64 KB': 64 * KB, '1 MB': MB };
const fileOf = (dir, size) => path.join(dir, `file-${size}`);

// ---- what is measured: name -> async (count), which does the operation count times ----

// One after the other, and DEPTH at a time.
async function serial(count, op) {
  for (let i = 0; i < count; i++) await op();
}

function serialCallbacks(count, op) {
  return new Promise((resolve, reject) => {
    let left = count;
    const next = (err) => (err ? reject(err) : left-- ? op(next) : resolve());
    next();
  });
}

async function parallel(count, op) {
  const each = Math.ceil(count / DEPTH);
  await Promise.all(Array.from({ length: DEPTH }, () => serial(each, op)));
}

async function parallelCallbacks(count, op) {
  const each = Math.ceil(count / DEPTH);
  await Promise.all(Array.from({ length: DEPTH }, () => serialCallbacks(each, op)));
}

function sync(count, op) {
  for (let i = 0; i < count; i++) op();
}

function stream(from, to) {
  return new Promise((resolve, reject) => {
    from.on('error', reject);
    to.on('error', reject).on('close', resolve);
    from.pipe(to);
  });
}

function drained(readable) {
  return new Promise((resolve, reject) => {
    readable.on('data', () => {}).on('error', reject).on('close', resolve);
  });
}

function makeCases(dir) {
  const { promises } = fs;
  const small = fileOf(dir, '1 KB');
  const big = path.join(dir, 'big');
  const out = path.join(dir, 'out');
  const list = path.join(dir, 'list');
  const chunk = Buffer.alloc(64 * KB, 'x');
  const missing = path.join(dir, 'missing');
  const cases = {
    'promises.stat, one at a time': (n) => serial(n, () => promises.stat(small)),
    [`promises.stat, ${DEPTH} at a time`]: (n) => parallel(n, () => promises.stat(small)),
    'fs.stat, one at a time': (n) => serialCallbacks(n, (done) => fs.stat(small, done)),
    [`fs.stat, ${DEPTH} at a time`]: (n) => parallelCallbacks(n, (done) => fs.stat(small, done)),
    'statSync': (n) => sync(n, () => fs.statSync(small)),
    'promises.stat of nothing': (n) => serial(n, () => promises.stat(missing).catch(() => {})),
    'promises.access': (n) => serial(n, () => promises.access(small)),
    'promises.open and close': (n) => serial(n, async () => (await promises.open(small)).close()),
    'promises.readdir, 100 entries': (n) => serial(n, () => promises.readdir(list)),
    'fs.readdir, 100 entries': (n) => serialCallbacks(n, (done) => fs.readdir(list, done)),
  };
  for (const size of Object.keys(sizes)) {
    const file = fileOf(dir, size);
    cases[`promises.readFile, ${size}`] = (n) => serial(n, () => promises.readFile(file));
    cases[`promises.readFile, ${size}, utf8`] = (n) => serial(n, () => promises.readFile(file, 'utf8'));
    cases[`fs.readFile, ${size}`] = (n) => serialCallbacks(n, (done) => fs.readFile(file, done));
    cases[`readFileSync, ${size}`] = (n) => sync(n, () => fs.readFileSync(file));
    const data = Buffer.alloc(sizes[size], 'x');
    cases[`promises.writeFile, ${size}`] = (n) => serial(n, () => promises.writeFile(out, data));
    cases[`fs.writeFile, ${size}`] = (n) => serialCallbacks(n, (done) => fs.writeFile(out, data, done));
  }
  cases[`promises.readFile, 64 KB, ${DEPTH} at a time`] =
    (n) => parallel(n, () => promises.readFile(fileOf(dir, '64 KB')));
  cases['readFileSync, 64 KB, utf8'] = (n) => sync(n, () => fs.readFileSync(fileOf(dir, '64 KB'), 'utf8'));

  // Random reads: each of the DEPTH loops has a buffer of its own.
  const position = () => Math.floor(Math.random() * (BIG / (4 * KB))) * 4 * KB;
  cases[`FileHandle.read, 4 KB at random, ${DEPTH} at a time`] = async (n) => {
    const handle = await promises.open(big);
    await Promise.all(Array.from({ length: DEPTH }, async () => {
      const buffer = Buffer.alloc(4 * KB);
      for (let i = 0; i < n / DEPTH; i++) await handle.read(buffer, 0, buffer.length, position());
    }));
    await handle.close();
  };
  cases[`fs.read, 4 KB at random, ${DEPTH} at a time`] = async (n) => {
    const fd = fs.openSync(big);
    await Promise.all(Array.from({ length: DEPTH }, () => {
      const buffer = Buffer.alloc(4 * KB);
      return serialCallbacks(n / DEPTH | 0, (done) => fs.read(fd, buffer, 0, buffer.length, position(), done));
    }));
    fs.closeSync(fd);
  };
  cases['fs.read, 4 KB at random, one at a time'] = async (n) => {
    const fd = fs.openSync(big);
    const buffer = Buffer.alloc(4 * KB);
    await serialCallbacks(n, (done) => fs.read(fd, buffer, 0, buffer.length, position(), done));
    fs.closeSync(fd);
  };
  cases['createReadStream, each 1 MB of 64'] =
    (n) => serial(Math.ceil(n * MB / BIG), () => drained(fs.createReadStream(big)));
  cases['createReadStream, 1 KB'] = (n) => serial(n, () => drained(fs.createReadStream(small)));
  cases['createWriteStream, each 1 MB of 64'] = (n) => serial(Math.ceil(n * MB / BIG), async () => {
    const to = fs.createWriteStream(out);
    const closed = new Promise((resolve) => to.on('close', resolve));
    for (let i = 0; i < BIG / chunk.length; i++)
      if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve));
    to.end();
    await closed;
  });
  cases['copy by pipe, each 1 MB of 64'] =
    (n) => serial(Math.ceil(n * MB / BIG), () => stream(fs.createReadStream(big), fs.createWriteStream(out)));
  return cases;
}

// How late a timer of 1 ms fires while something else goes on, in ms, sorted.
async function lateness(work) {
  const late = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(now - before - 1);
    before = now;
  }, 1);
  await work();
  clearInterval(timer);
  return late.sort((a, b) => a - b);
}

function makeStalls(dir) {
  const big = path.join(dir, 'big');
  const buffer = Buffer.alloc(BIG);
  const small = fileOf(dir, '1 KB');
  const readBig = (times) => async () => {
    const handle = await fs.promises.open(big);
    for (let i = 0; i < times; i++) await handle.read(buffer, 0, BIG, 0);
    await handle.close();
  };
  return {
    'nothing': () => new Promise((resolve) => setTimeout(resolve, 200)),
    'FileHandle.read of 64 MB, 8 times': readBig(8),
    'promises.readFile of 64 MB, 8 times': () => serial(8, () => fs.promises.readFile(big)),
    [`promises.stat, ${DEPTH} at a time, 40000 times`]: () => parallel(40000, () => fs.promises.stat(small)),
  };
}

// ---- the child: a line of JSON in, a line of JSON out ----

// Time and CPU time of all threads, in us for each operation.
async function timed(fn, count) {
  const cpuStart = process.cpuUsage();
  const start = process.hrtime.bigint();
  await fn(count);
  const us = Number(process.hrtime.bigint() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpuStart);
  return { us: us / count, cpu: (user + system) / count };
}

// Two slices to warm up; says how many operations fill a slice.
async function calibrate(fn) {
  for (let count = DEPTH; ; count *= 2) {
    const { us } = await timed(fn, count);
    if (us * count < 1e3 * SLICE_MS) continue;
    const fitting = Math.max(DEPTH, Math.round(1e3 * SLICE_MS / us));
    await timed(fn, fitting);
    return fitting;
  }
}

async function child(dir) {
  const cases = makeCases(dir);
  const stalls = makeStalls(dir);
  const counts = {};
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const name = JSON.parse(line);
    let answer;
    if (stalls[name]) {
      answer = await lateness(stalls[name]);
    } else if (counts[name]) {
      answer = await timed(cases[name], counts[name]);
    } else {
      answer = counts[name] = await calibrate(cases[name]);
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

// ---- the parent ----

function startChild(command, dir) {
  const process = spawn(command, [__filename, '--child', dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  return async (name) => {
    process.stdin.write(`${JSON.stringify(name)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ended during: ${name}`);
    return JSON.parse(value);
  };
}

function fill(dir) {
  for (const [name, size] of Object.entries(sizes)) fs.writeFileSync(fileOf(dir, name), Buffer.alloc(size, 'x'));
  fs.writeFileSync(path.join(dir, 'big'), Buffer.alloc(BIG, 'x'));
  fs.mkdirSync(path.join(dir, 'list'));
  for (let i = 0; i < DIR_ENTRIES; i++) fs.writeFileSync(path.join(dir, 'list', `entry-${i}`), '');
}

const ratio = (results, key) =>
  (summary(results.torc.map((r) => r[key])).median / summary(results.node.map((r) => r[key])).median).toFixed(2);

async function measure(runtimes, dir, rounds, wanted) {
  const rows = [['us each', 'torc', 'spread', 'node', 'spread', 'torc/node', 'CPU us: torc', 'node', 'torc/node']];
  for (const name of Object.keys(makeCases(dir)).filter((name) => wanted.test(name))) {
    const results = { torc: [], node: [] };
    for (const runtime of Object.values(runtimes)) await runtime(name);
    for (let i = 0; i < rounds; i++)
      for (const [key, runtime] of Object.entries(runtimes)) results[key].push(await runtime(name));
    const row = [name];
    for (const list of Object.values(results)) {
      const { median, min, max } = summary(list.map((r) => r.us));
      row.push(median.toFixed(2), `${min.toFixed(2)}-${max.toFixed(2)}`);
    }
    row.push(ratio(results, 'us'));
    for (const list of Object.values(results)) row.push(summary(list.map((r) => r.cpu)).median.toFixed(2));
    rows.push([...row, ratio(results, 'cpu')]);
  }
  table(rows);
}

const STEPS_MS = [0.25, 0.5, 1, 2, 5, 10];

async function measureStalls(runtimes, dir, wanted) {
  const head = ['late by ms, up to', ...STEPS_MS, 'more', 'p50', 'p99', 'max'];
  const rows = [head];
  for (const name of Object.keys(makeStalls(dir)).filter((name) => wanted.test(name))) {
    for (const [key, runtime] of Object.entries(runtimes)) {
      const late = await runtime(name);
      const at = (part) => late[Math.min(late.length - 1, Math.floor(part * late.length))].toFixed(2);
      const limits = [-Infinity, ...STEPS_MS, Infinity];
      const counts = limits.slice(1).map((limit, i) => late.filter((ms) => ms <= limit && ms > limits[i]).length);
      rows.push([`${key}: ${name}`, ...counts, at(0.5), at(0.99), at(1)]);
    }
  }
  console.log('\nhow late a timer of 1 ms fires meanwhile (number of times)');
  table(rows);
}

async function parent([torc, node]) {
  const given = args.positionals(2, 'ROUNDS', 'CASES');
  const rounds = args.rounds(given[0] ?? '9');
  const wanted = args.pattern('CASES', given[1] ?? '');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-fs-'));
  try {
    fill(dir);
    const runtimes = { torc: startChild(torc, dir), node: startChild(node, dir) };
    console.log(`file operations on cached files in ${dir}, ${rounds} rounds of ${SLICE_MS} ms by turns`);
    console.log(machine());
    await measure(runtimes, dir, rounds, wanted);
    await measureStalls(runtimes, dir, wanted);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
  process.exit();
}

if (process.argv[2] === '--child') {
  child(process.argv[3]);
} else {
  parent(process.argv.slice(2));
}
