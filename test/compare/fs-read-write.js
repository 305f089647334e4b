'use strict';
// Descriptors: positions, pieces, vectors, encodings; files that grow, have no size, or are pipes.
const fs = require('fs');
const { execFileSync } = require('child_process');
require('../common/tmpdir');
const { run, step } = require('../common/show');

const call = (fn, ...args) => new Promise((resolve, reject) => {
  fn(...args, (e, ...v) => (e ? reject(e) : resolve(v.length > 1 ? v : v[0])));
});
const text = (b, n) => b.subarray(0, n).toString();

fs.writeFileSync('f', '0123456789');
for (const position of [null, 3, 3n, 100, -1]) {
  step(`readSync at ${position}`, () => {
    const fd = fs.openSync('f');
    const b = Buffer.alloc(4);
    const n = [fs.readSync(fd, b, 0, 4, position), fs.readSync(fd, b, 1, 2, null)];
    fs.closeSync(fd);
    return [n, b];
  });
  step(`read at ${position}`, async () => {
    const fd = fs.openSync('f');
    const b = Buffer.alloc(4);
    const n = [(await call(fs.read, fd, b, 0, 4, position))[0], (await call(fs.read, fd, b, 1, 2, null))[0]];
    await call(fs.close, fd);
    return [n, b];
  });
  step(`FileHandle.read at ${position}`, async () => {
    const h = await fs.promises.open('f');
    const b = Buffer.alloc(4);
    const n = [(await h.read(b, 0, 4, position)).bytesRead, (await h.read(b, 1, 2, null)).bytesRead];
    await h.close();
    return [n, b];
  });
}
step('small typed arrays and DataViews', async () => {
  const fd = fs.openSync('f');
  const u = new Uint16Array(2);
  const d = new DataView(new ArrayBuffer(8), 2, 3);
  fs.readSync(fd, u);
  await call(fs.read, fd, d, 0, 3, 4);
  const s = new Uint8Array(new SharedArrayBuffer(4));
  await call(fs.read, fd, s, 0, 4, 0);
  fs.closeSync(fd);
  return [[...u], Buffer.from(d.buffer), [...s]];
});
step('readv', async () => {
  const fd = fs.openSync('f');
  const make = () => [Buffer.alloc(3), new Uint8Array(2), Buffer.alloc(20)];
  const a = make(), b = make(), c = make();
  const n = [fs.readvSync(fd, a), (await call(fs.readv, fd, b, 1))[0]];
  fs.closeSync(fd);
  const h = await fs.promises.open('f');
  n.push((await h.readv(c, 2)).bytesRead, (await h.readv([])).bytesRead);
  await h.close();
  return [n, Buffer.concat(a), Buffer.concat(b), Buffer.concat(c)];
});
step('write', async () => {
  const fd = fs.openSync('o', 'w+');
  const n = [];
  n.push(fs.writeSync(fd, Buffer.from('abcdef'), 1, 3));
  n.push(fs.writeSync(fd, 'xyz', 8));
  n.push(fs.writeSync(fd, 'é', null, 'latin1'));
  n.push((await call(fs.write, fd, Buffer.from('QQ'), 0, 2, 1))[0]);
  n.push((await call(fs.write, fd, '6a6b', null, 'hex'))[0]);
  n.push(fs.writevSync(fd, [Buffer.from('1'), Buffer.from('23')], 20));
  n.push((await call(fs.writev, fd, [Buffer.from('4'), Buffer.alloc(0)]))[0]);
  n.push(fs.writeSync(fd, 'h€', undefined, 'utf16le'));
  n.push(fs.writeSync(fd, 'aGk=', null, 'base64'));
  n.push(fs.writeSync(fd, ''));
  fs.closeSync(fd);
  return [n, fs.readFileSync('o')];
});
step('FileHandle.write', async () => {
  const h = await fs.promises.open('o', 'w');
  const n = [(await h.write(Buffer.from('abc'))).bytesWritten, (await h.write('dé', 5)).bytesWritten];
  n.push((await h.writev([Buffer.from('1'), Buffer.from('2')])).bytesWritten);
  await h.datasync();
  await h.sync();
  await h.truncate(7);
  await h.chmod(0o600);
  await h.utimes(1, 2);
  const s = await h.stat();
  await h.close();
  return [n, fs.readFileSync('o'), s.mtimeMs, s.mode];
});
step('write errors', async () => {
  const errors = [];
  const ro = fs.openSync('f');
  const attempts = [
    () => fs.writeSync(ro, 'x'),
    () => fs.writeSync(ro, Buffer.from('x')),
    () => fs.writevSync(ro, [Buffer.from('x')]),
    () => call(fs.write, ro, 'x'),
    () => call(fs.write, ro, Buffer.from('x')),
    () => call(fs.writev, ro, [Buffer.from('x')]),
    () => call(fs.ftruncate, ro, 1),
    () => fs.ftruncateSync(ro, 1),
    () => call(fs.close, 9999),
    () => fs.closeSync(9999),
    () => call(fs.fsync, 9999),
    () => call(fs.fdatasync, 9999),
    () => call(fs.read, 9999, Buffer.alloc(1), 0, 1, 0),
    () => fs.fchmodSync(9999, 0),
    () => call(fs.fchown, 9999, 1, 1),
    () => call(fs.futimes, 9999, 1, 1),
    () => fs.writeFileSync('/dev/full', 'x'),
    () => call(fs.writeFile, '/dev/full', 'x'),
    () => fs.promises.writeFile('/dev/full', 'x'),
  ];
  for (const fn of attempts) {
    try {
      await fn();
      errors.push('no error');
    } catch (e) {
      errors.push(`${e.message} ${e.errno} ${e.code} ${e.syscall} ${e.path}`);
    }
  }
  fs.closeSync(ro);
  return errors;
});
for (const size of [0, 1, 4095, 65536, 524288, 524289, 3000000]) {
  step(`whole files of ${size}`, async () => {
    const data = Buffer.alloc(size, 'abcdefghij');
    fs.writeFileSync('s', data);
    await call(fs.writeFile, 'c', data);
    await fs.promises.writeFile('p', data);
    const all = async (...options) => [
      fs.readFileSync('p', ...options),
      await call(fs.readFile, 's', ...options),
      await fs.promises.readFile('c', ...options),
    ];
    const read = await all();
    const utf8 = await all('utf8');
    return [read.every((b) => b.equals(data)), utf8.every((t) => t === data.toString())];
  });
}
step('invalid UTF-8', () => {
  fs.writeFileSync('bad', Buffer.from([0x61, 0xff, 0xe2, 0x82, 0x62, 0xf0]));
  return [fs.readFileSync('bad', 'utf8'), fs.readFileSync('bad', 'latin1'), fs.readFileSync('bad', 'ascii')];
});
step('lone surrogates', () => {
  fs.writeFileSync('sur', 'a\ud800b');
  return fs.readFileSync('sur');
});
step('/proc has no sizes', async () => {
  const p = '/proc/self/limits';
  const a = [fs.readFileSync(p, 'utf8'), fs.readFileSync(p).toString()];
  a.push(await call(fs.readFile, p, 'utf8'), await fs.promises.readFile(p, 'utf8'));
  return a.map((t) => t.split('\n')[0]);
});
step('a file that grows while it is read', async () => {
  fs.writeFileSync('g', 'start');
  const h = await fs.promises.open('g');
  const parts = [];
  for (let i = 0; i < 4; i++) {
    const { bytesRead, buffer } = await h.read(Buffer.alloc(100));
    parts.push(text(buffer, bytesRead));
    fs.appendFileSync('g', `+${i}`);
  }
  await h.close();
  return parts;
});
step('a FIFO', async () => {
  execFileSync('mkfifo', ['fifo']);
  const both = [fs.promises.writeFile('fifo', 'through a pipe'), fs.promises.readFile('fifo', 'utf8')];
  return Promise.all(both);
});
step('a descriptor for writeFile and readFile', async () => {
  const fd = fs.openSync('w', 'w+');
  fs.writeFileSync(fd, 'one ');
  await call(fs.writeFile, fd, 'two ');
  fs.appendFileSync(fd, 'three');
  const rest = fs.readFileSync(fd, 'utf8');
  fs.closeSync(fd);
  return [fs.readFileSync('w', 'utf8'), rest];
});
const flags = ['r', 'r+', 'w', 'wx', 'a', 'ax', 'a+', 'rs', fs.constants.O_RDWR | fs.constants.O_CREAT];
step('flags', () => flags.map((flag) => {
  try {
    const fd = fs.openSync('w', flag);
    fs.closeSync(fd);
    return typeof fd;
  } catch (e) {
    return e.code;
  }
}));
step('an abort signal', async () => {
  const c = new AbortController();
  const p = fs.promises.readFile('p', { signal: c.signal });
  c.abort();
  return p;
});
step('the buffer may be dropped while it is written', async () => {
  const fd = fs.openSync('d', 'w');
  const all = [];
  for (let i = 0; i < 20; i++) {
    all.push(call(fs.write, fd, Buffer.alloc(70000, 65 + i), 0, 70000, i * 70000));
  }
  await Promise.all(all);
  fs.closeSync(fd);
  const b = fs.readFileSync('d');
  return Array.from({ length: 20 }, (_, i) => b.subarray(i * 70000, (i + 1) * 70000))
    .map((part, i) => part.every((x) => x === 65 + i));
});
run();
