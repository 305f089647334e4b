'use strict';
// The same for workers (training.js): run once at build time, after it. What a worker does from its
// start to its first messages, and little else.

const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

if (isMainThread) {
  const worker = new Worker(__filename, { workerData: 1 });
  worker.on('message', () => worker.postMessage('end'));
} else {
  setTimeout(() => {}, workerData);
  parentPort.once('message', () => {});
  parentPort.postMessage('ready');
}
