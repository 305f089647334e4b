/* Jobs of a higher priority go first, others in their order; a full queue refuses; no job waits behind a long one while
 * a thread is idle. */
'use strict';
const assert = require('assert');
const path = require('path');
const { Pool } = require('torc:jobs');

const file = path.join(__dirname, '../fixtures/jobs/work.js');
const newCell = () => new Int32Array(new SharedArrayBuffer(8));
const begun = (cell) => Atomics.waitAsync(cell, 0, 0).value;
const release = (cell) => { Atomics.store(cell, 1, 1); Atomics.notify(cell, 1); };

async function priorities() {
  const pool = new Pool(file, { threads: 1 });
  for (let i = 0; i < 20; i++) await pool.run(i); // short ones: the thread is sent some in advance
  const cell = newCell();
  const first = pool.run(cell, { name: 'waits' });
  await begun(cell);
  const jobs = [['a', 0], ['b', 0], ['c', 5], ['d', -1], ['e', 5], ['f', 9], ['g', 0]].map(
    ([text, priority]) => pool.run(text, { name: 'logs', priority }));
  release(cell);
  assert.strictEqual(await first, 'waited');
  assert.strictEqual((await Promise.all(jobs)).at(3), 'f,c,e,a,b,g,d');
  await pool.close();
}

async function fullQueue() {
  const pool = new Pool(file, { threads: 1, maxQueue: 2 });
  const cell = newCell();
  const jobs = [pool.run(cell, { name: 'waits' }), pool.run(1), pool.run(2)];
  await assert.rejects(pool.run(3), { code: 'ERR_JOBS_QUEUE_FULL', message: /^2 jobs/ });
  release(cell);
  assert.deepStrictEqual(await Promise.all(jobs), ['waited', 1, 2]);
  await pool.close();
}

async function longOne() {
  const pool = new Pool(file, { threads: 2 });
  await Promise.all(Array.from({ length: 200 }, (_, i) => pool.run(i)));
  const cell = newCell();
  const long = pool.run(cell, { name: 'waits' });
  const rest = Array.from({ length: 100 }, (_, i) => pool.run(i));
  // Were one of them behind the long one, this would not end.
  assert.strictEqual((await Promise.all(rest)).length, 100);
  assert.strictEqual(pool.stats().running, 1);
  release(cell);
  await long;
  await pool.close();
}

(async () => {
  await priorities();
  await fullQueue();
  await longOne();
})();
