'use strict';
// Our client with Node's server, and Node's client with ours: TORC_PEER is the other runtime.
const { spawn } = require('child_process');
const http2 = require('http2');

if (process.argv[2] === 'server') {
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    stream.on('trailers', (t) => stream.respond({ 'x-sum': t['x-sum'] }, { waitForTrailers: true }));
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': headers['x-id'] }));
    const chunks = [];
    stream.on('data', (d) => chunks.push(d));
    stream.on('end', () => stream.end(Buffer.concat(chunks)));
  });
  server.listen(0, () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
} else {
  const child = spawn(process.env.TORC_PEER, [__filename, 'server'], { stdio: [0, 1, 2, 'ipc'] });
  child.on('message', async (port) => {
    const client = http2.connect(`http://localhost:${port}`);
    const ask = (id) => new Promise((resolve) => {
      const req = client.request({ ':method': 'POST', 'x-id': `${id}` }, { waitForTrailers: true });
      const body = Buffer.alloc(1000 + id * 30000, `${id}`);
      const got = [id];
      let len = 0;
      req.on('wantTrailers', () => req.sendTrailers({ 'x-sum': `${body.length}` }));
      req.on('response', (h) => got.push(h[':status'], h['x-sum']));
      req.on('data', (d) => {
        len += d.length;
        if (!d.equals(body.subarray(len - d.length, len))) got.push('wrong');
      });
      req.on('trailers', (t) => got.push(t['x-end']));
      req.on('close', () => resolve([...got, len, req.rstCode].join(' ')));
      req.end(body);
    });
    console.log((await Promise.all([...Array(20).keys()].map(ask))).join('\n'));
    await new Promise((r) => client.ping((err, ms, payload) => {
      console.log('ping', err, payload.length);
      r();
    }));
    client.close(() => child.disconnect());
  });
}
