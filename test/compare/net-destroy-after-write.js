'use strict';
// What write() took is delivered even when the socket is destroyed in the same tick, and before what the next
// connection writes; that only where the kernel defers task work (docs/status.md).
const net = require('net');

const ordered = !process.env.TORC_IO_NO?.split(',').includes('defer');

let open = 3;
const lines = [];
const server = net.createServer((socket) => {
  const i = lines.push('') - 1;
  let text = '';
  socket.on('data', (d) => text += d);
  socket.on('end', () => {
    lines[i] = `${text.length} ${text.slice(0, 5)}`;
    if (ordered) console.log(lines[i]);
    socket.destroy();
    if (--open > 0) return;
    if (!ordered) console.log(lines.join('\n'));
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  let done = 0;
  (function next() {
    if (done === 3) return;
    const client = net.connect(port, '127.0.0.1', () => {
      if (done === 0) client.write('first');
      if (done === 1) for (let i = 0; i < 100; i++) client.write('again');
      if (done === 2) client.write(Buffer.alloc(15000, 'bytes'));
      done++;
      client.destroy();
    });
    client.on('close', () => setImmediate(next));
  })();
});
