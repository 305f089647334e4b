/* Jobs short and long, cancelled and timed out, in threads that fail: every one is settled once, and as it should be.
 * test-jobs-random.js [SEED] [COUNT] runs another sequence, or a longer one. */
'use strict';
const assert = require('assert');
const path = require('path');
const { Pool } = require('torc:jobs');

let seed = Number(process.argv[2] ?? 1);
const total = Number(process.argv[3] ?? 400);
function random(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >> 8) % n;
}

const pool = new Pool(path.join(__dirname, '../fixtures/jobs/work.js'), { threads: 2 });
let settled = 0;

async function one(i) {
  const priority = random(3);
  const kind = random(100);
  if (kind === 0) return assert.rejects(pool.run(1, { name: 'exits', priority }), { code: 'ERR_JOBS_THREAD_ENDED' });
  if (kind === 1) {
    const job = pool.run(1, { name: 'spins', priority, timeout: 5 });
    return assert.rejects(job, { code: 'ERR_JOBS_TIMEOUT' });
  }
  if (kind < 5) return assert.rejects(pool.run(1, { name: 'fails', priority }), { code: 'ERR_MINE' });
  if (kind < 10) return assert.strictEqual(await pool.run(random(3), { name: 'later', priority }), 'later');
  if (kind < 20) {
    const signal = AbortSignal.timeout(random(5));
    const result = await pool.run(i, { priority, signal }).catch((error) => error);
    return assert(result === i || result.name === 'TimeoutError', `${result}`);
  }
  const bytes = new Uint8Array([i]);
  if (kind < 30) {
    const moved = await pool.run(bytes, { name: 'moves', transfer: [bytes.buffer] });
    return assert.deepStrictEqual(moved, new Uint8Array([i]));
  }
  return assert.strictEqual(await pool.run(i, { priority }), i);
}

(async () => {
  const running = new Set();
  for (let i = 0; i < total; i++) {
    const job = one(i).then(() => { settled++; running.delete(job); });
    running.add(job);
    while (running.size > random(60)) await Promise.race(running);
  }
  await Promise.all(running);
  assert.strictEqual(settled, total);
  const { queued, running: left } = pool.stats();
  assert.deepStrictEqual({ queued, left }, { queued: 0, left: 0 });
  await pool.close();
})();
process.on('exit', () => assert.strictEqual(settled, total));
