'use strict';
// crypto.subtle's HMAC: keys imported, signatures of each digest, verified and refused.
const { subtle } = globalThis.crypto;

const hex = (buffer) => Buffer.from(buffer).toString('hex');
const failing = (promise) => promise.then((v) => v, (error) => `${error.name}: ${error.message}`);

async function main() {
  const data = new TextEncoder().encode('what is signed');
  for (const hash of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) {
    const raw = Buffer.from('a key of some bytes');
    const key = await subtle.importKey('raw', raw, { name: 'HMAC', hash }, true, ['sign', 'verify']);
    const signature = await subtle.sign('HMAC', key, data);
    console.log(hash, signature instanceof ArrayBuffer, hex(signature), key.algorithm.length);
    const wrong = Buffer.from(new Uint8Array(signature));
    wrong[0] ^= 1;
    for (const given of [signature, wrong, signature.slice(1), new ArrayBuffer(0)])
      console.log(await subtle.verify('HMAC', key, given, data));
    console.log(await subtle.verify('HMAC', key, signature, data.subarray(1)));
  }
  const options = { name: 'HMAC', hash: 'SHA-256' };
  const made = await subtle.importKey('raw', Buffer.alloc(100, 'k'), options, true, ['sign', 'verify']);
  const signature = await subtle.sign('HMAC', made, new ArrayBuffer(0));
  console.log(signature.byteLength, await subtle.verify('HMAC', made, signature, new ArrayBuffer(0)));
  const jwk = await subtle.exportKey('jwk', made);
  const again = await subtle.importKey('jwk', jwk, options, false, ['sign']);
  console.log(hex(await subtle.sign('HMAC', again, new ArrayBuffer(0))) === hex(signature));
  console.log(await failing(subtle.verify('HMAC', again, signature, data)));
  console.log(await failing(subtle.importKey('jwk', { ...jwk, k: undefined }, options, false, ['sign'])));
  const empty = subtle.importKey('raw', new ArrayBuffer(0), options, true, ['sign']);
  console.log(await failing(empty));
  // Changed while the job runs: it has its own copy.
  const changing = Buffer.alloc(1 << 20, 'x');
  const before = subtle.sign('HMAC', again, changing);
  changing.fill('y');
  const { createHmac } = require('node:crypto');
  const key = Buffer.from(jwk.k, 'base64url');
  console.log(hex(await before) === createHmac('sha256', key).update(Buffer.alloc(1 << 20, 'x')).digest('hex'));
}
main();
