'use strict';
// The heap of a worker that has just begun has none of what the library leaves behind while it starts: no shapes of
// half-made objects, no classes of errors that nobody asked for, no cache of numbers.
const assert = require('assert');
const { Worker, isMainThread, parentPort } = require('worker_threads');
const v8 = require('v8');

const OLD_BYTES_MAX = 2.45e6;

if (isMainThread) {
  new Worker(__filename).on('message', ([large, old]) => {
    assert.strictEqual(large, 0);
    assert.ok(old < OLD_BYTES_MAX, `${old} bytes`);
  });
} else {
  const used = (wanted) =>
    v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === wanted).space_used_size;
  parentPort.postMessage([used('large_object_space'), used('old_space')]);
}
