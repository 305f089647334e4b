'use strict';
// What only looks at the socket of a connection: the engine keeps that connection from the first request to the last,
// and the socket is one object until then and after.
const assert = require('assert');
const http = require('http');
const net = require('net');
const { once } = require('events');
const main = require('../common/main');

const ignore = () => {};

const handlers = {
  '/addresses': (req) => {
    const { socket } = req;
    assert.strictEqual(socket.remoteAddress, '127.0.0.1');
    assert.strictEqual(socket.localPort, socket.address().port);
    assert.strictEqual(req.connection.remotePort, socket.remotePort);
    assert.strictEqual(socket.encrypted, undefined);
  },
  '/state': ({ socket }, res) => {
    assert.strictEqual(res.socket, socket);
    assert.strictEqual(socket.readyState, 'open');
    assert(socket.readable && socket.writable && !socket.destroyed && !socket.connecting);
    assert.strictEqual(socket._httpMessage, res);
    assert(socket.bytesRead > 0 && socket.bytesWritten >= 0);
  },
  // As on-finished does.
  '/listeners': ({ socket }, res) => {
    for (const event of ['error', 'close', 'end', 'timeout', 'finish']) socket.on(event, ignore);
    res.on('finish', () => {
      for (const event of ['error', 'close', 'end', 'timeout', 'finish']) socket.removeListener(event, ignore);
    });
  },
  '/settings': ({ socket }) => socket.setNoDelay(true).setKeepAlive(true, 1000).unref().ref(),
  '/finish': (req, res) => {
    res.on('finish', () => {
      assert.strictEqual(res.socket, null);
      assert(req.socket.bytesWritten > 0 && req.socket.writable);
    });
  },
  '/signal': (req) => req.signal.addEventListener('abort', assert.fail),
};

// Set while a connection is the engine's.
const symbols = (object) => Object.getOwnPropertySymbols(object);
const connectionOf = (res) => res[symbols(res).find((key) => key.description === 'torc.connection')];

main(async () => {
  const engines = new Set();
  const sockets = new Set();
  const server = http.createServer((req, res) => {
    engines.add(connectionOf(res));
    sockets.add(req.socket);
    assert(req.socket instanceof net.Socket);
    handlers[req.url](req, res);
    if (process.env.TORC_HTTP !== 'classic') assert(connectionOf(res), `${req.url} has left the engine`);
    res.end(req.url);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let round = 0; round < 3; round++) {
    for (const path of Object.keys(handlers)) {
      const client = http.request({ port: server.address().port, path, agent });
      client.end();
      const [res] = await once(client, 'response');
      let text = '';
      for await (const chunk of res.setEncoding('latin1')) text += chunk;
      assert.strictEqual(text, path);
    }
  }
  assert.strictEqual(engines.size, 1);
  assert.strictEqual(sockets.size, 1);
  const [socket] = sockets;
  const closed = once(socket, 'close');
  agent.destroy();
  await closed;
  assert(socket.destroyed && Object.getPrototypeOf(socket) === net.Socket.prototype);
  server.close();
});
