'use strict';
// What a handle knows at once is told in the same turn: that writing has ended when nothing is left to write, before
// setImmediate(), and that it is closed, in the close phase. Both come before a timer that is due already.
const net = require('net');

const BUSY_MS = 5; // longer than the timer's

const server = net.createServer((socket) => socket.end('x')).listen(0, () => {
  const client = net.connect(server.address().port).resume();
  client.on('end', () => {
    console.log('end');
    setTimeout(() => console.log('timer'), 1);
    setImmediate(() => console.log('immediate'));
    const start = performance.now();
    while (performance.now() - start < BUSY_MS);
  });
  client.on('finish', () => console.log('finish'));
  client.on('close', () => {
    console.log('close');
    server.close();
  });
});
