'use strict';
// For tests of http servers: raw requests, and logs of what happens to the objects of a request.

const http = require('http');
const net = require('net');

// What the server sends until it closes, without dates. pieces: written one by one, each in a turn of its own.
function exchange(port, pieces, { end = false } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => { text += data; });
    socket.on('error', (error) => { text += `<${error.code}>`; });
    socket.on('close', () => resolve(text.replace(/Date: .*\r\n/g, '')));
    const rest = [...pieces];
    (function next() {
      if (rest.length) socket.write(rest.shift(), 'latin1', () => setImmediate(next));
      else if (end) socket.end();
    })();
  });
}

async function listen(...args) {
  const server = http.createServer(...args);
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return server;
}

const close = (server) => new Promise((resolve) => { server.close(resolve); });

// Adds the events of an object to a list, as 'name event'.
function logEvents(list, name, emitter, events) {
  for (const event of events)
    emitter.on(event, (arg) => list.push(`${name} ${event}${arg?.code ? ` ${arg.code}` : ''}`));
}

module.exports = { close, exchange, listen, logEvents };
