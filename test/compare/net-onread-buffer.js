'use strict';
// The onread option: reads land in the program's buffer; false pauses.
const net = require('net');

const DATA = Buffer.alloc(100000);
for (let i = 0; i < DATA.length; i++) DATA[i] = i * 31 >> 3;
const server = net.createServer((socket) => socket.end(DATA));
server.listen(0, '127.0.0.1', () => {
  const own = Buffer.alloc(4096);
  const parts = [];
  let stops = 0;
  let stopped = false;
  let late = 0;
  const client = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: own,
      callback(length, buffer) {
        if (stopped) late++;
        parts.push(Buffer.from(buffer.subarray(0, length)));
        if (buffer !== own || length > own.length) late++;
        if (stops < 5 && parts.length % 3 === 0) {
          stops++;
          stopped = true;
          setTimeout(() => {
            stopped = false;
            client.resume();
          }, 2);
          return false;
        }
        return true;
      },
    },
  });
  client.on('data', () => console.log('must not happen'));
  client.on('close', () => {
    console.log('same', Buffer.concat(parts).equals(DATA), 'stops', stops, 'late', late);
    server.close();
  });
});
