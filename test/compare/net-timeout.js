'use strict';
// Idle timeouts: they fire once per idle time, are put off by traffic, and 0 switches them off.
const net = require('net');

const server = net.createServer((socket) => {
  let sent = 0;
  const timer = setInterval(() => {
    socket.write('x');
    if (++sent === 4) clearInterval(timer);
  }, 20);
  socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let got = 0;
  client.setTimeout(150);
  client.on('data', () => got++);
  client.once('timeout', () => {
    console.log('timeout after all data', got === 4, client.timeout);
    client.setTimeout(0);
    client.on('timeout', () => console.log('must not happen'));
    setTimeout(() => {
      console.log('destroyed', client.destroyed);
      client.destroy();
      server.close(() => console.log('closed'));
    }, 250);
  });
});
