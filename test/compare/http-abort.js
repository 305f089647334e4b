'use strict';
// Connections cut in the middle: what each side sees.
const http = require('http');
const net = require('net');

const log = [];
const server = http.createServer((req, res) => {
  req.on('aborted', () => log.push(`${req.url} aborted`));
  req.on('error', (err) => log.push(`${req.url} request error ${err.code} ${err.message}`));
  req.on('close', () => log.push(`${req.url} request close, complete ${req.complete}`));
  res.on('close', () => log.push(`${req.url} response close, finished ${res.writableFinished}`));
  req.resume();
  if (req.url === '/server') {
    res.writeHead(200, { 'Content-Length': 100 });
    res.write('part');
    setTimeout(() => res.destroy(), 10);
  }
  if (req.url === '/reset') setTimeout(() => req.socket.resetAndDestroy(), 10);
});

const steps = [
  (port, next) => { // the client goes away in its body
    const socket = net.connect(port, () => {
      socket.write('POST /client HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    });
    server.once('request', () => setImmediate(() => socket.destroy()));
    socket.on('close', next);
  },
  (port, next) => { // the client gives up waiting
    const req = http.get({ port, path: '/wait' });
    req.on('error', (err) => log.push(`client ${err.code} ${err.message}`));
    req.on('close', next);
    server.once('request', () => setImmediate(() => req.destroy()));
  },
  (port, next) => {
    const req = http.get({ port, path: '/server' }, (res) => {
      res.on('error', (err) => log.push(`response ${err.code} ${err.message}`));
      res.on('aborted', () => log.push('response aborted'));
      res.on('close', () => {
        log.push(`response complete ${res.complete}`);
        next();
      });
      res.resume();
    });
    req.on('error', (err) => log.push(`must not happen ${err}`));
  },
  (port, next) => {
    const req = http.get({ port, path: '/reset' });
    req.on('error', (err) => log.push(`client ${err.code} ${err.message}`));
    req.on('close', next);
  },
];
server.listen(0, () => {
  const { port } = server.address();
  (function next() {
    const step = steps.shift();
    if (!step) {
      server.close(() => console.log('closed'));
      return;
    }
    // Over when the client is done and the server's connection is closed.
    let left = 2;
    const done = () => {
      if (--left > 0) return;
      console.log(log.sort());
      log.length = 0;
      next();
    };
    server.once('connection', (socket) => socket.on('close', () => setImmediate(done)));
    step(port, done);
  })();
});
