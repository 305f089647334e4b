// What pledgedSrcSize may be, and the words for what it may not.
'use strict';
const zlib = require('zlib');

const sizes = ['1', null, NaN, Infinity, -Infinity, 1.9, -1, 2 ** 53, undefined, 0];
const uses = [
  (pledgedSrcSize) => zlib.createZstdCompress({ pledgedSrcSize }).destroy(),
  (pledgedSrcSize) => zlib.zstdCompressSync('', { pledgedSrcSize }),
];
for (const size of sizes) {
  for (const use of uses) {
    try {
      use(size);
      console.log(size, 'ok');
    } catch (e) {
      console.log(size, e.name, e.code, e.message);
    }
  }
}
