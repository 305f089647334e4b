'use strict';
// Jobs in a pool of threads: results, errors, cancellation, limits, queue, idle threads, the end.

const path = require('node:path');
const { AsyncLocalStorage } = require('node:async_hooks');
const { Piscina } = require('piscina');

const filename = path.join(__dirname, 'work.js');
const refusal = (promise) => promise.then((v) => `no error but ${v}`, (e) => `${e.name}: ${e.message}`);

(async () => {
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 2, workerData: { own: 1 } });
  console.log(await pool.run({ a: 1, b: 2 }), await pool.run(5, { name: 'later' }));
  console.log(await pool.run(1, { name: 'given' }));
  console.log(await pool.run(4, { name: 'moves' }));
  console.log(await refusal(pool.run(1, { name: 'fails' })));
  console.log(await refusal(pool.run(1, { name: 'nope' })));
  console.log(await refusal(pool.run(() => {})));
  const sums = await Promise.all(Array.from({ length: 500 }, (_, i) => pool.run({ a: i, b: i })));
  console.log(sums.reduce((x, y) => x + y));

  const storage = new AsyncLocalStorage();
  await Promise.all([1, 2, 3].map((n) => storage.run(n, async () => {
    await pool.run({ a: n, b: n });
    if (storage.getStore() !== n) console.log('another context', n, storage.getStore());
  })));

  const controller = new AbortController();
  const stopped = refusal(pool.run(1, { name: 'spins', signal: controller.signal }));
  setTimeout(() => controller.abort(), 50);
  console.log(await stopped);
  console.log(await refusal(pool.run(1, { name: 'exits' })));
  console.log(await pool.run({ a: 20, b: 22 }));
  console.log(pool.completed > 500, pool.queueSize);
  await pool.close();

  const small = new Piscina({ filename, maxThreads: 1, maxQueue: 1, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const jobs = [1, 2, 3].map(() => refusal(small.run(10, { name: 'later' })));
  console.log(await Promise.all(jobs));
  console.log(await refusal(small.run(1, { name: 'eats' })));
  await small.destroy();
  console.log('destroyed');
})();
