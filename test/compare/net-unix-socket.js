'use strict';
// Unix sockets: listen, connect, address, permissions, removal of the path; abstract names.
const net = require('net');
const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'net-unix-'));
const name = path.join(dir, 'socket');

function exchange(target, options, done) {
  let side;
  const server = net.createServer((socket) => {
    side = [socket.remoteAddress, socket.localAddress, socket.remoteFamily];
    socket.setEncoding('utf8');
    socket.on('data', (d) => socket.end(d.toUpperCase()));
  });
  server.listen({ path: target, ...options }, () => {
    console.log('address', server.address() === target);
    if (target[0] !== '\0') console.log('mode', (fs.statSync(target).mode & 0o777).toString(8));
    const client = net.connect(target, () => {
      console.log('connected', client.address(), client.remoteAddress);
      client.write('hello');
    });
    client.on('data', (d) => console.log('got', String(d), side));
    client.on('close', () => server.close(() => {
      if (target[0] !== '\0') console.log('left', fs.existsSync(target));
      done();
    }));
  });
}
process.umask(0o077);
exchange(name, {}, () => {
  exchange(name, { readableAll: true, writableAll: true }, () => {
    exchange(`\0net-unix-${process.pid}`, {}, () => fs.rmdirSync(dir));
  });
});
