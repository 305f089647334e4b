'use strict';
// Bodies of many megabytes that pass through one process in both directions, while its memory stays small.
const assert = require('assert');

// AddressSanitizer keeps freed memory for a while and surrounds the rest.
const LIMIT = (process.env.TORC_SANITIZED ? 450 : 150) * 1024 * 1024;
const SLOW_EVERY = 7; // of the pieces that come
const chunk = Buffer.alloc(64 * 1024, 'body');
let peak = 0;

// Writes size bytes, waiting whenever the stream says so.
function send(stream, size, done = () => stream.end()) {
  let left = size;
  (function write() {
    while (left > 0) {
      left -= chunk.length;
      peak = Math.max(peak, process.memoryUsage.rss());
      if (!stream.write(chunk)) {
        stream.once('drain', write);
        return;
      }
    }
    done();
  })();
}

// A reader that is slower than the writer, now and then; size bytes have to come.
function receive(stream, size, done) {
  let got = 0;
  let pieces = 0;
  stream.on('data', (piece) => {
    got += piece.length;
    if (++pieces % SLOW_EVERY === 0) {
      stream.pause();
      setImmediate(() => stream.resume());
    }
  });
  stream.on('end', () => {
    assert.strictEqual(got, size);
    done();
  });
}

process.on('exit', () => assert.ok(peak > 0 && peak < LIMIT, `${peak >> 20} MB of memory`));

module.exports = { send, receive };
