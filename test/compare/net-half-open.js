'use strict';
// allowHalfOpen: a peer that ended can still be written to; without it the socket ends by itself.
const net = require('net');

function run(allowHalfOpen, done) {
  const log = [];
  const server = net.createServer({ allowHalfOpen }, (socket) => {
    socket.on('data', (d) => log.push(`server data ${d}`));
    socket.on('end', () => {
      log.push(`server end, writable ${socket.writable}`);
      if (allowHalfOpen) setImmediate(() => socket.end('late answer'));
    });
    socket.on('finish', () => log.push('server finish'));
    socket.on('close', (e) => log.push(`server close ${e}`));
  });
  server.listen(0, '127.0.0.1', () => {
    const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen });
    let text = '';
    client.on('data', (d) => text += d);
    client.on('end', () => log.push(`client end with "${text}"`));
    client.on('close', (e) => {
      log.push(`client close ${e}`);
      server.close(() => {
        console.log(allowHalfOpen, log.filter((l) => l.startsWith('server')));
        console.log(allowHalfOpen, log.filter((l) => l.startsWith('client')));
        done?.();
      });
    });
    client.end('request');
  });
}
run(true, () => run(false));
