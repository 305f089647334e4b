'use strict';
// process.exit() right after a write: the other process still gets the bytes.
const net = require('net');
const { spawn } = require('child_process');

if (process.argv[2]) {
  const client = net.connect(+process.argv[2], '127.0.0.1', () => {
    client.write('last ');
    client.write('words');
    process.exit(3);
  });
} else {
  let text = '';
  let open = 2;
  const done = () => --open === 0 && console.log(text);
  const server = net.createServer((socket) => {
    socket.on('data', (d) => text += d);
    socket.on('error', (err) => console.log(err.code));
    socket.on('close', () => {
      done();
      server.close();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const child = spawn(process.execPath, [__filename, server.address().port]);
    child.stderr.pipe(process.stderr);
    child.on('exit', (code) => {
      console.log('exit', code);
      done();
    });
  });
}
