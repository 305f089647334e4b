'use strict';
// Requests and answers: bodies both ways, headers in their forms, trailers, informational headers,
// HEAD, an answer without a body.
const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream, headers, flags, raw) => {
  const path = headers[':path'];
  if (path === '/echo') {
    stream.respond({ ':status': 200, 'x-method': headers[':method'] });
    stream.pipe(stream);
  } else if (path === '/headers') {
    stream.respond({ 'x-many': ['a', 'b'], 'set-cookie': ['c=1', 'd=2'], 'x-empty': '' });
    if (!stream.headRequest) stream.end(JSON.stringify([headers.cookie, headers['x-multi'], raw.length % 2, flags,
                                                        headers[http2.sensitiveHeaders]]));
  } else if (path === '/trailers') {
    stream.on('trailers', (t) => console.log('server trailers', t['x-sum'], t['x-last']));
    stream.respond({ ':status': 201 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-after': 'body' }));
    stream.resume().on('end', () => stream.end('with trailers'));
  } else if (path === '/info') {
    stream.additionalHeaders({ ':status': 103, 'link': '</a.css>' });
    stream.respond({ ':status': 200 });
    stream.end('info');
  } else {
    stream.respond({ ':status': 204 }, { endStream: true });
  }
});

function ask(client, headers, body, trailers) {
  return new Promise((resolve) => {
    const req = client.request(headers, trailers ? { waitForTrailers: true, endStream: false } : undefined);
    const got = { path: headers[':path'] };
    let text = '';
    req.setEncoding('utf8');
    req.on('headers', (h) => got.info = [h[':status'], h.link]);
    req.on('response', (h, flags) => {
      got.response = [h[':status'], flags, h['x-many'], h['set-cookie'], h['x-empty'], h['x-method']];
    });
    req.on('trailers', (t, flags) => got.trailers = [t['x-after'], flags]);
    req.on('wantTrailers', () => req.sendTrailers(trailers));
    req.on('data', (d) => text += d);
    req.on('end', () => got.text = text.length > 100 ? text.length : text);
    req.on('close', () => {
      got.code = req.rstCode;
      console.log(JSON.stringify(got));
      resolve();
    });
    if (body === undefined) req.end();
    else for (const [i, piece] of body.entries()) (i === body.length - 1 ? req.end(piece) : req.write(piece));
  });
}

server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  await ask(client, { ':path': '/echo', ':method': 'POST' }, ['hello ', Buffer.from('big '), 'w\u00f6rld']);
  await ask(client, { ':path': '/echo', ':method': 'POST' }, ['', 'x'.repeat(40000), '', 'y'.repeat(60000)]);
  await ask(client, { ':path': '/echo', ':method': 'PUT' }, [Buffer.alloc(0)]);
  await ask(client, { ':path': '/headers', 'cookie': ['a=1', 'b=2'], 'x-multi': ['m', 'n'],
                      'x-secret': 's', [http2.sensitiveHeaders]: ['x-secret'] });
  await ask(client, { ':path': '/trailers', ':method': 'POST' }, ['abc'], { 'x-sum': '1', 'x-last': 'z' });
  await ask(client, { ':path': '/info' });
  await ask(client, { ':path': '/none' });
  await ask(client, { ':path': '/headers', ':method': 'HEAD' });
  client.close(() => console.log('client closed', client.destroyed));
  server.close(() => console.log('server closed'));
});
