'use strict';
// Blobs: parts of all kinds, slices, streams, URLs, clones, files.
const fs = require('fs');
const { Blob, File, resolveObjectURL } = require('buffer');
const { run, step } = require('../common/show');

const view = new Uint16Array([0x4142, 0x4344]);
const small = new Blob(['abc', new Blob(['def']).slice(1), Buffer.from('ghi').subarray(1, 2), view,
  new DataView(view.buffer, 1, 2), 'é', 5, null]);
const large = new Blob([Buffer.alloc(300000, 1), small.slice(1, 5), 'x']);
const sizes = async (blob) => {
  const all = [];
  for await (const chunk of blob.stream()) all.push(chunk.byteLength);
  return all;
};

step('small', async () => [small.size, small.type, await small.text(),
  Buffer.from(await small.arrayBuffer()).toString('hex'), [...await small.bytes()]]);
step('large', async () => [large.size, await sizes(large), (await large.arrayBuffer()).byteLength]);
for (const range of [[], [1], [1, 4], [-3], [-5, -2], [4, 2], [0, 1e9], ['1', '3'], [299998, 300003]]) {
  step(`slice ${range}`, async () => [await small.slice(...range).text(), large.slice(...range).size,
    await large.slice(...range).slice(1, 3).text()]);
}
step('empty', async () => [await new Blob().text(), await sizes(new Blob(['', new Uint8Array(0)])),
  await new Blob([new Blob()]).arrayBuffer().then((b) => b.byteLength)]);
step('parts are copies', async () => {
  const bytes = new Uint8Array([65, 66]);
  const blob = new Blob([bytes]);
  bytes[0] = 90;
  return [await blob.text(), bytes.length];
});
step('read twice at once', async () => Promise.all([small.text(), small.text(), sizes(small)]));
step('reader with a buffer of its own', async () => {
  const reader = new Blob(['abcdef']).stream().getReader({ mode: 'byob' });
  const out = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(4));
    if (done) return out;
    out.push(Buffer.from(value).toString());
  }
});
step('file object', async () => {
  const file = new File(['x', small], 'name.txt', { type: 'text/plain', lastModified: 5 });
  return [file.name, file.size, file.type, file.lastModified, await file.slice(0, 3, 'a/b').text(), file.slice(0, 3,
    'a/b').type];
});
step('clone', async () => {
  const copy = structuredClone(small);
  return [copy instanceof Blob, copy.size, await copy.text() === await small.text(),
    await structuredClone(large.slice(299999, 300003)).text()];
});
step('through a port', async () => {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ blob: small.slice(0, 4) });
  const { blob } = await new Promise((resolve) => port2.once('message', resolve));
  port1.close();
  return blob.text();
});
step('URL', async () => {
  const u = URL.createObjectURL(small);
  const again = resolveObjectURL(u);
  const before = [u.startsWith('blob:nodedata:'), again.size, await again.text()];
  URL.revokeObjectURL(u);
  URL.revokeObjectURL('blob:other');
  return [...before, resolveObjectURL(u), resolveObjectURL('blob:nodedata:none'), resolveObjectURL('http://x')];
});
step('bad parts', () => new Blob('abc'));
step('bad endings', () => new Blob([], { endings: 'x' }));
step('line ends', () => new Blob(['a\r\nb\rc\n'], { endings: 'native' }).text());

step('file', async () => {
  fs.writeFileSync('blob.txt', Buffer.alloc(200000, 65));
  const blob = await fs.openAsBlob('blob.txt', { type: 't/x' });
  return [blob.size, blob.type, await sizes(blob), await blob.slice(10, 20).text(), await new Blob(['<', blob.slice(0,
    2), '>']).text()];
});
step('file, closed after reading', async () => {
  const open = () => fs.readdirSync('/proc/self/fd').length;
  const before = open();
  const blob = await fs.openAsBlob('blob.txt');
  await blob.text();
  await blob.slice(5, 10).arrayBuffer();
  await new Promise(setImmediate);
  return open() <= before;
});
step('file, cloned', async () => structuredClone(await fs.openAsBlob('blob.txt')));
step('file, changed', async () => {
  const blob = await fs.openAsBlob('blob.txt');
  fs.writeFileSync('blob.txt', 'other');
  return blob.text();
});
step('file, gone', async () => {
  const blob = await fs.openAsBlob('blob.txt');
  fs.unlinkSync('blob.txt');
  return blob.text();
});
step('file, empty', async () => {
  fs.writeFileSync('empty.txt', '');
  return (await fs.openAsBlob('empty.txt')).text();
});
step('no file', () => fs.openAsBlob('none.txt'));
run();
