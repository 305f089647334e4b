'use strict';
// Corked writes go to the stream as strings with their encodings: each is written in its own.

const net = require('net');

const CHUNKS = [
  ['37fF', 'hex'], ['aGVsbG8gd29ybGQ=', 'base64'], ['-_8', 'base64url'], ['\u00e9', 'latin1'], ['\u00e9', 'binary'],
  ['\u20ac', 'utf8'], ['\u20ac', 'utf16le'], ['ab', 'ucs2'], ['plain', 'ascii'], [Buffer.from([0, 255])],
];

const server = net.createServer((socket) => {
  const parts = [];
  socket.on('data', (data) => parts.push(data));
  socket.on('end', () => {
    console.log(Buffer.concat(parts).toString('hex'));
    socket.end();
    server.close();
  });
});

server.listen(0, () => {
  const client = net.connect(server.address().port, () => {
    client.cork();
    for (const chunk of CHUNKS) client.write(...chunk);
    console.log(client.bytesWritten);
    client.uncork();
    client.end(() => console.log(client.bytesWritten));
  });
  client.resume();
});
