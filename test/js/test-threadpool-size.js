/* UV_THREADPOOL_SIZE is how many jobs run at a time, in all threads together: as the environment has it when the first
 * job starts, even if the program itself has set it. */
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');

const DEFAULT = 4;
const JOBS = 12;

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

// Prints how many threads the first jobs have, and after those of another thread.
async function child() {
  const { pbkdf2 } = require('crypto');
  const { promisify } = require('util');
  const { Worker } = require('worker_threads');
  if (process.argv[3]) process.env.UV_THREADPOOL_SIZE = process.argv[3];
  const jobs = Array.from({ length: JOBS }, () => promisify(pbkdf2)('a', 'b', 20_000, 32, 'sha512'));
  await Promise.all(jobs);
  const first = threads();
  await new Promise((resolve) => {
    new Worker(`const { pbkdf2 } = require('crypto');
      for (let i = 0; i < ${JOBS}; i++) pbkdf2('a', 'b', 1000, 32, 'sha512', () => {});`, { eval: true })
      .on('exit', resolve);
  });
  console.log(first, threads());
}

function check(expected, env, set = '') {
  const { UV_THREADPOOL_SIZE: _, ...rest } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [__filename, 'child', set],
                                       { env: { ...rest, ...env }, encoding: 'utf8' });
  assert.strictEqual(stderr, '');
  assert.strictEqual(stdout, `${expected} ${expected}\n`);
}

if (process.argv[2] === 'child') {
  child();
} else {
  check(DEFAULT, {});
  check(2, { UV_THREADPOOL_SIZE: '2' });
  check(7, { UV_THREADPOOL_SIZE: '2' }, '7');
  check(1, { UV_THREADPOOL_SIZE: 'many' });
}
