/* The callback of a lock that had to be waited for runs in the async context of its request(), whoever gave the lock
 * back: another context of the same thread, or another thread. */
'use strict';
const assert = require('assert');
const { AsyncLocalStorage } = require('async_hooks');
const { Worker } = require('worker_threads');

const storage = new AsyncLocalStorage();
const { locks } = navigator;
let called = 0;

function expect(name, store) {
  return storage.run(store, () => locks.request(name, () => {
    called++;
    assert.strictEqual(storage.getStore(), store);
  }));
}

const holder = storage.run('holder', () => locks.request('here', () => new Promise((r) => setImmediate(r))));
const here = [expect('here', 'first'), expect('here', 'second'), holder];

const worker = new Worker(`
  navigator.locks.request('there', () => new Promise((resolve) => {
    require('worker_threads').parentPort.once('message', resolve).postMessage('has it');
  }));
`, { eval: true });
worker.once('message', async () => {
  const there = expect('there', 'third');
  worker.postMessage('give it back');
  await Promise.all([there, ...here]);
  assert.strictEqual(called, 3);
});
process.on('exit', () => assert.strictEqual(called, 3));
