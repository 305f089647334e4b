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
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('close', next);
  },
  (port, next) => { // the client gives up waiting
    const req = http.get({ port, path: '/wait' });
    req.on('error', (err) => log.push(`client ${err.code} ${err.message}`));
    req.on('close', next);
    setTimeout(() => req.destroy(), 20);
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
  (function next() {
    setTimeout(() => {
      log.sort();
      console.log(log.splice(0));
      const step = steps.shift();
      if (step) step(server.address().port, next);
      else server.close(() => console.log('closed'));
    }, 30);
  })();
});
