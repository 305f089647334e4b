'use strict';
// Alone
// While 64 MB that are cached are read, in one operation and in many at a time, a timer of 1 ms fires about as it does
// while nothing goes on. The machine may be busy with other things: what counts are the usual delays, not the worst,
// and those of the calmest of several tries. A loop that reads by itself is late in all of them.
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');

const SIZE = 64 * 1024 * 1024;
const PARTS = 64;
const TRIES = 5;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-fair-'));
const file = path.join(dir, 'big');
fs.writeFileSync(file, Buffer.alloc(SIZE, 'x'));
const buffer = Buffer.alloc(SIZE);

// How late the timer fires, in ms: the median.
async function lateness(work) {
  const late = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(now - before - 1);
    before = now;
  }, 1);
  await work();
  clearInterval(timer);
  return late.sort((a, b) => a - b)[late.length >> 1];
}

async function whole(handle) {
  for (let i = 0; i < 10; i++) assert.strictEqual((await handle.read(buffer, 0, SIZE, 0)).bytesRead, SIZE);
}

async function parts(handle) {
  const size = SIZE / PARTS;
  for (let i = 0; i < 10; i++)
    await Promise.all(Array.from({ length: PARTS }, (_, at) => handle.read(buffer, at * size, size, at * size)));
}

(async () => {
  const handle = await fs.promises.open(file);
  const idle = await lateness(() => new Promise((resolve) => setTimeout(resolve, 100)));
  for (const work of [whole, parts]) {
    let late = Infinity;
    for (let i = 0; i < TRIES && late >= idle + 1; i++) late = Math.min(late, await lateness(() => work(handle)));
    assert.ok(late < idle + 1, `${work.name}: ${late} ms late, ${idle} ms while nothing goes on`);
  }
  await handle.close();
  fs.rmSync(dir, { recursive: true });
})();
