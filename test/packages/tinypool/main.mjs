// A pool of threads, then of processes, with isolated workers.

import { Tinypool } from 'tinypool';

const filename = new URL('./work.mjs', import.meta.url).href;
const refusal = (promise) => promise.then((v) => `no error but ${v}`, (e) => `${e.name}: ${e.message}`);

for (const runtime of ['worker_threads', 'child_process']) {
  const pool = new Tinypool({ filename, runtime, minThreads: 1, maxThreads: 2 });
  const sums = await Promise.all(Array.from({ length: 100 }, (_, i) => pool.run({ a: i, b: 1 })));
  console.log(runtime, sums.reduce((x, y) => x + y));
  console.log(await refusal(pool.run(1, { name: 'fails' })));
  console.log(await pool.run(1, { name: 'inProcess' }));
  const controller = new AbortController();
  const stopped = refusal(pool.run(1, { name: 'spins', signal: controller.signal }));
  setTimeout(() => controller.abort(), 50);
  console.log(await stopped);
  console.log(await pool.run({ a: 20, b: 22 }));
  await pool.destroy();
}

const isolated = new Tinypool({ filename, isolateWorkers: true, maxThreads: 1 });
const ids = [await isolated.run(1, { name: 'thread' }), await isolated.run(1, { name: 'thread' })];
console.log(ids[0] !== ids[1]);
await isolated.destroy();
