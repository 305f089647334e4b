'use strict';
// Node's tests as files: which there are, the options they ask for, and the class and module of each.
// Everything here is a rule on names and text; no test is named.

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { moduleOf } = require('./modules.js');

// The directories counted in the headline, and those run and shown beside it.
const CORE_DIRS = ['parallel', 'sequential'];
const MORE_DIRS = ['es-module', 'module-hooks', 'async-hooks'];
// Their tests use a fixed port or the whole machine.
const ONE_AT_A_TIME = new Set(['sequential']);

// Private: needs what Node hides from programs, so that no other runtime has to have it.
const PRIVATE_FLAGS = /^--expose[-_]internals\b/;
const PRIVATE_TEXT = [
  /\brequire\(\s*['"](?:node:)?internal\//,
  /\binternalBinding\(/,
  /\bprocess\.binding\(/,
  /\bprimordials\b/,
  /--expose[-_]internals/,
];

// Engine: V8's tools and what stock builds of Node do not offer to programs.
const ENGINE_FLAGS = new RegExp('^--(?:' + [
  'inspect', 'allow-natives-syntax', 'cpu-prof', 'heap-prof', 'prof', 'perf-', 'build-snapshot', 'snapshot-',
  'trace-event', 'heapsnapshot', 'experimental-quic', 'experimental-stream-iter', 'permission', 'allow-',
  'experimental-shadow-realm', 'harmony-shadow-realm', 'jitless', 'interpreted-frames', 'track-heap-objects',
  'experimental-inspector', 'experimental-network-inspection', 'experimental-storage-inspection',
  'experimental-worker-inspection',
].join('|') + ')');
const ENGINE_TEXT = [
  /\brequire\(\s*['"](?:node:)?(?:inspector|trace_events|quic|v8)(?:\/promises)?['"]/,
  /\bfrom ['"](?:node:)?(?:inspector|trace_events|quic|v8)(?:\/promises)?['"]/,
  /common\/(?:debugger|debugger-probe|inspector-helper|heap|cpu-prof|snapshot|quic)\b/,
  /skipIfInspectorDisabled\(/,
  /['"`]--(?:inspect|cpu-prof|heap-prof|prof\b|build-snapshot|trace-event|heapsnapshot|permission\b)/,
  /\bShadowRealm\b/,
];

function readHeader(text, name) {
  const match = text.match(new RegExp(`^// ${name}:(.*)$`, 'm'));
  return match === null ? [] : match[1].trim().split(/\s+/).filter(Boolean);
}

function classOf(text, flags) {
  if (flags.some((flag) => PRIVATE_FLAGS.test(flag)) || PRIVATE_TEXT.some((rule) => rule.test(text))) return 'private';
  if (flags.some((flag) => ENGINE_FLAGS.test(flag)) || ENGINE_TEXT.some((rule) => rule.test(text))) return 'engine';
  return 'public';
}

function hashOf(name) {
  return crypto.createHash('sha256').update(name).digest().readUInt32BE(0);
}

// One test: { name: 'parallel/test-x.js', dir, module, kind, flags, env, memory, runner, hash }.
function readTest(root, dir, file) {
  const text = fs.readFileSync(path.join(root, 'test', dir, file), 'utf8');
  const flags = readHeader(text, 'Flags');
  const [memory] = readHeader(text, 'RLIMIT_AS');
  return {
    name: `${dir}/${file}`,
    dir,
    module: moduleOf(dir, file),
    kind: classOf(text, flags),
    flags,
    env: Object.fromEntries(readHeader(text, 'Env').map((pair) => pair.split(/=(.*)/, 2))),
    memory: memory && Number(memory), // bytes of address space
    usesRunner: /\b(?:require\(|from )['"]node:test['"]/.test(text),
    alone: ONE_AT_A_TIME.has(dir),
    hash: hashOf(`${dir}/${file}`),
  };
}

// All tests below root/test/<dirs>, in the order of a hash of their names: any first part is a fair sample.
function readCorpus(root, dirs) {
  const tests = [];
  for (const dir of dirs) {
    for (const file of fs.readdirSync(path.join(root, 'test', dir))) {
      if (/^test-.*\.(?:js|mjs|cjs)$/.test(file)) tests.push(readTest(root, dir, file));
    }
  }
  return tests.sort((a, b) => a.hash - b.hash);
}

// The tests whose hash lies in the first `percent` hundredths.
function slice(tests, percent) {
  return tests.filter((test) => test.hash < 2 ** 32 * percent / 100);
}

module.exports = { CORE_DIRS, MORE_DIRS, readCorpus, slice };
