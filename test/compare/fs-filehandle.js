'use strict';
// FileHandle: its life, streams made of it, lines.
const fs = require('fs');
require('../common/tmpdir');
const { run, step } = require('../common/show');
const { open } = fs.promises;

fs.writeFileSync('f', 'first\nsecond\nthird');
step('close', async () => {
  const h = await open('f');
  const events = [];
  h.on('close', () => events.push('close'));
  const fd = h.fd;
  const both = [h.close(), h.close()];
  events.push(h.fd, both[0] === both[1]);
  await both[0];
  events.push(await h.close(), typeof fd);
  return events;
});
step('use after close', async () => {
  const h = await open('f');
  await h.close();
  return h.read(Buffer.alloc(1));
});
step('the descriptor is closed', async () => {
  const h = await open('f');
  const { fd } = h;
  await h.close();
  return fs.fstatSync(fd);
});
step('closed behind its back', async () => {
  const h = await open('f');
  fs.closeSync(h.fd);
  return h.close();
});
step('open errors', () => open('none/x'));
step('readFile twice', async () => {
  const h = await open('f');
  const a = [await h.readFile('utf8'), await h.readFile('utf8')];
  await h.close();
  return a;
});
step('readLines', async () => {
  const lines = [];
  for await (const line of (await open('f')).readLines()) lines.push(line);
  return lines;
});
step('createReadStream', async () => {
  const h = await open('f');
  let text = '';
  for await (const c of h.createReadStream({ start: 2, end: 8, encoding: 'utf8', highWaterMark: 3 })) text += `${c}|`;
  return [text, h.fd];
});
step('createWriteStream', async () => {
  const h = await open('w', 'w');
  const s = h.createWriteStream();
  s.write('a');
  s.end('b');
  await new Promise((resolve) => s.on('close', resolve));
  return [fs.readFileSync('w', 'utf8'), h.fd, s.bytesWritten];
});
step('readableWebStream', async () => {
  const h = await open('f');
  let n = 0;
  for await (const c of h.readableWebStream()) n += c.byteLength;
  await h.close();
  return n;
});
step('await using', async () => {
  let h;
  {
    await using x = await open('f');
    h = x;
  }
  return h.fd;
});
step('writeFile and appendFile', async () => {
  const h = await open('w', 'w+');
  await h.writeFile('abc');
  await h.appendFile('def');
  await h.writeFile(['x', 'y']);
  await h.close();
  return fs.readFileSync('w', 'utf8');
});
step('the native handle', async () => {
  const h = await open('f');
  const own = [typeof h.getAsyncId(), h.constructor.name, Object.keys(h).length];
  await h.close();
  return own;
});
run();
