'use strict';
// 32 MB up and 32 MB down at once in one stream: the windows keep memory small, and no byte is lost.
const assert = require('assert');
const http2 = require('http2');

const SIZE = 32 * 1024 * 1024;
// AddressSanitizer keeps freed memory for a while and surrounds the rest.
const LIMIT = (process.env.TORC_SANITIZED ? 450 : 150) * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024, 'body');
let peak = 0;
let checks = 0;

function send(stream) {
  let left = SIZE;
  (function write() {
    while (left > 0) {
      left -= chunk.length;
      peak = Math.max(peak, process.memoryUsage.rss());
      if (!stream.write(chunk)) {
        stream.once('drain', write);
        return;
      }
    }
    stream.end();
  })();
}

function count(stream, done) {
  let got = 0;
  let sum = 0;
  stream.on('data', (d) => {
    got += d.length;
    sum = (sum + d[0] + d[d.length - 1]) | 0;
    // A reader slower than the writer, now and then.
    if (got % 5 === 0) {
      stream.pause();
      setImmediate(() => stream.resume());
    }
  });
  stream.on('end', () => {
    assert.strictEqual(got, SIZE);
    checks++;
    done?.();
  });
}

const server = http2.createServer();
server.on('stream', (stream) => {
  stream.respond();
  send(stream);
  count(stream);
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const req = client.request({ ':method': 'POST' });
  send(req);
  count(req);
  req.on('close', () => {
    assert.strictEqual(req.rstCode, 0);
    client.close();
    server.close();
  });
});
process.on('exit', () => {
  assert.strictEqual(checks, 2);
  assert.ok(peak < LIMIT, `${peak >> 20} MB`);
});
