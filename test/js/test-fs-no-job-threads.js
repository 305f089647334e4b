'use strict';
// Reading, writing and looking at files goes through the ring: no job thread is ever made for it.
const assert = require('assert');
const fs = require('fs');
const main = require('../common/main');
require('../common/tmpdir');

// epoll can't wait for files, nor can the ring for what is made to fail.
if (process.torc.io().backend !== 'uring' || process.env.TORC_IO_FAIL) process.exit(77);

main(async () => {
  await fs.promises.writeFile('f', 'x'.repeat(100000));
  const h = await fs.promises.open('f', 'r+');
  await h.read(Buffer.alloc(10));
  await h.write('y', 3);
  await h.stat();
  await h.sync();
  await h.truncate(50);
  await h.close();
  await fs.promises.stat('f');
  await fs.promises.lstat('none').catch((e) => assert.strictEqual(e.code, 'ENOENT'));
  await fs.promises.mkdir('d');
  await fs.promises.rename('f', 'd/g');
  await fs.promises.link('d/g', 'h');
  await fs.promises.symlink('h', 's');
  await fs.promises.readFile('s');
  await fs.promises.unlink('s');
  await fs.promises.unlink('h');
  await fs.promises.unlink('d/g');
  await fs.promises.rmdir('d');
  assert.strictEqual(process.torc.io().jobs, 0);
  await fs.promises.readdir('.');
  assert.strictEqual(process.torc.io().jobs, 1);
});
