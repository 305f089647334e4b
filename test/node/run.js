'use strict';
// Run one test in one runtime: a process group, an environment and a directory of its own, a limit of time.

const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const errors = require('./errors.js');
const { RUNTIMES } = require('./runtimes.js');

const HEAD_LEN = 16 * 1024; // characters kept of each stream, to find skips and first errors
const TAIL_LEN = 2 * 1024; // characters of output that a result carries
const CLOSE_MS = 500; // how long output may come after the process has ended

const CRASH_SIGNALS = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP', 'SIGSYS']);
// Messages of torc's own checks and of sanitizers, from the test itself or from a process it started.
const CRASH_TEXT = new RegExp([
  '^torc: .*: invariant does not hold', '^uring: check failed', '^# Fatal error in', 'ERROR: AddressSanitizer',
  '^\\S+:\\d+:\\d+: runtime error: ',
].join('|'), 'm');
const SKIP_TEXT = /^1\.\.0 # Skipped/m;

// What stays of a stream: its first HEAD_LEN and its last TAIL_LEN characters.
class Output {
  head = '';
  tail = '';

  add(chunk) {
    if (this.head.length < HEAD_LEN) this.head += chunk;
    this.tail = (this.tail + chunk).slice(-TAIL_LEN);
  }
}

function environment(config, test, runtime, dir, slot) {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: dir,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    TMPDIR: dir,
    NO_COLOR: '1',
    NODE_SKIP_FLAG_CHECK: '1',
    NODE_TEST_NO_INTERNET: '1',
    NODE_TEST_DIR: dir,
    TEST_SERIAL_ID: String(slot),
    TEST_THREAD_ID: String(slot),
    TEST_PARALLEL: test.alone ? '0' : '1',
    ...(config.errors && errors.environment(errors.logOf(config, runtime, test))),
    ...test.env,
    ...RUNTIMES[runtime].env(test),
  };
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false; // nobody left
  }
}

function verdictOf(end, out, err) {
  if (end.timedOut) return 'timeout';
  if (CRASH_SIGNALS.has(end.signal) || CRASH_TEXT.test(err.head) || CRASH_TEXT.test(err.tail)) return 'crash';
  if (end.code !== 0) return 'fail';
  return SKIP_TEXT.test(out.head) ? 'skip' : 'pass';
}

// Starts the process and waits for its end and its output's.
function runProcess(command, args, options, timeoutMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const out = new Output();
    const err = new Output();
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, timeoutMs);
    for (const [stream, output] of [[child.stdout, out], [child.stderr, err]]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => output.add(chunk));
    }
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      // What the test left running holds its output open.
      const left = killGroup(child.pid) && !timedOut;
      const finish = () => {
        clearTimeout(patience);
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ end: { code, signal, timedOut, left }, out, err });
      };
      const patience = setTimeout(finish, CLOSE_MS);
      child.on('close', finish);
    });
  });
}

// config: { binaries: { name: path }, root: the corpus, temp: a directory for this run's files,
// errors: where tests write the errors that they see, or undefined }.
// Resolves to { verdict, ms, code, signal, left: processes were left behind, error, output }.
async function runTest(config, runtime, test, slot, timeoutMs) {
  const dir = path.join(config.temp, String(slot));
  fs.mkdirSync(dir, { recursive: true });
  const command = [config.binaries[runtime], ...RUNTIMES[runtime].call(test, `test/${test.name}`)];
  if (test.memory) command.unshift('/usr/bin/prlimit', `--as=${test.memory}`);
  const started = performance.now();
  const options = { cwd: config.root, env: environment(config, test, runtime, dir, slot) };
  const { end, out, err } = await runProcess(command[0], command.slice(1), options, timeoutMs);
  const ms = Math.round(performance.now() - started);
  removeTree(dir);
  const result = { verdict: verdictOf(end, out, err), ms, code: end.code, signal: end.signal };
  if (end.left) result.left = true;
  if (result.verdict !== 'pass') {
    result.error = firstError(result.verdict, end, out, err);
    result.output = (out.tail + err.tail).slice(-TAIL_LEN);
  }
  return result;
}

// Tests leave directories without permission to enter them.
function removeTree(dir) {
  try {
    fs.rmSync(dir, { recursive: true, force: true });
  } catch {
    for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o700);
    }
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

// The line that says best what went wrong.
function firstError(verdict, end, out, err) {
  const text = `${err.head}\n${out.head}`;
  if (verdict === 'skip') return text.match(/^1\.\.0 # Skipped:?\s*(.*)$/m)?.[1] ?? '';
  const line =
    text.match(CRASH_TEXT) ? text.split('\n').find((item) => CRASH_TEXT.test(item)) :
      (text + out.tail + err.tail).match(/torc has no .*? yet/)?.[0] ??
      text.match(/^(?:\[?[A-Za-z.]*(?:Error|Exception)\b|Mismatched|# Fatal|FATAL).*$/m)?.[0] ??
      text.match(/^.*\S.*$/m)?.[0] ?? '';
  const how = end.signal && !end.timedOut ? `${end.signal} ` : '';
  return (how + line.trim()).slice(0, 200);
}

module.exports = { runTest };
