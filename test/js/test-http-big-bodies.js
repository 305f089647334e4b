'use strict';
// Alone
// 64 MB up and 64 MB down at once through one process: back-pressure keeps memory small.
const assert = require('assert');
const http = require('http');
const { send, receive } = require('../common/big-bodies');

const SIZE = 64 * 1024 * 1024;
let received = 0;
const server = http.createServer((req, res) => {
  res.writeHead(200);
  // Node's client stops uploading when the response ends before, so that one waits for the request.
  let parts = 2;
  const end = () => --parts || res.end();
  send(res, SIZE, end);
  receive(req, SIZE, () => {
    received++;
    end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const req = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' });
  send(req, SIZE);
  req.on('response', (res) => receive(res, SIZE, () => {
    received++;
    server.close();
  }));
});
process.on('exit', () => assert.strictEqual(received, 2));
