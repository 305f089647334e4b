'use strict';
// A large body for a peer on this host does not pile up in the kernel, and arrives whole.
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const net = require('net');

const SIZE = 16 * 1024 * 1024;
const QUEUE_MAX = 1.5 * 1024 * 1024; // the kernel's own choice is above 2 MB
const POLL_MS = 20;

if (!fs.existsSync('/proc/net/tcp')) process.exit(77);

// Bytes that the socket bound to local and connected to remote has not got rid of.
function queued(local, remote) {
  const port = (n) => `:${n.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = fs.readFileSync('/proc/net/tcp', 'latin1').split('\n').map((line) => line.trim().split(/\s+/));
  const row = rows.find((fields) => fields[1]?.endsWith(port(local)) && fields[2].endsWith(port(remote)));
  return parseInt(row[4].split(':')[0], 16);
}

function whenSteady(read, then) {
  let last = 0;
  const timer = setInterval(() => {
    const now = read();
    if (now > 0 && now === last) {
      clearInterval(timer);
      then(now);
    }
    last = now;
  }, POLL_MS);
}

const body = Buffer.alloc(SIZE, 'bulk');
let received = 0;
const server = http.createServer((req, res) => res.end(body));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = net.connect(port, '127.0.0.1', () => {
    client.pause();
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    whenSteady(() => queued(port, client.localPort), (bytes) => {
      assert.ok(bytes < QUEUE_MAX, `${bytes} bytes`);
      client.resume();
    });
  });
  client.on('data', (chunk) => { received += chunk.length; });
  client.on('end', () => server.close());
});
process.on('exit', () => assert.ok(received > SIZE, `${received} bytes came`));
