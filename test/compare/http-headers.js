'use strict';
// Header names and values as they come: case, repeats, spaces, bytes above ASCII, hundreds of them.
const http = require('http');
const net = require('net');

const many = Array.from({ length: 150 }, (_, i) => `X-Many-${i}: value ${i}\r\n`).join('');
const requests = [
  'GET /a HTTP/1.1\r\nHOST: a\r\nx-Empty:\r\nX-Space:  \t both ends \t \r\nCookie: a=1\r\ncookie: b=2\r\n\r\n',
  'GET /ä HTTP/1.1\r\nHost: a\r\nX-Latin: gr\xfc\xdfe\r\nAccept: x\r\nAccept: y\r\nAge: 1\r\nAge: 2\r\n\r\n',
  `GET /many HTTP/1.1\r\nHost: a\r\n${many}\r\n`,
  'GET /same HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\n\r\n',
  'GET /same HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\n\r\n',
  'GET /same HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\n\r\n',
  'GET /last HTTP/1.0\r\nSet-Cookie: a\r\nset-cookie: b\r\nX: \u0000'.slice(0, -4) + 'Y: z\r\n\r\n',
];
const server = http.createServer((req, res) => {
  console.log(req.method, req.url, req.httpVersion, req.rawHeaders.length);
  if (req.rawHeaders.length < 100) console.log(JSON.stringify(req.rawHeaders));
  else console.log(req.headers['x-many-0'], req.headers['x-many-149'], req.rawHeaders[101]);
  console.log(JSON.stringify(req.headers).length, req.headers.cookie, req.headers['x-latin'],
              req.headers.accept, req.headers.age, req.headers['set-cookie']);
  res.setHeader('X-Back', ['one', 'two']);
  res.writeHead(200, 'Gänz gut', { 'X-Latin': 'é' });
  res.end(req.url);
});
server.listen(0, '127.0.0.1', () => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (d) => text += d);
  socket.on('close', () => {
    console.log(text.replace(/Date: .*\r\n/g, ''));
    server.close();
  });
  socket.write(requests.join(''), 'latin1');
});
