'use strict';
// The address of a server and of a UDP socket that wait for connections and datagrams is free when close() returns, in
// whatever phase, and connections to the closed server are refused.
const assert = require('assert');
const dgram = require('dgram');
const net = require('net');
const { once } = require('events');

const ROUNDS = 20;
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function listen(where) {
  const server = net.createServer().listen(where);
  await once(server, 'listening');
  return server;
}

async function bind(port) {
  const socket = dgram.createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function servers(where) {
  let server = await listen(where);
  where = server.address().port ? { port: server.address().port, host: '127.0.0.1' } : where;
  for (let i = 0; i < ROUNDS; i++) {
    if (i % 2) await turn();
    server.close();
    const [err] = await once(net.connect(where).on('connect', assert.fail), 'error');
    assert.match(err.code, /^(ECONNREFUSED|ENOENT)$/);
    server = await listen(where);
    server.close();
    server = await listen(where);
  }
  server.close();
}

async function datagrams() {
  let socket = await bind(0);
  const { port } = socket.address();
  for (let i = 0; i < ROUNDS; i++) {
    if (i % 2) await turn();
    socket.close();
    const next = await bind(port);
    next.send('to myself', port, '127.0.0.1');
    const [data] = await once(next, 'message');
    assert.strictEqual(String(data), 'to myself');
    socket = next;
  }
  socket.close();
}

(async () => {
  await servers({ port: 0, host: '127.0.0.1' });
  await servers({ path: `\0torc-rebind-${process.pid}` });
  await datagrams();
})();
