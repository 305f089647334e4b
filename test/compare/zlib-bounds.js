'use strict';
// Views that lie about their length are found out before anything is read or written.

const zlib = require('zlib');

const attempt = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};

const liar = new Uint8Array(1);
Object.defineProperty(liar, 'byteLength', { get: () => 5000 });
for (const name of ['deflateSync', 'gunzipSync', 'brotliCompressSync', 'zstdDecompressSync']) {
  attempt(() => zlib[name](liar));
}

const deflate = zlib.createDeflate();
deflate._outOffset = deflate._chunkSize + 1;
attempt(() => deflate._processChunk(Buffer.alloc(1), zlib.constants.Z_FINISH));
