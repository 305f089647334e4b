'use strict';
// ReadStream and WriteStream: ranges, events and their order, errors, back-pressure, pipeline.
const fs = require('fs');
const { pipeline } = require('stream/promises');
const { Transform } = require('stream');
require('../common/tmpdir');
const { run, step } = require('../common/show');

fs.writeFileSync('f', Buffer.alloc(300000, 'abcdefghijklmnopqrstuvwxyz'));
const events = (s, names) => new Promise((resolve) => {
  const seen = [];
  for (const n of names) s.on(n, (v) => seen.push(v instanceof Error ? `${n} ${v.message}` : n));
  s.on('close', () => resolve(seen));
});
step('read events', () => {
  const s = fs.createReadStream('f');
  const sizes = [];
  s.on('data', (d) => sizes.push(d.length));
  return events(s, ['open', 'ready', 'end', 'close', 'error'])
    .then((e) => [e, sizes, s.bytesRead, s.path, s.pending]);
});
const ranges = [
  { start: 10, end: 19 },
  { end: 4 },
  { start: 299990 },
  { start: 400000 },
  { start: 5, end: 5 },
  { start: 3, end: 12, highWaterMark: 4 },
];
for (const o of ranges) {
  step(`range ${JSON.stringify(o)}`, async () => {
    const parts = [];
    for await (const c of fs.createReadStream('f', { ...o, encoding: 'latin1' })) parts.push(c);
    return parts;
  });
}
step('no such file', () => events(fs.createReadStream('none'), ['open', 'end', 'close', 'error']));
step('a directory', () => {
  const s = fs.createReadStream('.');
  s.resume();
  return events(s, ['open', 'end', 'close', 'error']);
});
step('write to a place that is not', () => {
  const s = fs.createWriteStream('none/x');
  return events(s, ['open', 'finish', 'close', 'error']);
});
step('destroyed early', () => {
  const s = fs.createReadStream('f');
  s.once('data', () => s.destroy());
  return events(s, ['open', 'end', 'close', 'error']);
});
step('destroyed before open', () => {
  const s = fs.createReadStream('f');
  s.destroy(new Error('enough'));
  return events(s, ['open', 'end', 'close', 'error']);
});
step('write events', () => {
  const s = fs.createWriteStream('w');
  const seen = [s.write('one'), s.write(Buffer.alloc(20000, 'x')), s.writableLength];
  s.end('end');
  return events(s, ['open', 'ready', 'drain', 'finish', 'close'])
    .then((e) => [seen, e, s.bytesWritten, fs.statSync('w').size]);
});
step('corked writes and encodings', async () => {
  const s = fs.createWriteStream('w', { encoding: 'hex' });
  s.cork();
  for (let i = 0; i < 20; i++) s.write(`6${i % 10}`);
  s.write('é', 'latin1');
  s.uncork();
  s.end();
  await events(s, []);
  return fs.readFileSync('w', 'latin1');
});
step('append, start, flush', async () => {
  for (const o of [{ flags: 'a' }, { flags: 'r+', start: 1 }, { flags: 'a', flush: true }]) {
    const s = fs.createWriteStream('w', o);
    s.end('Z');
    await events(s, []);
  }
  return fs.readFileSync('w', 'latin1');
});
step('a descriptor that is kept open', async () => {
  const fd = fs.openSync('f');
  const s = fs.createReadStream(null, { fd, autoClose: false, end: 3, encoding: 'utf8' });
  const parts = [];
  for await (const c of s) parts.push(c);
  await new Promise(setImmediate);
  const size = fs.fstatSync(fd).size;
  fs.closeSync(fd);
  return [parts, size];
});
step('pipeline', async () => {
  const upper = new Transform({ transform: (c, e, cb) => cb(null, c.toString().toUpperCase()) });
  await pipeline(fs.createReadStream('f'), upper, fs.createWriteStream('up'));
  return fs.readFileSync('up', 'latin1') === fs.readFileSync('f', 'latin1').toUpperCase();
});
step('pipeline fails', () => pipeline(fs.createReadStream('f'), fs.createWriteStream('/dev/full')));
step('a signal', async () => {
  const c = new AbortController();
  const s = fs.createReadStream('f', { signal: c.signal });
  setImmediate(() => c.abort());
  s.resume();
  const e = await events(s, ['error', 'close']);
  return e[0] === 'error The operation was aborted';
});
step('many streams at once', async () => {
  const copy = (i) => pipeline(fs.createReadStream('f'), fs.createWriteStream(`copy${i}`));
  await Promise.all(Array.from({ length: 30 }, (_, i) => copy(i)));
  const f = fs.readFileSync('f');
  return Array.from({ length: 30 }, (_, i) => fs.readFileSync(`copy${i}`).equals(f)).every(Boolean);
});
run();
