'use strict';
// A paused socket delivers nothing and loses nothing, however fast the other side sends.
const net = require('net');

const TOTAL = 24 * 1024 * 1024;
const server = net.createServer((socket) => {
  const chunk = Buffer.alloc(64 * 1024);
  let left = TOTAL;
  let next = 0;
  (function write() {
    while (left > 0) {
      const piece = Buffer.from(chunk);
      for (let i = 0; i < piece.length; i += 1024) piece[i] = next++ & 255;
      left -= piece.length;
      if (!socket.write(piece)) {
        socket.once('drain', write);
        return;
      }
    }
    socket.end();
  })();
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let got = 0;
  let bad = 0;
  let pauses = 0;
  let paused = false;
  client.on('data', (d) => {
    if (paused) bad++;
    for (let i = (1024 - got % 1024) % 1024; i < d.length; i += 1024)
      if (d[i] !== ((got + i) / 1024 & 255)) bad++;
    got += d.length;
    if (pauses < 20 && got > pauses * TOTAL / 25) {
      pauses++;
      paused = true;
      client.pause();
      setTimeout(() => {
        paused = false;
        client.resume();
      }, 5);
    }
  });
  client.on('end', () => console.log('end', got === TOTAL, 'bad', bad, 'pauses', pauses));
  client.on('close', () => server.close(() => console.log('closed')));
});
