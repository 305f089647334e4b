'use strict';
// A client that sends requests and does not read: the server stops parsing until it does, then answers all, in order.
const http = require('http');
const net = require('net');

const COUNT = 100;
const body = Buffer.alloc(200_000, 'x'); // all of them are more than the sockets between hold
const padding = 'p'.repeat(2000); // all requests are more than one read brings
let begun = 0;
const server = http.createServer((req, res) => {
  begun++;
  res.setHeader('X-Number', req.url.slice(1));
  res.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.pause();
  const request = (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\nX-Padding: ${padding}\r\n\r\n`;
  client.write(Array.from({ length: COUNT }, request).join(''));
  // Stuck when nothing is begun any more.
  let last = -1;
  const timer = setInterval(() => {
    if (begun === 0 || begun !== last) {
      last = begun;
      return;
    }
    clearInterval(timer);
    console.log('waits', begun < COUNT);
    client.resume();
  }, 50);

  const numbers = [];
  let bytes = 0;
  client.setEncoding('latin1');
  let rest = '';
  client.on('data', (text) => {
    bytes += text.length;
    rest += text;
    for (const [, number] of rest.matchAll(/X-Number: (\d+)\r\n/g)) numbers.push(+number);
    rest = rest.slice(Math.max(rest.lastIndexOf('X-Number: ') + 10, rest.length - 20));
    if (bytes < COUNT * body.length || numbers.length < COUNT) return;
    console.log('answered', numbers.length, numbers.every((n, i) => n === i), begun);
    client.destroy();
    server.close();
  });
});
