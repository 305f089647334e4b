'use strict';
// A reader that stops reading stops the writer: the socket buffers what it must and no more.
const assert = require('assert');
const { once } = require('events');
const net = require('net');
const { setTimeout: sleep } = require('timers/promises');
const main = require('../common/main');

const BOUND = 64 * 1024 * 1024;
const chunk = Buffer.alloc(8 * 1024);

main(async () => {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect(server.address().port, '127.0.0.1');
  const [[reader]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);

  let accepted = 0;
  const fill = () => {
    while (accepted < BOUND) {
      accepted += chunk.length;
      if (!client.write(chunk)) return;
    }
  };
  client.on('drain', fill);
  fill();
  // Ten times in a row without a drain: the writer waits.
  let last = -1;
  for (let still = 0; still < 10;) {
    await sleep(10);
    still = accepted === last ? still + 1 : 0;
    last = accepted;
  }
  assert.ok(accepted < BOUND, `${accepted} bytes taken`);
  assert.ok(client.writableLength > 0);

  client.destroy();
  reader.destroy();
  server.close();
  await once(server, 'close');
});
