'use strict';
// Addresses and families of both ends, IPv4 and IPv6, and socket options that only must not fail.
const net = require('net');

function run(host, done) {
  const server = net.createServer((socket) => {
    console.log('server', socket.localAddress, socket.localFamily, socket.remoteAddress,
                socket.remoteFamily, socket.localPort === server.address().port);
    console.log('peer matches', socket.remotePort === client.localPort);
    socket.end();
  });
  let client;
  server.on('error', (err) => console.log(host, err.code));
  server.listen(0, host, () => {
    const { address, family } = server.address();
    console.log('listening', address, family);
    client = net.connect({ port: server.address().port, host, noDelay: true, keepAlive: true });
    client.on('connect', () => {
      console.log('client', client.localAddress, client.localFamily, client.remoteAddress,
                  client.remoteFamily, client.remotePort === server.address().port);
      console.log('options', client.setNoDelay() === client, client.setNoDelay(false) === client,
                  client.setKeepAlive(true, 3000) === client, client.setKeepAlive(false) === client);
      console.log('state', client.readyState, client.connecting, client.pending);
    });
    client.resume();
    client.on('close', () => {
      console.log('after', client.remoteAddress, client.localAddress, client.readyState);
      server.close(done);
    });
  });
}
run('127.0.0.1', () => run('::1'));
