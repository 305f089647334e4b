'use strict';
// Writing to a connection the other side has reset is an error of the socket; one close follows.
const net = require('net');

const server = net.createServer((socket) => {
  socket.on('error', (err) => {
    console.log('error', ['EPIPE', 'ECONNRESET'].includes(err.code), /^(write|read)$/.test(err.syscall));
    console.log('errno', err.errno < 0, err.message === `${err.syscall} ${err.code}`);
  });
  socket.on('close', (hadError) => {
    console.log('close', hadError, socket.destroyed);
    clearInterval(timer);
    server.close();
  });
  const timer = setInterval(() => socket.write('more'), 1);
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.once('data', () => client.resetAndDestroy());
  client.on('close', (hadError) => console.log('client close', hadError));
});
