// Flags: --expose-internals
'use strict';
// HTTP over a Duplex written in JS, and a socket made of one: what TLS uses below.
const http = require('http');
const net = require('net');
const { duplexPair, Duplex } = require('stream');

const server = http.createServer((req, res) => {
  let body = '';
  req.on('data', (d) => body += d);
  req.on('end', () => res.end(`${req.method} ${req.url} ${body.length}`));
});
const [near, far] = duplexPair();
server.emit('connection', far);
const req = http.request({ createConnection: () => near, method: 'POST', path: '/duplex' }, (res) => {
  let text = '';
  res.on('data', (d) => text += d);
  res.on('end', () => {
    console.log(res.statusCode, text);
    wrapped();
  });
});
req.end('x'.repeat(100000));

function wrapped() {
  // Node's own wrapper, as tls.connect({ socket: duplex }) makes it.
  const JSStreamSocket = require('internal/js_stream_socket');
  const [a, b] = duplexPair();
  const socket = new JSStreamSocket(a);
  socket.on('data', (d) => console.log('socket got', String(d)));
  socket.on('end', () => console.log('socket end'));
  socket.on('close', (e) => {
    console.log('socket close', e, socket.bytesWritten, socket.bytesRead);
    failing();
  });
  b.on('data', (d) => {
    console.log('peer got', String(d));
    if (String(d) === 'zwei') b.end('bye');
  });
  socket.write('eins', () => socket.write(Buffer.from('zwei')));
  console.log(socket instanceof net.Socket);

  function failing() {
    const bad = new Duplex({
      read() {},
      write(chunk, encoding, cb) { cb(new Error('no space')); },
    });
    const over = new JSStreamSocket(bad);
    over.on('error', (err) => console.log(err.name, err.message, err.code));
    over.on('close', (e) => console.log('closed', e));
    over.write('x');
  }
}
