'use strict';
// A digest may be asked for after the hash was used as a stream, which has taken it already.
const crypto = require('node:crypto');
const { Readable, PassThrough } = require('node:stream');
const { pipeline } = require('node:stream/promises');

async function main() {
  const makers = {
    'sha256': () => crypto.createHash('sha256'),
    'md5': () => crypto.createHash('md5'),
    'shake128 of 5': () => crypto.createHash('shake128', { outputLength: 5 }),
    'shake128 of 0': () => crypto.createHash('shake128', { outputLength: 0 }),
  };
  for (const [name, make] of Object.entries(makers)) {
    const hash = make();
    const out = new PassThrough();
    await pipeline(Readable.from(['one', 'two']), hash, out);
    console.log(name, 'stream:', out.read()?.toString('hex'));
    for (const encoding of ['hex', 'base64']) {
      try {
        console.log(name, encoding, hash.digest(encoding));
      } catch (error) {
        console.log(name, encoding, error.code, error.message);
      }
    }
    try {
      hash.update('more');
      console.log('updated');
    } catch (error) {
      console.log(error.code, error.message);
    }
    try {
      console.log(hash.copy().digest('hex'));
    } catch (error) {
      console.log(error.code ?? error.name, error.code && error.message);
    }
  }
}
main();
