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

  // Detached and collected while in flight; what is allocated next would get the memory.
  for (const size of [5000, 100_000, 1 << 20]) {
    const expected = Buffer.alloc(size, 98);
    for (const write of [true, false]) {
      const data = new Uint8Array(size).fill(97);
      const pending = new Promise((resolve) => {
        fs[write ? 'write' : 'read'](fd, data, 0, size, 0, (e, n) => resolve(e ?? n));
      });
      data.buffer.transfer();
      assert.strictEqual(data.byteLength, 0);
      gc();
      gc();
      const others = Array.from({ length: 20 }, () => new Uint8Array(size).fill(98));
      assert.strictEqual(await pending, size);
      assert(others.every((other) => Buffer.compare(other, expected) === 0));
    }
  }
  fs.closeSync(fd);
  assert(fs.readFileSync('f').every((c) => c === 97));
});
