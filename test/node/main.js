'use strict';
// The conformance runner; scripts/node-suite prepares what it needs and says how it is used.

const { execFileSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { parseArgs } = require('util');
const { CORE_DIRS, MORE_DIRS, readCorpus, slice } = require('./corpus.js');
const { VerdictCache } = require('./cache.js');
const errors = require('./errors.js');
const expectations = require('./expectations.js');
const { runAll, runAlone } = require('./pool.js');
const { html, doc } = require('./report.js');
const { score, causes, isCounted } = require('./score.js');
const { moduleRows, scoreRows, text } = require('./table.js');

const EXPECTATIONS = path.join(__dirname, 'expectations.txt');
const DOC = path.join(__dirname, '../../docs/compatibility.md');
const AGAIN_TRIES = 3;
const AGAIN_MAX = 30; // tests
const NODE_TIMEOUT_S = 60; // the reference may take its time: what it passes must not depend on load

const { values: args } = parseArgs({
  options: {
    // From scripts/node-suite.
    corpus: { type: 'string' },
    cache: { type: 'string' },
    binary: { type: 'string', multiple: true, default: [] }, // NAME=PATH
    // From the user.
    slice: { type: 'string', default: '100' },
    only: { type: 'string' },
    module: { type: 'string', multiple: true },
    kind: { type: 'string' },
    dirs: { type: 'string' },
    jobs: { type: 'string', short: 'j', default: '3' },
    timeout: { type: 'string', default: '15' },
    'no-retry': { type: 'boolean' },
    'list-failures': { type: 'boolean' },
    causes: { type: 'boolean' },
    save: { type: 'string' },
    load: { type: 'string' },
    check: { type: 'boolean' },
    'write-expectations': { type: 'boolean' },
    doc: { type: 'boolean' },
    errors: { type: 'boolean' },
    quiet: { type: 'boolean', short: 'q' },
  },
});

function chooseTests() {
  const dirs = args.dirs ? args.dirs.split(',') : [...CORE_DIRS, ...MORE_DIRS];
  let tests = slice(readCorpus(args.corpus, dirs), Number(args.slice));
  if (args.only) tests = tests.filter((test) => new RegExp(args.only).test(test.name));
  if (args.module) tests = tests.filter((test) => args.module.includes(test.module));
  if (args.kind) tests = tests.filter((test) => test.kind === args.kind);
  return tests;
}

// One line that moves on a terminal, and nothing elsewhere.
function progress(runtime, total) {
  let done = 0;
  let passed = 0;
  return (test, result) => {
    done++;
    if (result.verdict === 'pass') passed++;
    if (!args.quiet && process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${runtime}: ${done} of ${total} run, ${passed} passed  ${test.name}`);
      if (done === total) process.stderr.write('\r\x1b[K');
    }
  };
}

function optionsFor(runtime, tests, reference) {
  const seconds = runtime === 'node' ? NODE_TIMEOUT_S : Number(args.timeout);
  return {
    jobs: Number(args.jobs),
    timeoutMs: seconds * 1000,
    retry: !args['no-retry'] || runtime !== 'torc',
    reference,
    onResult: progress(runtime, tests.length),
  };
}

// Node's and the other peers' verdicts come from the cache as far as it has them.
async function cachedRun(config, runtime, tests, reference) {
  const cache = new VerdictCache(args.cache, runtime, config.binaries[runtime], config.corpusHash);
  const missing = tests.filter((test) => !cache.has(test.name));
  if (missing.length) {
    cache.save(await runAll(config, runtime, missing, optionsFor(runtime, missing, reference)));
  }
  return new Map(tests.map((test) => [test.name, cache.get(test.name)]));
}

// Processes that a test started in groups of their own and left behind: they have the run's directory in
// their environment.
function strayProcesses(temp) {
  const strays = [];
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const environ = fs.readFileSync(`/proc/${pid}/environ`, 'latin1');
      if (!environ.includes(`NODE_TEST_DIR=${temp}/`)) continue;
      strays.push(`${pid} ${fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`);
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Ended meanwhile, or another user's.
    }
  }
  return strays;
}

function versionOf(binary) {
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).match(/\d+\.\d+\.\d+\S*/)?.[0] ?? 'unknown';
}

// A copy of the binary with its start-up files (docs/building.md), so that a build in the meantime changes
// nothing. What users run has these files: a run without them would show something else.
function keepBinary(binary, temp) {
  const dir = path.join(temp, 'bin');
  fs.mkdirSync(dir);
  for (const file of [binary, `${binary}.codecache`, `${binary}.snapshot`]) {
    fs.copyFileSync(file, path.join(dir, path.basename(file)));
  }
  return path.join(dir, path.basename(binary));
}

function configure() {
  const binaries = Object.fromEntries(args.binary.map((pair) => pair.split(/=(.*)/, 2)));
  const corpusHash = fs.readFileSync(path.join(args.corpus, '.sha256'), 'utf8').trim();
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'ts-')); // short: socket paths end early
  binaries.torc = keepBinary(binaries.torc, temp);
  return { binaries, root: args.corpus, temp, corpusHash };
}

// Both runtimes run anew, each test with its errors written down; prints where they differ.
async function compareErrors() {
  const tests = chooseTests().filter((test) => test.kind === 'public');
  const config = configure();
  config.errors = fs.mkdtempSync(path.join(config.temp, 'errors-'));
  try {
    const node = await runAll(config, 'node', tests, optionsFor('node', tests));
    const torc = await runAll(config, 'torc', tests, optionsFor('torc', tests, node));
    const outcome = errors.compare(config, tests, { node, torc });
    console.log(errors.text(outcome));
    if (outcome.differ) process.exitCode = 1;
  } finally {
    strayProcesses(config.temp);
    fs.rmSync(config.temp, { recursive: true, force: true });
  }
}

// What is not as the expectations say has its say again, with nothing beside it: a test that passes then is no
// regression, and a known failure that passed by chance, and fails now, is no unexpected pass. Verdicts, and with them
// the score, stay those of the run.
async function askAgain(config, tests, verdicts) {
  const { regressions, unexpected } = expectations.check(expectations.read(EXPECTATIONS), tests, verdicts);
  if (regressions.length + unexpected.length > AGAIN_MAX) return; // no chance: something is broken, or mended
  const options = optionsFor('torc', tests, verdicts.node);
  const again = async (name, isOver) => {
    const test = tests.find((item) => item.name === name);
    for (let i = 0; i < AGAIN_TRIES; i++) {
      if (isOver(await runAlone(config, 'torc', test, options))) return true;
    }
    return false;
  };
  for (const name of regressions) {
    if (!await again(name, ({ verdict }) => verdict === 'pass')) continue;
    verdicts.torc.get(name).passesAlone = true;
    console.error(`passes with nothing beside it: ${name}`);
  }
  for (const name of unexpected) {
    if (!await again(name, ({ verdict }) => verdict !== 'pass')) continue;
    verdicts.torc.get(name).unsteady = true;
    console.error(`passes in some runs only: ${name}`);
  }
}

async function perform() {
  const tests = chooseTests();
  if (!tests.length) throw new Error('no test fits');
  const config = configure();
  const { binaries, temp, corpusHash } = config;
  const started = performance.now();
  const verdicts = {};
  const versions = Object.fromEntries(Object.keys(binaries).map((name) => [name, versionOf(binaries[name])]));
  let strays;
  try {
    const node = await cachedRun(config, 'node', tests);
    const begun = performance.now();
    verdicts.torc = await runAll(config, 'torc', tests, optionsFor('torc', tests, node));
    verdicts.node = node;
    if (args.check) await askAgain(config, tests, verdicts);
    strays = strayProcesses(temp);
    console.error(`torc: ${tests.length} tests in ${Math.round((performance.now() - begun) / 1000)} s`);
    for (const name of Object.keys(binaries).filter((item) => item !== 'torc' && item !== 'node')) {
      verdicts[name] = await cachedRun(config, name, tests, node);
    }
  } finally {
    strayProcesses(temp);
    fs.rmSync(temp, { recursive: true, force: true });
  }
  return {
    corpus: `Node's tests as in Debian's source of nodejs, ${corpusHash.slice(0, 16)}`,
    date: new Date().toISOString().slice(0, 10),
    machine: `${os.type()} ${os.release()}, ${os.cpus()[0].model} x ${os.cpus().length}, user ${os.userInfo().uid}`,
    jobs: Number(args.jobs),
    slice: Number(args.slice),
    seconds: Math.round((performance.now() - started) / 1000),
    versions,
    score: score(tests, verdicts),
    strays,
    tests: tests.map(({ name, dir, module, kind }) => ({ name, dir, module, kind,
      results: Object.fromEntries(Object.entries(verdicts).map(([key, map]) => [key, map.get(name)])) })),
  };
}

// A kept run, and beside it the peers that are named and that it lacks: from the cache, as far as that has them.
async function load() {
  const run = JSON.parse(fs.readFileSync(args.load, 'utf8'));
  const config = configure();
  try {
    const tests = readCorpus(args.corpus, [...CORE_DIRS, ...MORE_DIRS]);
    const names = new Set(run.tests.map((test) => test.name));
    const mine = tests.filter((test) => names.has(test.name));
    if (mine.length !== names.size) throw new Error(`${args.load} is of another corpus`);
    const verdicts = verdictsOf(run);
    for (const name of Object.keys(config.binaries).filter((item) => !run.versions[item])) {
      verdicts[name] = await cachedRun(config, name, mine, verdicts.node);
      run.versions[name] = versionOf(config.binaries[name]);
      for (const test of run.tests) test.results[name] = verdicts[name].get(test.name);
    }
    run.score = score(mine, verdicts);
  } finally {
    fs.rmSync(config.temp, { recursive: true, force: true });
  }
  return run;
}

// A run as JSON has objects where scoring wants Maps.
function verdictsOf(run) {
  return Object.fromEntries(Object.keys(run.versions).map((name) =>
    [name, new Map(run.tests.map((test) => [test.name, test.results[name]]))]));
}

function printFailures(run) {
  const { torc, node } = verdictsOf(run);
  for (const test of run.tests.filter((item) => isCounted(item, node)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { verdict, error } = torc.get(test.name);
    if (verdict !== 'pass') console.log(`${verdict.padEnd(7)} ${test.name}  ${error}`);
  }
}

function printCauses(run) {
  const { torc, node } = verdictsOf(run);
  const counted = run.tests.filter((item) => isCounted(item, node));
  for (const { cause, tests } of causes(counted, torc)) {
    const modules = [...Map.groupBy(tests, (test) => test.module)].sort((a, b) => b[1].length - a[1].length)
      .map(([name, list]) => `${name} ${list.length}`).join(', ');
    console.log(`${String(tests.length).padStart(5)}  ${cause}\n       ${modules}; ${tests[0].name}`);
  }
}

function printScore(run) {
  console.log(text(scoreRows(run)));
  const modules = moduleRows(run);
  console.log(`\n${text({ head: modules.head, rows: [...modules.rows, ...modules.more] })}`);
  for (const stray of run.strays) console.log(`left behind: ${stray}`);
  const { torc } = verdictsOf(run);
  for (const [name, result] of torc) if (result.verdict === 'crash') console.log(`crash: ${name}  ${result.error}`);
}

// Exit code 1 when the run and test/node/expectations.txt disagree.
function checkExpectations(run) {
  const known = expectations.read(EXPECTATIONS);
  const outcome = expectations.check(known, run.tests, verdictsOf(run));
  for (const name of outcome.regressions) console.log(`regression: ${name}`);
  for (const name of outcome.unexpected) console.log(`unexpected pass, remove it from the expectations: ${name}`);
  if (run.slice === 100 && !args.only && !args.module) {
    for (const name of outcome.stale) console.log(`no such test: ${name}`);
  } else {
    outcome.stale = [];
  }
  const { torc, node } = run.score.total.runtimes;
  console.log(`Node's tests: torc passes ${torc.pass} of the ${node.pass} that count; ` +
    `${outcome.regressions.length} regressions, ${outcome.unexpected.length} unexpected passes, ` +
    `${outcome.alone.length} pass only with nothing beside them`);
  if (outcome.regressions.length + outcome.unexpected.length + outcome.stale.length) process.exitCode = 1;
}

async function main() {
  if (args.errors) return compareErrors();
  const run = args.load ? await load() : await perform();
  if (args.save) {
    fs.writeFileSync(args.save, JSON.stringify(run, null, 1));
    fs.writeFileSync(`${args.save.replace(/\.json$/, '')}.html`, html(run));
  }
  if (args['write-expectations']) expectations.write(EXPECTATIONS, run.tests, verdictsOf(run));
  if (args.doc) fs.writeFileSync(DOC, doc(run));
  if (args['list-failures']) printFailures(run);
  if (args.causes) printCauses(run);
  if (!args.quiet) printScore(run);
  if (args.check) checkExpectations(run);
}

main();
