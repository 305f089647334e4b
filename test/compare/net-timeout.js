'use strict';
// Alone
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
  let last = performance.now();
  client.setTimeout(150);
  client.on('data', (d) => {
    got += d.length;
    last = performance.now();
  });
  client.on('timeout', function idle() {
    const early = performance.now() - last < 145; // timers count whole milliseconds
    if (early) console.log('too early');
    if (got < 4) return; // the machine is busy elsewhere
    console.log('timeout after all data', client.timeout);
    client.setTimeout(0);
    client.off('timeout', idle);
    client.on('timeout', () => console.log('must not happen'));
    setTimeout(() => {
      console.log('destroyed', client.destroyed);
      client.destroy();
      server.close(() => console.log('closed'));
    }, 250);
  });
});
