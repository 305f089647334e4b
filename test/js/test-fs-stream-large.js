'use strict';
// 256 MB from one stream into another, with back-pressure: memory stays small, the copy is the same.
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const { pipeline } = require('stream/promises');
const main = require('../common/main');
require('../common/tmpdir');

const MB = 1 << 20;
const SIZE = 256;

const digest = async (name) => {
  const hash = crypto.createHash('sha1');
  for await (const chunk of fs.createReadStream(name, { highWaterMark: MB })) hash.update(chunk);
  return hash.digest('hex');
};

main(async () => {
  const fd = fs.openSync('big', 'w');
  const block = crypto.randomBytes(MB);
  for (let i = 0; i < SIZE; i++) {
    block.writeUInt32LE(i, i);
    fs.writeSync(fd, block);
  }
  fs.closeSync(fd);

  const source = fs.createReadStream('big');
  const sink = fs.createWriteStream('copy');
  let most = 0;
  source.on('data', () => { most = Math.max(most, sink.writableLength); });
  await pipeline(source, sink);
  assert.strictEqual(sink.bytesWritten, SIZE * MB);
  assert(most <= 4 * source.readableHighWaterMark, `${most} bytes were waiting`);
  assert.strictEqual(await digest('copy'), await digest('big'));
});
