// The thread of a worker that has ended runs another one soon, in an env made ahead (core/seat.h). The next worker is
// itself: nothing of the one before is there, and what it was given is.
'use strict';
const assert = require('assert');
const { once } = require('events');
const v8 = require('v8');
const { setTimeout: sleep } = require('timers/promises');
const { Worker } = require('worker_threads');

const GAP_MS = 20;      // for the seat to prepare
const TRIES_MAX = 100;  // until a worker is on a seat: other programs may have the processors
const BURNT_US = 200e3;

// Says what it sees, leaves as much as it can behind, and ends as it is told to.
const program = `
  const { BroadcastChannel, MessageChannel, parentPort, resourceLimits, threadId, threadName, workerData } =
    require('worker_threads');
  const fs = require('fs');
  const { idle } = performance.eventLoopUtilization();
  const { nodeStart, v8Start, environment } = performance.nodeTiming;
  const cpu = process.threadCpuUsage();
  const seen = {
    thread: fs.readlinkSync('/proc/thread-self').split('/').pop(),
    id: threadId, name: threadName, argv: process.argv.slice(2), execArgv: process.execArgv, env: { ...process.env },
    limit: resourceLimits.maxOldGenerationSizeMb, heapLimit: require('v8').getHeapStatistics().heap_size_limit,
    hour: new Date(0).getHours(), gc: typeof gc, data: workerData.given,
    stackTraceLimit: Error.stackTraceLimit, debugPort: process.debugPort,
    begun: Math.min(nodeStart, v8Start, environment) + performance.timeOrigin, idle, cpuUs: cpu.user + cpu.system,
    strange: [
      typeof leftGlobal, typeof Object.prototype.left, typeof [].left, Array.prototype.push.name, JSON.stringify([1]),
      process.listenerCount('uncaughtException'), typeof process.left, process.exitCode, typeof require('fs').left,
      Symbol.iterator in Object.prototype, process.env.LEFT, Object.isFrozen(Promise.prototype),
      require('v8').getHeapStatistics().number_of_native_contexts,
    ],
  };
  parentPort.postMessage(seen);

  globalThis.leftGlobal = Object.prototype.left = Array.prototype.left = process.left = require('fs').left = () => {};
  Array.prototype.push = function left() {};
  JSON.stringify = () => 'left';
  Object.freeze(Promise.prototype);
  process.env.LEFT = 'left';
  process.argv.length = 0;
  process.exitCode = 3;
  process.on('uncaughtException', () => parentPort.postMessage('left'));
  const tell = () => parentPort.postMessage('left');
  setInterval(tell, 1e4);
  Promise.resolve().then(tell);
  process.nextTick(tell);
  setImmediate(tell);
  const registry = new FinalizationRegistry(tell);
  for (let i = 0; i < 100; i++) registry.register({}, i);
  Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30).value.then(tell);
  new MessageChannel().port1.on('message', tell);
  new BroadcastChannel('seats').onmessage = tell;
  WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(tell);
  require('fs').readFile('/proc/self/stat', tell);
  require('vm').runInNewContext('Promise.resolve().then(tell)', { tell });
  require('async_hooks').createHook({ init() {}, promiseResolve() {} }).enable();
  const before = process.threadCpuUsage().user;
  if (workerData.burn) while (process.threadCpuUsage().user - before < ${BURNT_US});
  switch (workerData.end) {
  case 'loop': for (;;);
  case 'microtasks': (function again() { Promise.resolve().then(again); })(); break;
  case 'exit': process.exit(0);
  case 'throw': process.removeAllListeners('uncaughtException'); throw new Error('thrown');
  }`;

function run(end, options = {}) {
  const { data = 'none', burn = false, ...rest } = options;
  const started = Date.now();
  const worker = new Worker(program, { eval: true, workerData: { end, burn, given: data }, ...rest });
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  worker.on('error', (err) => { if (end !== 'throw') throw err; });
  return once(worker, 'message').then(async ([seen]) => {
    assert.strictEqual(seen.id, worker.threadId);
    const others = [];
    worker.on('message', (m) => others.push(m));
    if (end !== 'exit' && end !== 'throw') await worker.terminate();
    await ended;
    assert(others.every((m) => m === 'left'));
    return { ...seen, started };
  });
}

const fresh = ['undefined', 'undefined', 'undefined', 'push', '[1]', 0, 'undefined', undefined, 'undefined', false,
               undefined, false, 1];

function check(seen, options = {}) {
  const { name = 'WorkerThread', argv = [], env = process.env, data = 'none' } = options;
  assert.deepStrictEqual(seen.strange, fresh);
  assert.strictEqual(seen.name, name);
  assert.deepStrictEqual(seen.argv, argv);
  assert.deepStrictEqual(seen.env, { ...env });
  assert.deepStrictEqual(seen.data, data);
  assert(seen.begun >= seen.started - 1, `${seen.begun} is before ${seen.started}`);
  assert(seen.idle < GAP_MS, `${seen.idle} ms of waiting`);
  assert(seen.cpuUs < BURNT_US, `${seen.cpuUs} us before it began`);
}

const threads = new Set();
// Runs workers with these options until one is on a thread that another had.
async function onSeat(options) {
  for (let i = 0; i < TRIES_MAX; i++) {
    const seen = await run('exit', options);
    check(seen, options);
    if (threads.has(seen.thread)) return seen;
    threads.add(seen.thread);
    await sleep(GAP_MS);
  }
  assert.fail('no seat is used');
}

(async () => {
  await onSeat();
  for (const end of ['loop', 'microtasks', 'exit', 'throw', 'timers']) {
    threads.add((await run(end, { burn: true })).thread);
    await onSeat();
  }

  const first = await onSeat();
  for (const options of [
    { name: 'other' }, { argv: ['a', 'b'] }, { data: { of: [1, 2] } }, { env: { ONLY: 'this' } },
  ]) {
    await onSeat(options);
  }
  const words = ['--stack-trace-limit=3', '--inspect-port=1234'];
  const { execArgv, stackTraceLimit, debugPort } = await onSeat({ execArgv: words });
  assert.deepStrictEqual([execArgv, stackTraceLimit, debugPort], [words, 3, 1234]);
  assert.strictEqual((await onSeat()).stackTraceLimit, first.stackTraceLimit);

  // What is decided when an isolate opens. A seat waits, and is not taken.
  await sleep(GAP_MS);
  const small = await run('exit', { resourceLimits: { maxOldGenerationSizeMb: 40 } });
  assert.strictEqual(small.limit, 40);
  assert(small.heapLimit < first.heapLimit);
  assert.strictEqual((await onSeat()).limit, first.limit);
  process.env.TZ = 'Etc/GMT-5';
  assert.strictEqual((await onSeat()).hour, 5);
  v8.setFlagsFromString('--expose-gc');
  assert.strictEqual((await run('exit')).gc, 'function');
  assert.strictEqual(first.gc, 'undefined');
})();
