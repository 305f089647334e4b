'use strict';
// Error objects of sockets and servers.
const net = require('net');
const fs = require('fs');
const os = require('os');
const path = require('path');

function show(name, err, port) {
  const text = JSON.stringify({ message: err.message, ...err });
  console.log(name, err.name, text.replaceAll(dir, 'DIR').replaceAll(port ? String(port) : 'no port', 'PORT'));
}
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'net-errors-'));

const server = net.createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const second = net.createServer();
  second.on('error', (err) => {
    show('in use', err, port);
    server.close(() => refused(port));
  });
  second.listen(port, '127.0.0.1');
});

function refused(port) {
  const client = net.connect(port, '127.0.0.1');
  client.on('error', (err) => show('refused', err, port));
  client.on('close', (hadError) => {
    console.log('close', hadError);
    refusedBoth(port);
  });
}

function refusedBoth(port) {
  const client = net.connect({ port, host: 'localhost', autoSelectFamily: false, family: 4 });
  client.on('error', (err) => {
    show('refused by name', err, port);
    local(port);
  });
}

function local(port) {
  const client = net.connect({ port, host: '127.0.0.1', localAddress: '192.0.2.1' });
  client.on('error', (err) => {
    show('local address', err, port);
    unix();
  });
}

function unix() {
  net.connect(path.join(dir, 'none')).on('error', (err) => {
    show('no such socket', err, 0);
    fs.writeFileSync(path.join(dir, 'file'), '');
    net.connect(path.join(dir, 'file')).on('error', (err) => {
      show('not a socket', err, 0);
      net.createServer().listen(path.join(dir, 'missing', 's')).on('error', (err) => {
        show('no directory', err, 0);
        net.createServer().listen(path.join(dir, 'file')).on('error', (err) => {
          show('path in use', err, 0);
          net.createServer().listen(0, '192.0.2.1').on('error', (err) => {
            show('not ours', err, 0);
            fs.rmSync(dir, { recursive: true });
          });
        });
      });
    });
  });
}
