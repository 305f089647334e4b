'use strict';
// Random bytes, key derivation, secret keys, comparison in constant time.
const crypto = require('crypto');
const { AsyncLocalStorage } = require('async_hooks');
const { promisify } = require('util');
const { run, step } = require('../common/show');

const hex = (v) => Buffer.from(v).toString('hex');
step('randomBytes', async () => [crypto.randomBytes(0).length, crypto.randomBytes(33).length,
                                 (await promisify(crypto.randomBytes)(7)).length,
                                 crypto.randomBytes(16).equals(crypto.randomBytes(16))]);
step('randomFillSync', () => {
  const b = crypto.randomFillSync(Buffer.alloc(64), 16, 32);
  return [b.subarray(0, 16), b.subarray(48), b.subarray(16, 48).some((n) => n !== 0)];
});
step('randomFill', async () => (await promisify(crypto.randomFill)(new Uint32Array(8))).some((n) => n !== 0));
step('randomInt', async () => [crypto.randomInt(3) < 3, crypto.randomInt(5, 6), await promisify(crypto.randomInt)(1)]);
step('randomUUID', () => [crypto.randomUUID(), crypto.randomUUID({ disableEntropyCache: true })]
  .map((id) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id)));
step('getRandomValues', () => [crypto.getRandomValues(new Uint8Array(4)).length,
                               globalThis.crypto.getRandomValues(new BigInt64Array(2)).length]);
step('getRandomValues too many', () => crypto.getRandomValues(new Uint8Array(65537)));
step('getRandomValues floats', () => crypto.getRandomValues(new Float32Array(1)));
step('randomBytes(-1)', () => crypto.randomBytes(-1));
step('randomFillSync out of range', () => crypto.randomFillSync(Buffer.alloc(4), 5));
step('context of the callback', async () => {
  const storage = new AsyncLocalStorage();
  return storage.run('kept', () => new Promise((resolve) => crypto.randomBytes(1, () => resolve(storage.getStore()))));
});

for (const digest of ['sha1', 'sha512']) {
  step(`pbkdf2 ${digest}`, async () => [hex(crypto.pbkdf2Sync('password', 'salt', 1000, 40, digest)),
                                        hex(await promisify(crypto.pbkdf2)('', Buffer.alloc(0), 1, 16, digest))]);
}
step('pbkdf2 unknown', () => crypto.pbkdf2Sync('a', 'b', 1, 20, 'nope'));
step('pbkdf2 of 0', () => crypto.pbkdf2Sync('a', 'b', 1, 0, 'sha1'));
step('pbkdf2 0 times', () => crypto.pbkdf2Sync('a', 'b', 0, 20, 'sha1'));
step('scrypt', async () => [hex(crypto.scryptSync('password', 'salt', 32)), hex(crypto.scryptSync('', '', 0)),
                            hex(await promisify(crypto.scrypt)('p', 's', 16, { N: 1024, r: 4, p: 2 }))]);
step('scrypt N', () => crypto.scryptSync('a', 'b', 16, { N: 3 }));
step('scrypt memory', () => crypto.scryptSync('a', 'b', 16, { N: 2 ** 20 }));
step('hkdf', async () => [hex(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 42)),
                          hex(crypto.hkdfSync('sha512', '', '', '', 10)),
                          hex(await promisify(crypto.hkdf)('sha1', 'key', '', 'info', 20))]);
step('hkdf unknown', () => crypto.hkdfSync('nope', 'k', 's', 'i', 20));
step('hkdf too long', () => crypto.hkdfSync('sha1', 'k', 's', 'i', 20 * 256));
step('hkdf of 0', () => crypto.hkdfSync('sha1', 'k', 's', 'i', 0));
step('subtle.digest', async () => [hex(await crypto.subtle.digest('SHA-256', Buffer.from('abc'))),
                                   hex(await crypto.subtle.digest({ name: 'SHA-512' }, new Uint8Array(3)))]);
step('subtle.digest unknown', () => crypto.subtle.digest('nope', Buffer.from('abc')));

step('timingSafeEqual', () => [crypto.timingSafeEqual(Buffer.from('a'), new Uint8Array([97])),
                               crypto.timingSafeEqual(Buffer.from('ab'), Buffer.from('ac')),
                               crypto.timingSafeEqual(Buffer.alloc(0), new ArrayBuffer(0))]);
step('timingSafeEqual lengths', () => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')));
step('timingSafeEqual first', () => crypto.timingSafeEqual('a', Buffer.from('a')));
step('timingSafeEqual second', () => crypto.timingSafeEqual(Buffer.from('a'), 'a'));

const key = crypto.createSecretKey('abc', 'utf8');
step('secret key', () => [key.type, key.symmetricKeySize, key.export(), key.export({ format: 'jwk' })]);
step('secret keys equal', () => [key.equals(crypto.createSecretKey(Buffer.from('abc'))),
                                 key.equals(crypto.createSecretKey('b'))]);
step('equals(1)', () => key.equals(1));
step('generateKey', async () => [crypto.generateKeySync('hmac', { length: 64 }).symmetricKeySize,
                                 (await promisify(crypto.generateKey)('aes', { length: 256 })).symmetricKeySize]);
step('secureHeapUsed', () => crypto.secureHeapUsed());
step('getFips', () => crypto.getFips());
run();
