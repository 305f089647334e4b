'use strict';
// Ten thousand operations in flight, of the ring and of the job pool; each gets its own answer.
const assert = require('assert');
const fs = require('fs');
const main = require('../common/main');
require('../common/tmpdir');

const COUNT = 10000;
const FILES = 100;
for (let i = 0; i < FILES; i++) fs.writeFileSync(`f${i}`, 'x'.repeat(i));

main(async () => {
  const stats = await Promise.all(Array.from({ length: COUNT }, (_, i) => fs.promises.stat(`f${i % FILES}`)));
  stats.forEach((s, i) => assert.strictEqual(s.size, i % FILES));

  const missing = await Promise.allSettled(Array.from({ length: COUNT }, (_, i) => fs.promises.stat(`none${i}`)));
  missing.forEach((r, i) => assert.strictEqual(r.reason.path, `none${i}`));

  const read = (i) => fs.promises.readFile(`f${i % FILES}`, 'latin1');
  const texts = await Promise.all(Array.from({ length: 1000 }, (_, i) => read(i)));
  texts.forEach((t, i) => assert.strictEqual(t.length, i % FILES));

  let called = 0;
  await new Promise((resolve) => {
    for (let i = 0; i < COUNT; i++) {
      fs.access(`f${i % FILES}`, (e) => {
        assert.strictEqual(e, null);
        if (++called === COUNT) resolve();
      });
    }
  });

  await Promise.all(Array.from({ length: 1000 }, (_, i) => fs.promises.writeFile(`w${i}`, `${i}`)));
  for (let i = 0; i < 1000; i++) assert.strictEqual(fs.readFileSync(`w${i}`, 'utf8'), `${i}`);
});
