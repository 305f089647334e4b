'use strict';
// Another thread sees a worker that computes in the callback of a message as active, not as waiting.
const assert = require('assert');
const { setTimeout: sleep } = require('timers/promises');
const { Worker } = require('worker_threads');
const main = require('../common/main');

const BUSY_MS = 100;
// Set by the worker when it computes, and by this thread when it has seen enough.
const flags = new Int32Array(new SharedArrayBuffer(8));
const worker = new Worker(`
  const { parentPort, workerData } = require('worker_threads');
  parentPort.on('message', () => {
    Atomics.store(workerData, 0, 1);
    while (Atomics.load(workerData, 1) === 0);
  });`, { eval: true, workerData: flags });

const until = async (condition) => {
  while (!condition()) await sleep(1);
};

main(async () => {
  await until(() => worker.performance.eventLoopUtilization().idle > 0);
  worker.postMessage('compute');
  await until(() => Atomics.load(flags, 0) === 1);
  const start = worker.performance.eventLoopUtilization();
  await sleep(BUSY_MS);
  const { active, idle } = worker.performance.eventLoopUtilization(start);
  Atomics.store(flags, 1, 1);
  assert(active > idle, `active ${active} ms, idle ${idle} ms`);
  await worker.terminate();
});
