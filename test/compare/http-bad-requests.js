'use strict';
// Malformed requests: the response, the error given to 'clientError', the socket's end.
const http = require('http');
const net = require('net');

const cases = {
  'not http': 'hello\r\n\r\n',
  'bad method': 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n',
  'bad version': 'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'two lengths': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'length and chunked': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n' +
    'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'bad chunk': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'bad header': 'GET / HTTP/1.1\r\nHost: a\r\nbad header: x\r\n\r\n',
  'control in value': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n',
  'bare LF': 'GET / HTTP/1.1\nHost: a\n\n',
  'header too long': `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(17000)}\r\n\r\n`,
  'url too long': `GET /${'u'.repeat(17000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  'extension too long': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
    `1;${'e'.repeat(17000)}\r\na\r\n0\r\n\r\n`,
  'cut in the middle': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc',
  'expectation': 'GET / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nConnection: close\r\n\r\n',
};

function run(withListener, done) {
  const server = http.createServer((req, res) => {
    req.on('error', (err) => console.log('  request error', err.code, err.message));
    req.resume();
    req.on('end', () => res.end('fine'));
  });
  if (withListener) {
    server.on('clientError', (err, socket) => {
      // A head longer than one read is parsed in as many pieces as it took to arrive.
      const long = err.code.endsWith('_OVERFLOW');
      console.log('  clientError', err.name, err.message, err.code, err.reason,
                  long || err.bytesParsed, long || err.rawPacket?.length);
      socket.end('HTTP/1.1 418 Own\r\n\r\n');
    });
  }
  server.listen(0, '127.0.0.1', () => {
    const names = Object.keys(cases);
    (function next() {
      const name = names.shift();
      if (!name) return server.close(done);
      const socket = net.connect(server.address().port, '127.0.0.1');
      let text = '';
      socket.on('connect', () => {
        socket.write(cases[name]);
        if (name === 'cut in the middle') socket.end();
      });
      socket.on('data', (d) => text += d);
      socket.on('error', (err) => console.log('  socket', err.code));
      socket.on('close', () => {
        console.log(name, JSON.stringify(text.replace(/Date: .*?\r\n/, '')));
        next();
      });
    })();
  });
}
run(false, () => run(true));
