'use strict';
// A child that was given a listening socket goes on to serve it when the parent closes its server.

const { spawn } = require('child_process');
const net = require('net');

if (process.argv[2] === 'child') {
  const server = net.createServer((socket) => socket.end('hello from the child\n'));
  server.listen({ fd: 3 }, () => process.send('listening'));
  process.on('disconnect', () => process.exit());
} else {
  const server = net.createServer().listen(0, () => {
    const { port } = server.address();
    const child = spawn(process.execPath, [__filename, 'child'], { stdio: [0, 1, 2, server._handle, 'ipc'] });
    server.close();
    child.on('message', () => {
      net.connect(port).on('data', (data) => {
        console.log(data.toString());
        child.disconnect();
      });
    });
  });
}
