// How workers end: exit codes and errors.
'use strict';
const { Worker } = require('worker_threads');

function run(code, options = {}, atOnline = () => {}) {
  return new Promise((resolve) => {
    const worker = new Worker(code, { eval: true, ...options });
    let error = 'no error';
    worker.on('error', (e) => { error = `${e?.code} ${e?.message}`; });
    worker.on('online', () => atOnline(worker));
    worker.on('exit', (code) => resolve(`${code} ${error}`));
  });
}
const soon = (worker) => setTimeout(() => worker.terminate(), 50);

(async () => {
  console.log('end', await run(''));
  console.log('exit', await run('process.exit(3)'));
  console.log('exitCode', await run('process.exitCode = 4'));
  console.log('on exit', await run('process.on("exit", () => { process.exitCode = 5; })'));
  console.log('throw', await run('throw new Error("boo")'));
  console.log('throw later', await run('setImmediate(() => { throw new TypeError("boo"); })'));
  console.log('throw what is no error', await run('throw null'));
  console.log('reject', await run('Promise.reject(new RangeError("no"))'));
  console.log('unsettled', await run('await new Promise(() => {})', { execArgv: ['--input-type=module'] }));
  console.log('stack', await run('(function f() { f(); })()'));
  console.log('caught', await run('process.on("uncaughtException", () => {}); throw 1'));
  console.log('at once', await run('for (;;);', {}, (w) => w.terminate()));
  console.log('loop', await run('for (;;);', {}, soon));
  console.log('idle', await run('setInterval(() => {}, 1000)', {}, soon));
  console.log('microtasks', await run('(async () => { for (;;) await null; })()', {}, soon));
  console.log('ticks', await run('(function f() { process.nextTick(f); })()', {}, soon));
  console.log('wait', await run('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', {},
                               soon));
  console.log('vm', await run('require("vm").runInNewContext("for (;;);", {}, { timeout: 30000 })',
                              {}, soon));
  console.log('memory', await run(
    'const all = []; function f(i) { return { i, a: [i] }; } for (let i = 0;; i++) all.push(f(i));',
    { resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } }));
})();
