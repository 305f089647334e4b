// A histogram that was cloned counts on in the original, and lives as long as any of them.
// Flags: --expose-gc
'use strict';
const assert = require('assert');
const { createHistogram, monitorEventLoopDelay } = require('perf_hooks');

let original = createHistogram();
original.record(1);
const clone = structuredClone(original);
clone.record(7);
assert.strictEqual(original.max, 7);
assert.strictEqual(original.count, 2);
original = null;
gc();
setImmediate(() => {
  gc();
  clone.record(9);
  assert.strictEqual(clone.count, 3);
  assert.strictEqual(structuredClone(clone).max, 9);
});

const delays = monitorEventLoopDelay();
assert.strictEqual(structuredClone(delays).enable, undefined);
