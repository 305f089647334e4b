'use strict';
// Requests sent in one write are answered in order, however long each takes; bytes arrive in any
// pieces.
const http = require('http');
const net = require('net');

const server = http.createServer((req, res) => {
  const wait = +req.url.slice(1);
  let body = '';
  req.on('data', (d) => body += d);
  req.on('end', () => {
    setTimeout(() => res.end(`${req.method} ${req.url} ${body}\n`), wait);
  });
});

function exchange(pieces, done) {
  const socket = net.connect(server.address().port, '127.0.0.1');
  let text = '';
  socket.on('data', (d) => text += d);
  socket.on('close', () => {
    console.log(text.replace(/Date: .*\r\n/g, ''));
    done();
  });
  (function next() {
    const piece = pieces.shift();
    if (piece === undefined) return;
    socket.write(piece, () => setImmediate(next));
  })();
}
server.listen(0, '127.0.0.1', () => {
  const requests =
    'GET /30 HTTP/1.1\r\nHost: a\r\n\r\n' +
    'POST /0 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello' +
    'POST /10 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n' +
    'HEAD /5 HTTP/1.1\r\nHost: a\r\n\r\n' +
    'GET /0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  exchange([requests], () => exchange([...requests], () => server.close()));
});
