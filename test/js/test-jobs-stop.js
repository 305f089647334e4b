/* Jobs are stopped by a signal, a limit of time or memory, and by the end of their thread; the others do not notice. */
'use strict';
const assert = require('assert');
const path = require('path');
const { Pool } = require('torc:jobs');

const file = path.join(__dirname, '../fixtures/jobs/work.js');
const newCell = () => new Int32Array(new SharedArrayBuffer(8));
const begun = (cell) => Atomics.waitAsync(cell, 0, 0).value;

async function signals() {
  const pool = new Pool(file, { threads: 1 });
  await assert.rejects(pool.run(1, { signal: AbortSignal.abort(new Error('before')) }), { message: 'before' });

  const cell = newCell();
  const running = new AbortController(), queued = new AbortController();
  const first = pool.run(cell, { name: 'begins', signal: running.signal });
  const second = pool.run('never', { name: 'logs', signal: queued.signal });
  const third = pool.run('after', { name: 'logs' });
  await begun(cell);
  queued.abort();
  await assert.rejects(second, { name: 'AbortError' });
  assert.strictEqual(pool.stats().queued, 1);
  running.abort(new Error('enough'));
  await assert.rejects(first, { message: 'enough' });
  assert.strictEqual(await third, 'after'); // in a new thread
  const { done, cancelled } = pool.stats();
  assert.deepStrictEqual({ done, cancelled }, { done: 1, cancelled: 2 });
  running.abort();
  await pool.close();
}

// Jobs that were sent to a thread in advance.
async function inAdvance() {
  const pool = new Pool(file, { threads: 1 });
  for (let i = 0; i < 20; i++) await pool.run(i); // short ones
  const cell = newCell(), running = new AbortController(), one = new AbortController();
  const first = pool.run(cell, { name: 'begins', signal: running.signal });
  const rest = Array.from({ length: 10 }, (_, i) => pool.run(i, { signal: i === 3 ? one.signal : undefined }));
  await begun(cell);
  assert.strictEqual(pool.stats().queued, 10);
  one.abort();
  running.abort();
  await assert.rejects(first, { name: 'AbortError' });
  const settled = await Promise.allSettled(rest);
  assert.deepStrictEqual(settled.map((s) => s.value), [0, 1, 2, undefined, 4, 5, 6, 7, 8, 9]);
  assert.strictEqual(settled[3].reason.name, 'AbortError');
  await pool.close();
}

async function limits() {
  const pool = new Pool(file, { threads: 1, timeout: 200, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  await assert.rejects(pool.run(1, { name: 'spins' }), { code: 'ERR_JOBS_TIMEOUT', message: /200 ms/ });
  await assert.rejects(pool.run(1, { name: 'spins', timeout: 50 }), { code: 'ERR_JOBS_TIMEOUT', message: /50 ms/ });
  await assert.rejects(pool.run(1, { name: 'eats', timeout: Infinity }), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  await assert.rejects(pool.run(1, { name: 'exits', timeout: Infinity }),
                       { code: 'ERR_JOBS_THREAD_ENDED', message: /exit code 3/ });
  await assert.rejects(pool.run(1, { name: 'dies', timeout: Infinity }), { message: 'out of the job' });
  assert.strictEqual(await pool.run('goes on', { timeout: Infinity }), 'goes on');
  const { done, failed, timedOut } = pool.stats();
  assert.deepStrictEqual({ done, failed, timedOut }, { done: 1, failed: 3, timedOut: 2 });
  await pool.close();
}

(async () => {
  await signals();
  await inAdvance();
  await limits();
})();
