'use strict';
// 100-continue, checkContinue, upgrade with leading bytes, CONNECT, trailers, 1xx responses.
const http = require('http');
const net = require('net');

const server = http.createServer((req, res) => {
  if (req.url === '/early') res.writeEarlyHints({ link: '</a>; rel=preload' });
  if (req.url === '/processing') res.writeProcessing();
  let body = '';
  req.on('data', (d) => body += d);
  req.on('end', () => {
    res.setHeader('Trailer', 'X-T');
    res.write(`body ${body} trailers ${JSON.stringify(req.trailers)}`);
    res.addTrailers({ 'X-T': 'end' });
    res.end();
  });
});
server.on('upgrade', (req, socket, head) => {
  console.log('upgrade', req.headers.upgrade, JSON.stringify(String(head)));
  socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  socket.write(head);
  socket.pipe(socket);
});
server.on('connect', (req, socket, head) => {
  console.log('connect', req.url, JSON.stringify(String(head)));
  socket.end(`HTTP/1.1 200 OK\r\n\r\ntunnel ${head}`);
});

const steps = [
  (port, next) => {
    const req = http.request({ port, method: 'POST', headers: { Expect: '100-continue' } });
    req.on('continue', () => {
      console.log('continue');
      req.end('data');
    });
    req.on('response', (res) => show(res, next));
    req.flushHeaders();
  },
  (port, next) => {
    server.once('checkContinue', (req, res) => {
      console.log('checkContinue');
      res.writeHead(417).end();
    });
    const req = http.request({ port, method: 'POST', headers: { Expect: '100-continue' } });
    req.on('response', (res) => {
      show(res, next);
      req.end();
    });
    req.flushHeaders();
  },
  (port, next) => {
    const req = http.request({ port, path: '/early', method: 'POST',
                               headers: { 'Transfer-Encoding': 'chunked', 'Trailer': 'X-R' } });
    req.on('information', (info) => console.log('information', info.statusCode, info.headers));
    req.on('response', (res) => show(res, next));
    req.write('chunk');
    req.addTrailers({ 'X-R': 'request trailer' });
    req.end();
  },
  (port, next) => {
    const req = http.request({ port, headers: { Connection: 'Upgrade', Upgrade: 'echo' } });
    req.on('upgrade', (res, socket, head) => {
      console.log('upgraded', res.statusCode, res.headers.upgrade);
      let text = String(head);
      socket.on('data', (d) => {
        text += d;
        if (text.length === 4) socket.end();
      });
      socket.on('close', () => {
        console.log('echoed', text);
        next();
      });
      socket.write('ping');
    });
    req.end();
  },
  (port, next) => {
    const socket = net.connect(port, () => {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nfirst bytes');
      socket.end();
    });
    let text = '';
    socket.on('data', (d) => text += d);
    socket.on('close', () => {
      console.log(JSON.stringify(text));
      next();
    });
  },
  (port, next) => {
    const req = http.request({ port, method: 'CONNECT', path: 'host:80' });
    req.on('connect', (res, socket, head) => {
      let text = String(head);
      socket.on('data', (d) => text += d);
      socket.on('end', () => {
        console.log('tunnel', res.statusCode, text);
        next();
      });
    });
    req.end();
  },
];

function show(res, next) {
  let text = '';
  res.setEncoding('utf8');
  res.on('data', (d) => text += d);
  res.on('end', () => {
    console.log(res.statusCode, res.statusMessage, text, res.trailers);
    next();
  });
}
server.listen(0, () => {
  (function next() {
    const step = steps.shift();
    if (step) step(server.address().port, next);
    else server.close(() => console.log('closed'));
  })();
});
