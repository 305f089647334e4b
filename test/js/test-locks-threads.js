/* Locks over several threads: the order of arrival counts, a thread that ends gives back what it holds and waits no
 * more, and a thief takes the lock from another thread. */
'use strict';
const assert = require('assert');
const { once } = require('events');
const { Worker } = require('worker_threads');

const { locks } = navigator;
let ended = false;

// A thread that asks for lock 'c', says so, and does what it is told.
const code = (mode) => `
  const { parentPort } = require('worker_threads');
  const say = (text) => parentPort.postMessage(text);
  navigator.locks.request('c', { mode: '${mode}' }, async () => {
    say('has it');
    while ((await new Promise((r) => parentPort.once('message', r))) !== 'release');
    return 'gave it back';
  }).then(say, (e) => say(e.name));
  say('asked');
  setInterval(() => {}, 1000); // to wait for a lock is no reason to live on
`;

async function inThreads() {
  const start = async (mode) => {
    const worker = new Worker(code(mode), { eval: true });
    worker.heard = [];
    worker.says = async (text) => {
      while (!worker.heard.includes(text)) await once(worker, 'message');
    };
    worker.on('message', (m) => worker.heard.push(m));
    await worker.says('asked');
    return worker;
  };
  const a = await start('shared');
  const b = await start('shared');
  await a.says('has it');
  await b.says('has it');
  const c = await start('exclusive');
  const mine = locks.request('c', () => 'mine at last');
  const { held, pending } = await locks.query();
  assert.deepStrictEqual([held.length, pending.length], [0, 1]); // its own ones only
  a.postMessage('release');
  await a.says('gave it back');
  assert.deepStrictEqual(c.heard, ['asked']); // the second has not given it back
  await b.terminate(); // holds it
  await c.says('has it');
  const d = await start('exclusive');
  const e = await start('exclusive');
  await c.terminate();
  assert.strictEqual(await mine, 'mine at last');
  await d.says('has it');
  assert.strictEqual(await locks.request('c', { steal: true }, () => 'stolen'), 'stolen');
  await d.says('AbortError');
  await e.says('has it'); // after the thief
  const f = await start('exclusive'); // ends as one that waits
  await f.terminate();
  e.postMessage('release');
  await e.says('gave it back');
  await locks.request('c', () => {});
  await Promise.all([a, d, e].map((w) => w.terminate()));
  ended = true;
}

inThreads();
process.on('exit', () => assert(ended));
