'use strict';
// What is written in pieces of any size, strings and Buffers mixed, comes back the same.
const net = require('net');

let seed = 42;
function random(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed % n;
}

const sent = [];
const received = [];
let sentBytes = 0;
let pieces = 0;

const server = net.createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  function write() {
    while (pieces < 400) {
      pieces++;
      let chunk;
      let encoding;
      switch (random(5)) {
        case 0: chunk = 'ä€𝄞x'.repeat(random(2000)); encoding = 'utf8'; break;
        case 1: chunk = 'ÿé~'.repeat(random(3000)); encoding = 'latin1'; break;
        case 2: chunk = 'uÄ𝄞'.repeat(random(1000)); encoding = 'utf16le'; break;
        case 3: chunk = Buffer.alloc(random(200000), pieces); break;
        default: chunk = Buffer.from([pieces & 255]); break;
      }
      if (chunk.length === 0) continue;
      sent.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk));
      sentBytes += Buffer.byteLength(chunk, encoding);
      if (!client.write(chunk, encoding)) {
        client.once('drain', write);
        return;
      }
    }
    client.end();
  }
  client.on('connect', write);
  client.on('data', (chunk) => received.push(chunk));
  client.on('close', (hadError) => {
    console.log('had error', hadError, 'pieces', pieces);
    console.log('counted', client.bytesWritten === sentBytes, client.bytesRead === sentBytes);
    console.log('same', Buffer.concat(sent).equals(Buffer.concat(received)), sentBytes);
    server.close(() => console.log('server closed'));
  });
});
