'use strict';
// http.js TORC NODE LOADER [OPTIONS]: node:http of torc beside other runtimes, by turns. See README.md.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');
const { parseArgs } = require('util');
const args = require('./common/args.js');
const { machine } = require('./common/lib.js');
const { measure, prepare } = require('./http/measure.js');
const { html } = require('./http/page.js');
const { print } = require('./http/report.js');
const { workloads, payload } = require('./http/workloads.js');

const [, , torc, node, loader] = process.argv;
const ROOT = path.join(__dirname, '..');
const REFERENCE = 'node 24';
const FILE_SIZE = 2 ** 20;
const PEERS = ['node-latest', 'bun', 'deno'];

const USAGE = `usage: scripts/perf http [options]

  --only LIST       workloads: ${Object.keys(workloads).join(',')} (all)
  --with LIST       more runtimes: ${PEERS.join(',')} (none); they are fetched with npm
  --rounds N        measurements of each, by turns (5)
  --seconds N       length of one measurement (3)
  --warm-up N       seconds of load before each, not counted (1)
  --output FILE     the page with the charts (build/perf-http.html)
  --help            this text
`;

const options = {
  'only': { type: 'string', default: Object.keys(workloads).join() },
  'with': { type: 'string' },
  'rounds': { type: 'string', default: '5' },
  'seconds': { type: 'string', default: '3' },
  'warm-up': { type: 'string', default: '1' },
  'output': { type: 'string', default: path.join(ROOT, 'build', 'perf-http.html') },
  'help': { type: 'boolean', default: false },
};

function readOutput(text) {
  const output = path.resolve(text);
  if (!fs.existsSync(path.dirname(output))) args.fail(`--output: there is no directory '${path.dirname(output)}'`);
  return output;
}

function readArgs() {
  let values;
  try {
    ({ values } = parseArgs({ args: process.argv.slice(5), options }));
  } catch (error) {
    args.fail(error.message);
  }
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit();
  }
  return {
    names: args.list('--only', values.only, Object.keys(workloads)),
    peers: values.with === undefined ? [] : args.list('--with', values.with, PEERS),
    rounds: args.wholeNumber('--rounds', values.rounds, 1, args.ROUNDS_MAX),
    seconds: args.wholeNumber('--seconds', values.seconds, 1, args.SECONDS_MAX),
    warmUp: args.wholeNumber('--warm-up', values['warm-up'], 1, args.SECONDS_MAX),
    output: readOutput(values.output),
  };
}

// What a script prints last, its progress let through.
function script(name, ...words) {
  const out = execFileSync(path.join(ROOT, 'scripts', name), words, { stdio: ['ignore', 'pipe', 'inherit'] });
  return out.toString().trim();
}

// The first two parts of the version that it prints.
const version = (command) => /\d+\.\d+/.exec(execFileSync(command, ['--version']))[0];

function peer(name) {
  const command = script('peer', name);
  switch (name) {
    case 'bun':
      return { name: `bun ${version(command)}`, command: [command], collectable: [] };
    case 'deno':
      return { name: `deno ${version(command)}`, command: [command, 'run', '-A', '--unstable-detect-cjs'],
               collectable: ['--v8-flags=--expose-gc'] };
    default:
      return { name: `node ${version(command)}`, command: [command], isV8: true };
  }
}

function runtimesOf(peers) {
  return [
    { name: 'torc', command: [torc], env: { TORC_HTTP: 'fast' }, isV8: true },
    { name: 'torc classic', command: [torc], env: { TORC_HTTP: 'classic' }, isV8: true },
    { name: 'torc epoll', command: [torc, '--io=epoll'], env: { TORC_HTTP: 'fast' }, isV8: true },
    { name: REFERENCE, command: [node], isV8: true },
    ...peers.map(peer),
  ];
}

// The first two processors that this process may use.
function processors() {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]
    .split(',').flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  if (allowed.length < 2) args.fail('the server and its loader need a processor each, and there is one only');
  return { server: allowed[0], loader: allowed[1] };
}

async function measureAll(config, setting, runtimes) {
  const measured = [];
  for (const name of config.names) {
    const workload = workloads[name];
    prepare(setting, workload);
    const results = Object.fromEntries(runtimes.map((runtime) => [runtime.name, []]));
    for (let round = 0; round < config.rounds; round++) {
      // Who goes first changes, too.
      for (const runtime of round % 2 ? [...runtimes].reverse() : runtimes) {
        process.stderr.write(`${name}, round ${round + 1} of ${config.rounds}: ${runtime.name}\n`);
        results[runtime.name].push(await measure(setting, runtime, name, workload));
      }
    }
    measured.push({ name, workload, results });
    print(workload, results, REFERENCE);
  }
  return measured;
}

async function main() {
  const config = readArgs();
  const cpus = processors();
  const runtimes = runtimesOf(config.peers);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-perf-http-'));
  process.on('exit', () => fs.rmSync(dir, { recursive: true }));
  const file = path.join(dir, 'file');
  fs.writeFileSync(file, payload(FILE_SIZE));
  const setting = {
    ...config, cpus, loader, peer: runtimes[0], requestFile: path.join(dir, 'request'),
    answerFile: path.join(dir, 'answer'), env: { PERF_FILE: file },
  };
  if (config.names.some((name) => workloads[name].packages)) setting.env.PERF_PACKAGES = script('packages', torc);
  const method = `${config.rounds} rounds of ${config.seconds} s by turns, each with new processes after ` +
    `${config.warmUp} s of load that does not count`;
  console.log(`node:http, ${method}`);
  console.log(machine());
  const measured = await measureAll(config, setting, runtimes);
  fs.writeFileSync(config.output, html(measured, REFERENCE, [
    ['command', ['scripts/perf http', ...process.argv.slice(5)].join(' ')],
    ['turns', method],
    ['processors', `what is measured on ${cpus.server}, what it talks to on ${cpus.loader}`],
    ['answers', 'every one compared with what was expected, byte for byte'],
    ['CPU', 'of all threads of the server, or of the client, by the kernel\'s accounting'],
    ['calls, enters', 'of torc\'s loop for I/O, as process.torc.io() counts them'],
    ['heap', 'of V8, garbage included, while nothing is collected'],
    ['memory', 'anonymous memory of the server, before and while the connections are there'],
    ['machine', machine()],
    ['date', `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ]));
  console.log(`\ncharts: ${config.output}`);
}

main();
