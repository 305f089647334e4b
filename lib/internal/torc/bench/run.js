'use strict';

// `torc bench`: measures by turns, prints a table, writes the page.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { setTimeout: sleep } = require('timers/promises');
const { USAGE, UsageError, parse } = require('internal/torc/bench/args');
const loaders = require('internal/torc/bench/loaders');
const machine = require('internal/torc/bench/machine');
const page = require('internal/torc/bench/page');
const report = require('internal/torc/bench/report');
const { BenchError, STOP_LIMIT_MS, Server, expectSilence, get } = require('internal/torc/bench/server');

const BACK_ENDS = ['uring', 'epoll'];
const EXIT_ERROR = 1;
const EXIT_USAGE = 9;
const MEMORY_EVERY_MS = 100;

// What has to end with this process, whatever ends it.
const running = { server: null, loader: null, dir: null };

function cleanUp() {
  running.server?.kill('SIGKILL');
  running.loader?.kill('SIGKILL');
  if (running.dir) fs.rmSync(running.dir, { recursive: true, force: true });
}

// The server's processors and the loader's, which are others if possible; with what sets them.
function placement(config) {
  const allowed = machine.allowedCpus();
  const server = config.cpus ?? allowed.slice(0, 1);
  const missing = server.find((cpu) => !allowed.includes(cpu));
  if (missing !== undefined)
    throw new UsageError(`--cpus: there is no processor ${missing} here, only ${allowed.join(',')}`);
  const loader = allowed.filter((cpu) => !server.includes(cpu));
  const pinned = machine.has('taskset') && loader.length > 0;
  const command = (cpus) => (pinned ? ['taskset', '-c', cpus.join(',')] : []);
  const text = pinned ? `server on processor ${server.join(',')}, loader on ${loader.join(',')}` :
    'server and loader share the processors';
  return { server: command(server), loader: command(loader), text };
}

async function watchMemory(pid, signal) {
  let most = 0;
  while (!signal.aborted) {
    most = Math.max(most, machine.residentBytes(pid));
    await sleep(MEMORY_EVERY_MS);
  }
  return most;
}

// One server, one load: what came of it, and the server's answer before.
async function measure(bench, io, connections) {
  const { config, loader, place } = bench;
  await expectSilence(config.url, bench.started ? STOP_LIMIT_MS : 0);
  bench.started = true;
  const server = running.server = new Server(config, io, running.dir, place.server);
  const load = (seconds, address) => loaders.load(
    loader, { url: config.url, address, connections, seconds, dir: running.dir }, place.loader,
    (child) => { running.loader = child; });
  try {
    const answer = await server.ready(config.wait);
    const again = await get(config.url);
    if (config.warmUp) await load(config.warmUp, answer.address);
    const before = { cpu: machine.cpuSeconds(server.pid), ...await server.counters(io) };
    const over = new AbortController();
    const memory = watchMemory(server.pid, over.signal);
    const result = await load(config.seconds, answer.address).finally(() => over.abort());
    const after = { cpu: machine.cpuSeconds(server.pid), ...await server.counters(io) };
    const each = (key) => (after[key] - before[key]) / result.requests;
    return {
      body: answer.body === again.body ? answer.body : null, // null: each answer is another
      figures: {
        rate: result.requests / result.seconds, cpu: each('cpu') * 1e6, calls: each('calls'), enters: each('enters'),
        memory: await memory / 2 ** 20,
        ...Object.fromEntries(loaders.PERCENTILES.map((p) => [`p${p}`, result.latency[p]])),
      },
    };
  } catch (error) {
    server.expectRunning(); // If it has ended, that is what to tell.
    throw error;
  } finally {
    await server.stop();
    running.server = null;
  }
}

function checkSame(bodies) {
  const [a, b] = BACK_ENDS.map((io) => bodies[io]);
  if (a && b && a !== b) throw new BenchError('the server answers differently on the two back ends');
}

async function measureAll(bench) {
  const { config } = bench;
  const results = config.connections.map((connections) => ({ connections, uring: [], epoll: [] }));
  for (let round = 1; round <= config.rounds; round++) {
    for (const result of results) {
      const bodies = {};
      // Who goes first changes, too.
      for (const io of round % 2 ? BACK_ENDS : [...BACK_ENDS].reverse()) {
        const { body, figures } = await measure(bench, io, result.connections);
        bodies[io] = body;
        result[io].push(figures);
        const what = `${report.countOf(result.connections, 'connection')}, ${io}`;
        process.stderr.write(`round ${round} of ${config.rounds}, ${what}: ${Math.round(figures.rate)} requests/s\n`);
      }
      checkSame(bodies);
    }
  }
  return results;
}

async function bench(args) {
  const config = parse(args);
  if (!config) return process.stdout.write(USAGE);
  const place = placement(config);
  const loader = loaders.choose(config.loader);
  running.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-bench-'));
  const results = await measureAll({ config, loader, place, started: false });
  const facts = {
    command: ['torc', 'bench', ...args].join(' '),
    app: config.app,
    url: `${config.url}`,
    machine: machine.describe(),
    place: place.text,
    loader: loader.version(),
    versions: `torc ${process.torc.version} (Node.js ${process.versions.node}, V8 ${process.versions.v8})`,
    method: `${report.countOf(config.rounds, 'round')} of ${config.seconds} s on each back end by turns, each with ` +
      `a new server process after ${config.warmUp} s of load that does not count`,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  };
  const data = report.summarise(results);
  process.stdout.write(report.text(facts, data));
  fs.writeFileSync(config.output, page.html(facts, data, results));
  process.stdout.write(`\ncharts: ${config.output}\n`);
}

function fail(error) {
  cleanUp();
  if (error instanceof UsageError) {
    process.stderr.write(`torc bench: ${error.message}\ntorc bench --help shows what there is\n`);
    process.exit(EXIT_USAGE);
  }
  process.stderr.write(`torc bench: ${error instanceof BenchError ? error.message : error.stack}\n`);
  process.exit(EXIT_ERROR);
}

function main(args) {
  process.on('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.exit(128 + os.constants.signals[signal]));
  bench(args).catch(fail);
}

module.exports = { main };
