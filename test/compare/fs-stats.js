'use strict';
// Stats of every form agree with each other, as numbers and as BigInts; kinds of files.
const fs = require('fs');
const assert = require('assert');
require('../common/tmpdir');
const { run, step } = require('../common/show');
const { execFileSync } = require('child_process');

fs.writeFileSync('file', 'x'.repeat(5000));
fs.mkdirSync('dir');
fs.symlinkSync('file', 'link');
fs.utimesSync('file', 1.5, 1234567890.125);

const kinds = ['isFile', 'isDirectory', 'isSymbolicLink', 'isFIFO', 'isSocket', 'isBlockDevice', 'isCharacterDevice'];
const kind = (s) => kinds.filter((k) => s[k]()).join();
const call = (fn, ...args) => new Promise((resolve, reject) => {
  fn(...args, (e, v) => (e ? reject(e) : resolve(v)));
});

for (const name of ['stat', 'lstat']) {
  for (const path of ['file', 'dir', 'link', '/dev/null', '/proc/self/fd']) {
    step(`${name} ${path}`, async () => {
      const all = [];
      for (const bigint of [false, true]) {
        const sync = fs[`${name}Sync`](path, { bigint });
        if (!path.startsWith('/proc')) {
          assert.deepStrictEqual(await call(fs[name], path, { bigint }), sync);
          assert.deepStrictEqual(await fs.promises[name](path, { bigint }), sync);
        }
        all.push(kind(sync), typeof sync.ino, Object.keys(sync).join());
        if (path !== '/proc/self/fd') all.push(sync.nlink, sync.mode, sync.uid);
        if (path === 'file') all.push(sync.size, sync.mtimeMs, sync.mtime, sync.blksize);
      }
      return all;
    });
  }
}
step('fstat', async () => {
  const fd = fs.openSync('file');
  const sync = fs.fstatSync(fd);
  assert.deepStrictEqual(await call(fs.fstat, fd), sync);
  const big = fs.fstatSync(fd, { bigint: true });
  assert.deepStrictEqual(await call(fs.fstat, fd, { bigint: true }), big);
  fs.closeSync(fd);
  return [sync.size, big.size, big.mtimeNs];
});
step('fstat of a closed descriptor', () => fs.fstatSync(9999));
step('fstat of a closed descriptor', () => call(fs.fstat, 9999));
for (const throwIfNoEntry of [true, false, undefined]) {
  for (const path of ['none', 'file/none', 'x'.repeat(300)]) {
    const options = { throwIfNoEntry };
    step(`statSync ${throwIfNoEntry}`, () => fs.statSync(path, options));
    step(`lstatSync ${throwIfNoEntry}`, () => fs.lstatSync(path, options));
    step(`stat ${throwIfNoEntry}`, () => call(fs.stat, path, options));
    step(`promises.stat ${throwIfNoEntry}`, () => fs.promises.stat(path, options));
  }
}
step('many at once keep their own results', async () => {
  for (let i = 0; i < 50; i++) fs.writeFileSync(`n${i}`, 'y'.repeat(i));
  const names = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const promises = await Promise.all(names.map((n) => fs.promises.stat(n)));
  const callbacks = await Promise.all(names.map((n) => call(fs.stat, n)));
  return [promises.every((s, i) => s.size === i), callbacks.every((s, i) => s.size === i)];
});
step('statfs', async () => {
  const sync = fs.statfsSync('/proc');
  assert.deepStrictEqual(await call(fs.statfs, '/proc'), sync);
  assert.deepStrictEqual(await fs.promises.statfs('/proc'), sync);
  return [sync, fs.statfsSync('/proc', { bigint: true })];
});
step('statfs of nothing', () => fs.promises.statfs('none'));
step('a FIFO and a socket', () => {
  execFileSync('mkfifo', ['fifo']);
  return [kind(fs.statSync('fifo')), fs.readdirSync('.', { withFileTypes: true }).filter((d) => d.isFIFO())];
});
step('Dirents', async () => {
  const plain = (list) => list.filter((d) => !/^n\d/.test(d.name)).map((d) => [d.name, d.parentPath, kind(d)]);
  const sync = plain(fs.readdirSync('.', { withFileTypes: true }));
  assert.deepStrictEqual(plain(await call(fs.readdir, '.', { withFileTypes: true })), sync);
  assert.deepStrictEqual(plain(await fs.promises.readdir('.', { withFileTypes: true })), sync);
  return sync;
});
step('existsSync', () => ['file', 'none', 'link', '', Buffer.from('dir'), undefined].map((p) => fs.existsSync(p)));
run();
