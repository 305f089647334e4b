'use strict';
// Digests: all algorithms, encodings of input and output, streaming in pieces, copies, errors.
const crypto = require('crypto');
const { pipeline } = require('stream/promises');
const { Readable } = require('stream');
const { run, step } = require('../common/show');

const data = Buffer.alloc(100_000, 'The quick brown fox ');
const names = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256',
               'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'shake128', 'shake256',
               'blake2b512', 'blake2s256', 'ripemd160', 'sm3', 'md5-sha1',
               'RSA-SHA256', 'SHA256', 'Sha-256', 'sha2-256', '2.16.840.1.101.3.4.2.1', 'ssl3-md5'];
for (const name of names) {
  step(name, () => ['', 'abc', data].map((d) => crypto.createHash(name).update(d).digest('hex')));
}
for (const name of ['nope', '', 'null', 'sha256 ']) step(`unknown ${name}`, () => crypto.createHash(name));
step('getHashes', () => crypto.getHashes());

const inputs = { utf8: 'é€😀', latin1: 'é', ascii: 'é', hex: '616263zz', base64: 'YWJj', base64url: 'YWJj-_',
                 utf16le: 'aé' };
for (const [encoding, text] of Object.entries(inputs)) {
  step(`update ${encoding}`, () => crypto.createHash('sha256').update(text, encoding).digest('hex'));
}
for (const encoding of ['hex', 'HEX', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf8', 'ucs2', 'utf16le',
                        'buffer', undefined, 'unknown']) {
  step(`digest ${encoding}`, () => crypto.createHash('md5').update('abc').digest(encoding));
  step(`hash ${encoding}`, () => crypto.hash('md5', 'abc', encoding));
}
for (const size of [1, 7, 64, 4096, 99_999]) {
  step(`pieces of ${size}`, () => {
    const hash = crypto.createHash('sha256');
    for (let i = 0; i < data.length; i += size) hash.update(data.subarray(i, i + size));
    return hash.digest('hex');
  });
}
step('views', () => [new Uint8Array([1, 2]), new DataView(new ArrayBuffer(3)), new Float64Array([1]), Buffer.alloc(0)]
  .map((view) => crypto.createHash('sha1').update(view).digest('hex')));
step('large string', () => crypto.createHash('sha1').update('é'.repeat(100_000)).digest('hex'));
step('stream', async () => {
  const hash = crypto.createHash('sha512');
  await pipeline(Readable.from([data, data.subarray(5), Buffer.from('x')]), hash);
  return hash.read().toString('hex');
});
step('write and end', () => {
  const hash = crypto.createHash('sha1', { encoding: 'hex' });
  hash.write('a');
  hash.end('b');
  return hash.read();
});
step('copy', () => {
  const hash = crypto.createHash('sha256').update('a');
  const copy = hash.copy();
  return [hash.update('b').digest('hex'), copy.update('c').digest('hex')];
});
for (const outputLength of [0, 1, 16, 32, 200]) {
  step(`shake256 of ${outputLength}`, () => crypto.createHash('shake256', { outputLength }).update('a').digest('hex'));
  step(`sha256 of ${outputLength}`, () => crypto.createHash('sha256', { outputLength }).update('a').digest('hex'));
  step(`hash sha256 of ${outputLength}`, () => crypto.hash('sha256', 'a', { outputLength }));
  step(`copy to ${outputLength}`, () => crypto.createHash('shake128').update('a').copy({ outputLength }).digest('hex'));
}
step('update twice after digest', () => { const h = crypto.createHash('sha1'); h.digest(); h.update('x'); });
step('digest twice', () => { const h = crypto.createHash('sha1'); h.digest(); h.digest(); });
step('copy after digest', () => { const h = crypto.createHash('sha1'); h.digest(); h.copy(); });
step('update(1)', () => crypto.createHash('sha1').update(1));
step('hash unknown', () => crypto.hash('nope', 'x'));
step('hash views', () => [crypto.hash('sha1', Buffer.from('abc')),
                          crypto.hash('sha1', new Uint16Array([1]), 'base64')]);

for (const key of ['', 'k', Buffer.alloc(200, 7), crypto.createSecretKey(Buffer.from('k'))]) {
  step('hmac', () => ['md5', 'sha1', 'sha256', 'sha512', 'sha3-256']
    .map((name) => crypto.createHmac(name, key).update('abc').update('é', 'latin1').digest('hex')));
}
step('hmac unknown', () => crypto.createHmac('nope', 'k'));
step('hmac twice', () => {
  const h = crypto.createHmac('sha1', 'k');
  return [h.digest('hex'), h.digest('hex'), h.digest()];
});
step('hmac stream', () => { const h = crypto.createHmac('sha1', 'k'); h.end('abc'); return h.read(); });
run();
