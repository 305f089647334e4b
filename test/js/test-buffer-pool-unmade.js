/* The pool for small Buffers is not part of the heap that programs and workers start from: it is made for the first one
 * that wants it, and has the size it always has. */
'use strict';
const assert = require('assert');
const { Worker, isMainThread, parentPort } = require('worker_threads');

function check() {
  const first = Buffer.from('a');
  assert.strictEqual(first.buffer.byteLength, Buffer.poolSize);
  assert.strictEqual(first.byteOffset, 0);
  assert.strictEqual(Buffer.from('b').buffer, first.buffer);
  assert.throws(() => structuredClone(first.buffer, { transfer: [first.buffer] }), { name: 'DataCloneError' });
}

if (isMainThread) {
  const { arrayBuffers } = process.memoryUsage();
  assert(arrayBuffers < Buffer.poolSize, `${arrayBuffers} bytes`);
  check();
  new Worker(__filename).on('exit', (code) => assert.strictEqual(code, 0));
} else {
  check();
  parentPort.postMessage('done');
}
