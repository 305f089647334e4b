'use strict';
// respondWithFile() and respondWithFD(): whole files, ranges, headers set on the way, errors.
const fs = require('fs');
const http2 = require('http2');
const { dir } = require('../common/tmpdir');

const file = `${dir}/body`;
fs.writeFileSync(file, Buffer.alloc(300000, 'file '));
const fd = fs.openSync(file);
const { NGHTTP2_INTERNAL_ERROR } = http2.constants;

const acts = {
  '/file': (s) => s.respondWithFile(file, { 'content-type': 'text/plain' }, {
    statCheck: (stat, headers) => headers['x-size'] = stat.size,
  }),
  '/range': (s) => s.respondWithFile(file, {}, { offset: 5, length: 100000 }),
  '/fd': (s) => s.respondWithFD(fd, { ':status': 203 }),
  '/fd-range': (s) => s.respondWithFD(fd, {}, { offset: 299990, length: 1000 }),
  '/missing': (s) => s.respondWithFile(`${file}.none`, {}, { onError: (e) => {
    s.respond({ ':status': 404 });
    s.end(e.code);
  } }),
  '/cancelled': (s) => s.respondWithFile(file, {}, { statCheck: () => {
    s.respond({ ':status': 304 }, { endStream: true });
    return false;
  } }),
};

const server = http2.createServer();
server.on('stream', (stream, headers) => {
  stream.on('error', (e) => console.log('server error', e.code));
  acts[headers[':path']](stream);
});
server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  for (const path of Object.keys(acts)) {
    const req = client.request({ ':path': path });
    let len = 0;
    let text = '';
    req.on('response', (h) => console.log(path, h[':status'], h['content-length'], h['x-size']));
    req.on('data', (d) => {
      len += d.length;
      if (text.length < 20) text += d.toString('latin1', 0, 20);
    });
    await new Promise((r) => req.on('close', r));
    console.log(len, text.slice(0, 20), req.rstCode === NGHTTP2_INTERNAL_ERROR);
  }
  client.close();
  server.close();
  fs.closeSync(fd);
});
