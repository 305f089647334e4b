'use strict';
// Alone
// headersTimeout, requestTimeout, keepAliveTimeout, closeIdleConnections, closeAllConnections.
const http = require('http');
const net = require('net');

const server = http.createServer({ connectionsCheckingInterval: 20 }, (req, res) => {
  if (req.url === '/hang') server.emit('hanging');
  else res.end('ok');
});
server.headersTimeout = 100;
server.requestTimeout = 200;
server.keepAliveTimeout = 50;
server.keepAliveTimeoutBuffer = 0;

function talk(port, text, done) {
  const socket = net.connect(port, () => socket.write(text));
  let answer = '';
  socket.on('data', (d) => answer += d);
  socket.on('error', (err) => console.log(err.code));
  socket.on('close', () => done(JSON.stringify(answer.replace(/Date: .*?\r\n/, ''))));
  return socket;
}
server.listen(0, () => {
  const { port } = server.address();
  talk(port, '', (silent) => {
    console.log('silent', silent);
    talk(port, 'GET / HTTP/1.1\r\nHost:', (half) => {
      console.log('half head', half);
      talk(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab', (body) => {
        console.log('half body', body);
        talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', (idle) => {
          console.log('kept alive', idle);
          server.keepAliveTimeout = 0; // never
          talk(port, 'GET /hang HTTP/1.1\r\nHost: a\r\n\r\n', (hung) => console.log('hung', hung));
          server.once('hanging', () => {
            const socket = talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', (idle) => {
              console.log('closed when idle', idle);
              server.closeAllConnections();
              server.close(() => console.log('closed'));
            });
            // The answer is there: nothing else goes on in this connection.
            socket.once('data', () => setImmediate(() => server.closeIdleConnections()));
          });
        });
      });
    });
  });
});
