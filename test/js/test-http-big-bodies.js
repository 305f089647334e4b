'use strict';
// 64 MB up and 64 MB down at once through one process: back-pressure keeps memory small.
const assert = require('assert');
const http = require('http');

const SIZE = 64 * 1024 * 1024;
// AddressSanitizer keeps freed memory for a while and surrounds the rest.
const LIMIT = (process.env.TORC_SANITIZED ? 450 : 150) * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024, 'body');
let peak = 0;

function send(stream, left, done = () => stream.end()) {
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

function count(stream, done) {
  let got = 0;
  stream.on('data', (d) => {
    got += d.length;
    // A reader slower than the writer, now and then.
    if (got % 7 === 0) {
      stream.pause();
      setImmediate(() => stream.resume());
    }
  });
  stream.on('end', () => done(got));
}

let checks = 0;
const server = http.createServer((req, res) => {
  res.writeHead(200);
  // Node's client stops uploading when the response ends before, so that one waits for the request.
  let parts = 2;
  const end = () => --parts || res.end();
  send(res, SIZE, end);
  count(req, (got) => {
    assert.strictEqual(got, SIZE);
    checks++;
    end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const req = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' });
  send(req, SIZE);
  req.on('response', (res) => count(res, (got) => {
    assert.strictEqual(got, SIZE);
    checks++;
    server.close();
  }));
});
process.on('exit', () => {
  assert.strictEqual(checks, 2);
  assert.ok(peak < LIMIT, `${peak} bytes of memory`);
});
