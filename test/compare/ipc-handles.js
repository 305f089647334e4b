'use strict';
// Servers, sockets and datagram sockets sent to another process with process.send().
const { fork } = require('child_process');
const dgram = require('dgram');
const net = require('net');

if (process.argv[2]) {
  process.on('message', (m, handle) => {
    if (m === 'server') {
      handle.on('connection', (socket) => socket.end('from the child\'s server'));
      process.send('listening');
    } else if (m === 'socket') {
      handle.end('from the child, by a socket');
    } else if (m.to) {
      handle.send('from the child, a datagram', m.to, '127.0.0.1', () => handle.close());
    } else if (m === 'end') {
      process.disconnect();
      process.exit(0);
    }
  });
  return;
}
const child = fork(__filename, ['child']);
child.on('exit', (code) => console.log('exit', code));
const server = net.createServer((socket) => child.send('socket', socket));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  read(port, () => {
    child.send('server', server, () => server.close());
    child.once('message', (m) => {
      console.log(m);
      read(port, udp);
    });
  });
});
function read(port, done) {
  let text = '';
  net.connect(port, '127.0.0.1').on('data', (d) => text += d).on('close', () => {
    console.log(text);
    done();
  });
}
function udp() {
  const given = dgram.createSocket('udp4');
  const receiver = dgram.createSocket('udp4');
  receiver.bind(0, '127.0.0.1', () => {
    given.bind(0, '127.0.0.1', () => child.send({ to: receiver.address().port }, given));
  });
  receiver.on('message', (d, info) => {
    console.log(String(d), info.port === given.address().port);
    given.close();
    receiver.close();
    child.send('end');
  });
}
