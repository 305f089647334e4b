'use strict';
// Run many tests, some at a time; then once more those that did not pass.

const { runTest } = require('./run.js');

const RETRIED = new Set(['fail', 'timeout', 'crash']);

// Runs `work(item, slot)` for all items, `jobs` at a time.
async function inParallel(items, jobs, work) {
  let next = 0;
  async function worker(slot) {
    while (next < items.length) await work(items[next++], slot);
  }
  await Promise.all(Array.from({ length: jobs }, (_, slot) => worker(slot)));
}

// The time a test may take: `base` for most; several times what Node needed for a slow one.
function limitOf(base, reference) {
  const SLOW_FACTOR = 5;
  return Math.max(base, SLOW_FACTOR * (reference?.ms ?? 0));
}

// options: { jobs, timeoutMs, retry, reference: Map name -> Node's result, onResult(test, result) }.
// Returns a Map name -> result; a result of the second run has `retried: true`.
async function runAll(config, runtime, tests, options) {
  const results = new Map();
  const run = async (test, slot, retried) => {
    const limit = limitOf(options.timeoutMs, options.reference?.get(test.name));
    const result = await runTest(config, runtime, test, slot, limit);
    if (retried && result.verdict !== 'pass') return; // the first answer stands
    if (retried) result.retried = true;
    results.set(test.name, result);
    options.onResult?.(test, result);
  };
  await inParallel(tests.filter((test) => !test.alone), options.jobs, (test, slot) => run(test, slot, false));
  await inParallel(tests.filter((test) => test.alone), 1, (test, slot) => run(test, slot, false));
  if (options.retry) {
    const again = tests.filter((test) => RETRIED.has(results.get(test.name).verdict));
    const jobs = Math.max(1, Math.floor(options.jobs / 2));
    await inParallel(again.filter((test) => !test.alone), jobs, (test, slot) => run(test, slot, true));
    await inParallel(again.filter((test) => test.alone), 1, (test, slot) => run(test, slot, true));
  }
  return results;
}

// One test, with nothing beside it and ample time. Resolves to its result.
function runAlone(config, runtime, test, { timeoutMs, reference }) {
  const SLACK = 4;
  return runTest(config, runtime, test, 0, SLACK * limitOf(timeoutMs, reference.get(test.name)));
}

module.exports = { runAll, runAlone };
