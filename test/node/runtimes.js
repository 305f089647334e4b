'use strict';
// How each runtime is asked to run one test.

const CALL_NODE = (test, file) => [...test.flags, file];

// Options that V8 itself takes; everything else in a Flags line is Node's.
const V8_FLAG = new RegExp('^--(?:no-)?(?:' + [
  'expose[-_]gc', 'expose[-_]externalize[-_]string', 'allow-natives-syntax', 'stack-size', 'max-', 'min-', 'harmony',
  'js-', 'gc-', 'stress-', 'jitless', 'interpreted-frames', 'predictable', 'hash-seed', 'random-seed', 'wasm',
  'single-', 'opt', 'turbo', 'no-opt', 'verify',
].join('|') + ')');

// Deno takes V8's options by one of its own, and a few of Node's from the environment.
function callDeno(test, file) {
  const v8 = test.flags.filter((flag) => V8_FLAG.test(flag));
  const start = test.usesRunner ? ['test', '--no-check'] : ['run'];
  const flags = v8.length ? [`--v8-flags=${v8.join(',')}`] : [];
  return [...start, '-A', '--quiet', '--unsafe-proto', ...flags, file];
}

function denoEnv(test) {
  const rest = test.flags.filter((flag) => !V8_FLAG.test(flag));
  return rest.length ? { NODE_OPTIONS: rest.join(' ') } : {};
}

// TORC_HTTP: which of the two ways http servers take (docs/http.md).
function torcEnv() {
  const { TORC_HTTP } = process.env;
  return { ASAN_OPTIONS: 'detect_leaks=0', ...(TORC_HTTP && { TORC_HTTP }) };
}

// name -> { call(test, file): its arguments, env(test): variables besides the common ones }.
// Bun and Deno have globals that Node has not: the check of test/common for leaked globals would fail
// every test, so it is off for them.
const RUNTIMES = {
  torc: { call: CALL_NODE, env: torcEnv },
  node: { call: CALL_NODE, env: () => ({}) },
  bun: {
    call: (test, file) => (test.usesRunner ? ['test', ...test.flags, `./${file}`] : [...test.flags, file]),
    env: () => ({ NODE_TEST_KNOWN_GLOBALS: '0' }),
  },
  deno: { call: callDeno, env: (test) => ({ NODE_TEST_KNOWN_GLOBALS: '0', ...denoEnv(test) }) },
};

module.exports = { RUNTIMES };
