'use strict';
// A reader that stops reading stops the writer: the socket buffers what it must and no more.
const assert = require('assert');
const net = require('net');

const chunk = Buffer.alloc(8 * 1024);
let accepted = 0;
const server = net.createServer((socket) => socket.pause());
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  const bound = 64 * 1024 * 1024;
  const fill = () => {
    while (accepted < bound) {
      accepted += chunk.length;
      if (!client.write(chunk)) return;
    }
  };
  client.on('drain', fill);
  client.on('connect', () => {
    fill();
    // Ten turns in a row without a drain: the writer waits.
    let last = -1;
    let still = 0;
    const timer = setInterval(() => {
      still = accepted === last ? still + 1 : 0;
      last = accepted;
      if (still < 10) return;
      clearInterval(timer);
      assert.ok(accepted < bound, `${accepted} bytes taken`);
      assert.ok(client.writableLength > 0);
      client.destroy();
      server.close();
      server.closeAllConnections?.();
      process.exit(0);
    }, 10);
  });
});
