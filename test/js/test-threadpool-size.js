/* UV_THREADPOOL_SIZE is how many jobs run at a time, in all threads together: as the environment has it when the first
 * job starts, even if the program itself has set it. */
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const { setTimeout: sleep } = require('timers/promises');

const DEFAULT = 4;
const JOBS = 12;
const SETTLE_MS = 5000; // in which a thread that was made late gets its name; those that are idle stay for longer

function threads() {
  const names = fs.readdirSync('/proc/self/task').map((id) => {
    try {
      return fs.readFileSync(`/proc/self/task/${id}/comm`, 'latin1');
    } catch {
      return ''; // it has ended
    }
  });
  return names.filter((name) => name === 'ur-job\n').length;
}

// Their number, when it is as expected or does not get so.
async function settled(expected) {
  for (const end = performance.now() + SETTLE_MS; threads() !== expected && performance.now() < end;) await sleep(5);
  return threads();
}

// Prints how many threads the first jobs have, and after those of another thread.
async function child(expected) {
  const { pbkdf2 } = require('crypto');
  const { promisify } = require('util');
  const { Worker } = require('worker_threads');
  if (process.argv[3]) process.env.UV_THREADPOOL_SIZE = process.argv[3];
  const jobs = Array.from({ length: JOBS }, () => promisify(pbkdf2)('a', 'b', 20_000, 32, 'sha512'));
  await Promise.all(jobs);
  const first = await settled(expected);
  await new Promise((resolve) => {
    new Worker(`const { pbkdf2 } = require('crypto');
      for (let i = 0; i < ${JOBS}; i++) pbkdf2('a', 'b', 1000, 32, 'sha512', () => {});`, { eval: true })
      .on('exit', resolve);
  });
  console.log(first, await settled(expected));
}

function check(expected, env, set = '') {
  const { UV_THREADPOOL_SIZE: _, ...rest } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [__filename, 'child', set, expected],
                                       { env: { ...rest, ...env }, encoding: 'utf8' });
  assert.strictEqual(stderr, '');
  assert.strictEqual(stdout, `${expected} ${expected}\n`);
}

if (process.argv[2] === 'child') {
  child(Number(process.argv[4]));
} else {
  check(DEFAULT, {});
  check(2, { UV_THREADPOOL_SIZE: '2' });
  check(7, { UV_THREADPOOL_SIZE: '2' }, '7');
  check(1, { UV_THREADPOOL_SIZE: 'many' });
}
