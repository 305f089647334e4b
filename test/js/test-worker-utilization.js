'use strict';
// Another thread sees a worker that computes in the callback of a message as active, not as waiting.
const assert = require('assert');
const { Worker } = require('worker_threads');

const BUSY_MS = 200;
const flag = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(`
  const { parentPort, workerData } = require('worker_threads');
  parentPort.on('message', (ms) => {
    Atomics.store(workerData, 0, 1);
    for (const end = performance.now() + ms; performance.now() < end;);
  });`, { eval: true, workerData: flag });
worker.on('online', () => setTimeout(() => {
  const before = worker.performance.eventLoopUtilization();
  worker.postMessage(BUSY_MS);
  const wait = setInterval(() => {
    if (Atomics.load(flag, 0) === 0) return;
    clearInterval(wait);
    const start = worker.performance.eventLoopUtilization();
    setTimeout(() => {
      const { active, idle } = worker.performance.eventLoopUtilization(start);
      assert(active > idle, `active ${active} ms, idle ${idle} ms`);
      assert(before.idle > 0, 'it waited before');
      worker.terminate();
    }, BUSY_MS / 2);
  }, 1);
}, 50));
