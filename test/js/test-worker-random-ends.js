/* Workers that compute, wait, talk and fail, ended at random moments: in start-up, in JS, in waits.
 * Every one of them says so with 'exit', and the process is none the worse: their descriptors and
 * threads are gone, too.
 * test-worker-random-ends.js [SEED] [COUNT] runs another sequence, or a longer one, and says every
 * SAMPLE_EVERY workers what the process has. */
'use strict';
const assert = require('assert');
const { Worker, SHARE_ENV } = require('worker_threads');

const first = Number(process.argv[2] ?? 1);
const total = Number(process.argv[3] ?? 24);
const AT_ONCE = 4;
const SAMPLE_EVERY = 200;
// What the process itself may open meanwhile, once.
const OWN_FDS = 8;

let seed = first;
function random(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >> 8) % n;
}

const programs = [
  'for (;;);',
  'setInterval(() => {}, 1)',
  `const { parentPort } = require('worker_threads');
   parentPort.on('message', (m) => parentPort.postMessage(m, [m.buffer]));
   for (let i = 0; i < 200; i++) parentPort.postMessage({ i, bytes: new ArrayBuffer(100) });`,
  `const { parentPort } = require('worker_threads');
   (function storm() { parentPort.postMessage(Buffer.alloc(1000)); setImmediate(storm); })();`,
  `const fs = require('fs');
   (function read() { fs.readFile('/proc/self/stat', read); })();
   (async () => { for (;;) await fs.promises.stat('/'); })();`,
  `const net = require('net');
   const server = net.createServer((c) => c.pipe(c)).listen(0, () => {
     const c = net.connect(server.address().port).on('data', (d) => c.write(d));
     c.write('x');
   });`,
  'const kept = []; setInterval(() => { for (let i = 0; i < 1000; i++) kept.push({ i }); }, 0);',
  'throw new Error("thrown")',
  'process.exit(2)',
  'Promise.reject(new Error("rejected"))',
  `const { Worker } = require('worker_threads');
   new Worker('setInterval(() => {}, 5)', { eval: true });
   new Worker('for (;;);', { eval: true });`,
  `const channel = new BroadcastChannel('random-ends');
   channel.onmessage = () => {};
   setInterval(() => channel.postMessage({ a: 1 }), 0);`,
  `const { MessageChannel, parentPort } = require('worker_threads');
   setInterval(() => {
     const { port1, port2 } = new MessageChannel();
     port1.on('message', () => {});
     parentPort.postMessage({ port2 }, [port2]);
   }, 0);`,
  `require('zlib').gzip(Buffer.alloc(1e6), function again() {
     require('zlib').gzip(Buffer.alloc(1e6), again);
   });
   require('crypto').pbkdf2('a', 'b', 20000, 64, 'sha512', () => {});`,
  `process.stdout.write('x'.repeat(10000));
   (function print() { console.error('e'); setTimeout(print, 0); })();`,
  'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  '(async () => { for (;;) await null; })()',
  `require('child_process').spawn('sleep', ['0.05']);
   setTimeout(() => {}, 10000);`,
  `let source = '';
   for (let i = 0; i < 300; i++) source += 'exports.f' + i + ' = (a) => { try { return a?.b ?? [...a]; } finally {} };';
   (function compile() { new Function('exports', source + Math.random())({}); setImmediate(compile); })();`,
  `const list = [];
   (function fill() {
     for (let i = 0; i < 20000; i++) list.push({ i, text: 'x' + i, next: list[i - 1] });
     if (list.length > 100000) list.length = 0;
     setImmediate(fill);
   })();`,
  `const fs = require('fs');
   fs.open(__filename === '[worker eval]' ? '/proc/self/maps' : __filename, (err, fd) => {
     (function again() { fs.read(fd, Buffer.alloc(1 << 16), 0, 1 << 16, null, again); })();
   });
   fs.createReadStream('/dev/zero').on('data', () => {});`,
  'import("fs").then(async () => { for (;;) await new Promise(setImmediate); })',
];

function end(worker) {
  switch (random(6)) {
  case 0: return worker.terminate();
  case 1: return setImmediate(() => worker.terminate());
  case 2: return worker.on('online', () => worker.terminate());
  default:
    return setTimeout(() => {
      worker.postMessage({ buffer: new ArrayBuffer(8) });
      worker.terminate();
    }, random(80));
  }
}

const fs = require('fs');
const open = () => fs.readdirSync('/proc/self/fd').map((fd) => {
  try { return fs.readlinkSync(`/proc/self/fd/${fd}`); } catch { return 'gone'; } // the folder's own
}).filter((name) => name !== 'gone');
const nameOf = (id) => {
  try { return fs.readFileSync(`/proc/self/task/${id}/comm`, 'latin1'); } catch { return 'gone'; }
};
const workerThreads = () => fs.readdirSync('/proc/self/task').filter((id) => nameOf(id) === 'torc-worker\n');
const openBefore = open();

function sample(ended) {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { ops, slots } = process.torc.io();
  const [r, h, e] = [rss, heapUsed, external].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  const threads = fs.readdirSync('/proc/self/task').length;
  console.log(`${ended} ended: rss ${r} MB, heap ${h} MB, external ${e} MB, ${open().length} descriptors, ` +
    `${threads} threads, ${ops} operations, ${slots} slots`);
}

let started = 0, ended = 0;
function next() {
  if (started === total) return;
  started++;
  const worker = new Worker(programs[random(programs.length)], {
    eval: true,
    stdout: true,
    stderr: true,
    env: random(3) ? undefined : SHARE_ENV,
    resourceLimits: random(4) ? {} : { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
  });
  worker.on('error', () => {});
  worker.on('message', () => random(10) || worker.postMessage({ buffer: new ArrayBuffer(50) }));
  end(worker);
  if (!random(5)) {
    worker.getHeapStatistics().catch(() => {});
    worker.cpuUsage().catch(() => {});
  }
  worker.on('exit', () => {
    if (++ended % SAMPLE_EVERY === 0) sample(ended);
    next();
  });
}

for (let i = 0; i < AT_ONCE; i++) next();
process.on('exit', () => {
  assert.strictEqual(ended, total, `seed ${first}`);
  assert.deepStrictEqual(workerThreads(), []);
  const more = open().length - openBefore.length;
  assert(more <= OWN_FDS, `${more} descriptors more: ${open()}`);
});
