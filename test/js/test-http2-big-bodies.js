'use strict';
// Alone
// 32 MB up and 32 MB down at once in one stream: the windows keep memory small, and no byte is lost.
const assert = require('assert');
const http2 = require('http2');
const { send, receive } = require('../common/big-bodies');

const SIZE = 32 * 1024 * 1024;
let received = 0;
const count = () => { received++; };
const server = http2.createServer();
server.on('stream', (stream) => {
  stream.respond();
  send(stream, SIZE);
  receive(stream, SIZE, count);
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const req = client.request({ ':method': 'POST' });
  send(req, SIZE);
  receive(req, SIZE, count);
  req.on('close', () => {
    assert.strictEqual(req.rstCode, 0);
    client.close();
    server.close();
  });
});
process.on('exit', () => assert.strictEqual(received, 2));
