'use strict';
// A thousand streams of one session at once, each with a body of its own both ways.
const assert = require('assert');
const http2 = require('http2');

const STREAMS = 1000;
const body = (i) => `${i} `.repeat(200 + (i % 50));
let most = 0;
let open = 0;
let done = 0;

const server = http2.createServer({ peerMaxConcurrentStreams: STREAMS });
server.on('stream', (stream, headers) => {
  most = Math.max(most, ++open);
  stream.respond({ 'x-id': headers['x-id'] });
  // Nobody ends before all have begun.
  const begin = () => (most < STREAMS ? setImmediate(begin) : stream.pipe(stream));
  begin();
  stream.on('close', () => open--);
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`,
                               { peerMaxConcurrentStreams: STREAMS });
  for (let i = 0; i < STREAMS; i++) {
    const req = client.request({ ':method': 'POST', 'x-id': `${i}` });
    let text = '';
    req.setEncoding('latin1');
    req.on('response', (h) => assert.strictEqual(h['x-id'], `${i}`));
    req.on('data', (d) => text += d);
    req.on('close', () => {
      assert.strictEqual(text, body(i));
      if (++done < STREAMS) return;
      client.close();
      server.close();
    });
    req.end(body(i));
  }
});
process.on('exit', () => {
  assert.strictEqual(done, STREAMS);
  assert.strictEqual(most, STREAMS);
  assert.strictEqual(open, 0);
});
