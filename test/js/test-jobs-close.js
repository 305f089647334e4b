/* close() lets jobs end, destroy() does not; threads that are idle for long end. */
'use strict';
const assert = require('assert');
const path = require('path');
const { Pool } = require('torc:jobs');

const file = path.join(__dirname, '../fixtures/jobs/work.js');

(async () => {
  const pool = new Pool(file, { threads: 1 });
  const jobs = [pool.run(20, { name: 'later' }), pool.run(1), pool.run(2)];
  const closed = pool.close();
  assert.strictEqual(pool.close(), closed);
  await assert.rejects(pool.run(3), { code: 'ERR_JOBS_CLOSED' });
  await closed;
  assert.deepStrictEqual(await Promise.all(jobs), ['later', 1, 2]);
  assert.strictEqual(pool.stats().threads, 0);

  const other = new Pool(file, { threads: 1 });
  const lost = [other.run(1, { name: 'spins' }), other.run(2), other.run(3)];
  const destroyed = other.destroy();
  for (const result of await Promise.allSettled(lost)) assert.strictEqual(result.reason.code, 'ERR_JOBS_DESTROYED');
  await destroyed;
  assert.strictEqual(other.stats().threads, 0);
  await new Pool(file).close(); // never used
  await new Pool(file)[Symbol.asyncDispose]();

  const idle = new Pool(file, { threads: 2, idleTimeout: 20 });
  await Promise.all([idle.run(1), idle.run(2)]);
  while (idle.stats().threads > 0) await new Promise((r) => setTimeout(r, 10));
  assert.strictEqual(await idle.run('again'), 'again');
})();
