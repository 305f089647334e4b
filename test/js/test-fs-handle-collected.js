// Flags: --expose-gc
'use strict';
// A FileHandle that is dropped while open: its descriptor is closed and the program is told.
const assert = require('assert');
const fs = require('fs');
const main = require('../common/main');

const warnings = [];
process.on('warning', (w) => warnings.push(w.message));
const open = () => fs.readdirSync('/proc/self/fd').length;

main(async () => {
  const before = open();
  let fd;
  await (async () => { fd = (await fs.promises.open(__filename)).fd; })();
  assert.strictEqual(open(), before + 1);
  for (let i = 0; i < 20 && warnings.length < 2; i++) {
    await new Promise(setImmediate);
    gc();
    await new Promise(setImmediate);
  }
  assert.strictEqual(open(), before);
  assert.strictEqual(warnings[0], `Closing file descriptor ${fd} on garbage collection`);
  assert.match(warnings[1], /deprecated/);
});
