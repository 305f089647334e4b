// Flags: --expose-gc
'use strict';
// A FileHandle that is dropped while open: its descriptor is closed and the program is told.
const assert = require('assert');
const fs = require('fs');
const { setTimeout: sleep } = require('timers/promises');
const main = require('../common/main');

const STEPS = 500; // for a machine that is busy; a few are enough
const STEP_MS = 10;
const warnings = [];
process.on('warning', (w) => warnings.push(w.message));
const open = () => fs.readdirSync('/proc/self/fd').length;

main(async () => {
  const before = open();
  let fd;
  await (async () => { fd = (await fs.promises.open(__filename)).fd; })();
  assert.strictEqual(open(), before + 1);
  for (let i = 0; i < STEPS && (warnings.length < 2 || open() > before); i++) {
    gc();
    await sleep(STEP_MS);
  }
  assert.strictEqual(open(), before);
  assert.strictEqual(warnings[0], `Closing file descriptor ${fd} on garbage collection`);
  assert.match(warnings[1], /deprecated/);
});
