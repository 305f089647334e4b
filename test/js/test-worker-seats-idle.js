// Threads that wait for workers (core/seat.h) are gone when none has come for some seconds, and what they had open is
// closed. Until then they don't keep the process.
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const { once } = require('events');
const fs = require('fs');
const { setTimeout: sleep } = require('timers/promises');
const { Worker } = require('worker_threads');

const WORKERS = 6;
const STEP_MS = 100;
const GONE_MS = 60e3; // at most, on a busy machine

function waiting() {
  return fs.readdirSync('/proc/self/task').filter((id) => {
    try { return fs.readFileSync(`/proc/self/task/${id}/comm`, 'latin1') === 'torc-seat\n'; } catch { return false; }
  }).length;
}

const open = () => fs.readdirSync('/proc/self/fd').length;

async function runSome() {
  for (let i = 0; i < WORKERS; i++) await once(new Worker('', { eval: true }), 'exit');
}

if (process.argv[2] === 'exit') {
  runSome().then(() => {
    assert(waiting() > 0);
    if (process.argv[3] === 'now') process.exit();
  });
} else {
  for (const when of ['now', 'idle']) {
    const started = Date.now();
    const { status, stderr } = spawnSync(process.execPath, [__filename, 'exit', when], { encoding: 'utf8' });
    assert.strictEqual(status, 0, stderr);
    assert(Date.now() - started < GONE_MS);
  }
  (async () => {
    await once(new Worker('', { eval: true }), 'exit');
    const before = open();
    await runSome();
    assert(waiting() > 0);
    for (let left = GONE_MS; waiting() > 0; left -= STEP_MS) {
      assert(left > 0, 'seats are still there');
      await sleep(STEP_MS);
    }
    assert(open() <= before, `${open()} descriptors, ${before} before`);
  })();
}
