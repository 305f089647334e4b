'use strict';
// Compression and its opposite: all formats, sync, with callbacks and as streams; broken input; dictionaries.
const zlib = require('zlib');
const { Readable } = require('stream');
const { pipeline } = require('stream/promises');
const { promisify } = require('util');
const { run, step } = require('../common/show');

const big = Buffer.alloc(1_000_000);
for (let i = 0; i < big.length; i++) big[i] = (i * i) >> (i % 7);
const pairs = { deflate: 'inflate', deflateRaw: 'inflateRaw', gzip: 'gunzip', brotliCompress: 'brotliDecompress',
                zstdCompress: 'zstdDecompress' };
const same = (a, b) => a.length === b.length && a.equals(b);

for (const [pack, unpack] of Object.entries(pairs)) {
  for (const data of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(100_000, 'ab'), big]) {
    step(`${pack} ${data.length}`, async () => {
      const sync = zlib[`${pack}Sync`](data);
      const async = await promisify(zlib[pack])(data);
      return [same(sync, async), same(zlib[`${unpack}Sync`](sync), data),
              same(await promisify(zlib[unpack])(async), data)];
    });
  }
  step(`${pack} stream`, async () => {
    const chunks = [];
    const name = (fn) => `create${fn[0].toUpperCase()}${fn.slice(1)}`;
    await pipeline(Readable.from([big, Buffer.from('x'), big.subarray(3)]), zlib[name(pack)](), zlib[name(unpack)](),
                   async (source) => { for await (const chunk of source) chunks.push(chunk); });
    return same(Buffer.concat(chunks), Buffer.concat([big, Buffer.from('x'), big.subarray(3)]));
  });
  step(`${unpack} cut short`, () => zlib[`${unpack}Sync`](zlib[`${pack}Sync`]('hello hello hello').subarray(0, 6)));
  step(`${unpack} nothing`, () => zlib[`${unpack}Sync`](''));
  step(`${unpack} junk`, () => zlib[`${unpack}Sync`]('this is junk, not compressed data'));
  step(`${unpack} junk later`, () => promisify(zlib[unpack])('this is junk, not compressed data'));
  const withJunk = () => Buffer.concat([zlib[`${pack}Sync`]('ok'), Buffer.from('junk')]);
  step(`${unpack} trailing junk`, () => zlib[`${unpack}Sync`](withJunk()));
  step(`${unpack} trailing junk rejected`, () => zlib[`${unpack}Sync`](withJunk(), { rejectGarbageAfterEnd: true }));
}

const gzip = zlib.gzipSync('one');
const deflate = zlib.deflateSync('two');
const members = Buffer.concat([gzip, gzip]);
step('members', () => [zlib.gunzipSync(members).toString(), zlib.unzipSync(members).toString()]);
step('members then zeros', () => zlib.gunzipSync(Buffer.concat([gzip, Buffer.alloc(10)])).toString());
step('members rejected', () => zlib.gunzipSync(members, { rejectGarbageAfterEnd: true }).toString());
step('unzip', () => [zlib.unzipSync(gzip).toString(), zlib.unzipSync(deflate).toString()]);
step('unzip byte by byte', async () => {
  const out = [];
  for (const packed of [gzip, deflate]) {
    const unzip = zlib.createUnzip();
    for (const byte of packed) unzip.write(Buffer.from([byte]));
    unzip.end();
    for await (const chunk of unzip) out.push(chunk);
  }
  return Buffer.concat(out).toString();
});
for (const bytes of [[], [0x1f], [0x1f, 0x8b], [0x1f, 0x8b, 8]])
  step(`unzip ${bytes}`, () => zlib.unzipSync(Buffer.from(bytes)));

const dictionary = Buffer.from('hello world hello');
for (const [pack, unpack] of [['deflate', 'inflate'], ['deflateRaw', 'inflateRaw']]) {
  const packed = () => zlib[`${pack}Sync`]('hello world', { dictionary });
  step(`${pack} dictionary`, () => zlib[`${unpack}Sync`](packed(), { dictionary }).toString());
  step(`${pack} no dictionary`, () => zlib[`${unpack}Sync`](packed()));
  step(`${pack} other dictionary`, () => zlib[`${unpack}Sync`](packed(), { dictionary: Buffer.from('other') }));
}
for (const options of [{ level: 0 }, { level: 9 }, { windowBits: 9 }, { memLevel: 1 },
                       { strategy: zlib.constants.Z_HUFFMAN_ONLY }, { chunkSize: 64 },
                       { finishFlush: zlib.constants.Z_SYNC_FLUSH }, { maxOutputLength: 10 }]) {
  step(`options ${JSON.stringify(options)}`, () => zlib.inflateSync(zlib.deflateSync('hello '.repeat(100), options),
                                                                    { finishFlush: options.finishFlush }).length);
}
step('maxOutputLength', () => zlib.inflateSync(zlib.deflateSync(big), { maxOutputLength: 100 }));
step('level 10', () => zlib.deflateSync('x', { level: 10 }));
step('brotli params', () => zlib.brotliDecompressSync(zlib.brotliCompressSync('hello', {
  params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1, [zlib.constants.BROTLI_PARAM_LGWIN]: 12 } })).toString());
step('brotli bad param', () => zlib.brotliCompressSync('x', { params: { 99: 1 } }));
step('zstd params', () => zlib.zstdDecompressSync(zlib.zstdCompressSync('hello', {
  params: { [zlib.constants.ZSTD_c_compressionLevel]: 19, [zlib.constants.ZSTD_c_checksumFlag]: 1 } })).toString());
step('zstd bad param', () => zlib.zstdCompressSync('x', { params: { [zlib.constants.ZSTD_c_windowLog]: 99 } }));
step('zstd pledged', () => zlib.zstdCompressSync('x', { pledgedSrcSize: 'a' }));
step('flush and params', async () => {
  const stream = zlib.createDeflate();
  const out = [];
  stream.on('data', (chunk) => out.push(chunk));
  stream.write('hello');
  await new Promise((resolve) => stream.flush(resolve));
  const flushed = zlib.inflateSync(Buffer.concat(out), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString();
  await new Promise((resolve) => stream.params(9, zlib.constants.Z_DEFAULT_STRATEGY, resolve));
  stream.end(' again');
  await new Promise((resolve) => stream.on('end', resolve));
  return [flushed, zlib.inflateSync(Buffer.concat(out)).toString(), stream.bytesWritten];
});
step('params takes effect', async () => {
  const stream = zlib.createDeflate({ level: 9 });
  const out = [];
  stream.on('data', (chunk) => out.push(chunk));
  stream.write(Buffer.alloc(50_000, 'a'));
  await new Promise((resolve) => stream.params(0, zlib.constants.Z_DEFAULT_STRATEGY, resolve));
  stream.end(Buffer.alloc(50_000, 'b'));
  await new Promise((resolve) => stream.on('end', resolve));
  const packed = Buffer.concat(out);
  return [packed.length > 50_000, packed.length < 60_000, zlib.inflateSync(packed).length];
});
step('reset', () => {
  const stream = zlib.createDeflate();
  stream.reset();
  stream.close();
  stream.reset();
});
step('error event', () => new Promise((resolve) => {
  const stream = zlib.createGunzip();
  stream.on('error', (e) => resolve([e.message, e.code, e.errno]));
  stream.write('junk');
}));
step('close while writing', () => new Promise((resolve) => {
  const stream = zlib.createGzip();
  stream.write(big);
  stream.close(() => resolve('closed'));
}));
step('crc32', () => [zlib.crc32(''), zlib.crc32('hello'), zlib.crc32(Buffer.from('hello'), 5),
                     zlib.crc32('é', 4294967295)]);
run();
