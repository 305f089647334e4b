// Flags: --expose-gc
'use strict';
// Memory that the kernel reads or writes stays, whatever happens to the Buffer meanwhile.
const assert = require('assert');
const fs = require('fs');
const main = require('../common/main');
require('../common/tmpdir');

main(async () => {
  fs.writeFileSync('f', Buffer.alloc(1 << 20, 'a'));
  const fd = fs.openSync('f', 'r+');
  const reads = [];
  for (let i = 0; i < 100; i++) {
    reads.push(new Promise((resolve) => fs.read(fd, Buffer.alloc(300000), 0, 300000, 0, (e, n) => resolve(e ?? n))));
    reads.push(new Promise((resolve) => fs.write(fd, Buffer.alloc(5000, 'a'), 0, 5000, 0, (e, n) => resolve(e ?? n))));
    gc();
  }
  const results = await Promise.all(reads);
  assert(results.every((n, i) => n === (i % 2 ? 5000 : 300000)));

  // The array is detached while the read is in flight.
  const view = new Uint8Array(100000);
  const pending = new Promise((resolve) => fs.read(fd, view, 0, 100000, 0, (e, n) => resolve(e ?? n)));
  view.buffer.transfer();
  assert.strictEqual(await pending, 100000);
  assert.strictEqual(view.byteLength, 0);
  fs.closeSync(fd);
  assert(fs.readFileSync('f').every((c) => c === 97));
});
