'use strict';
// The request and response objects that look like http's.
const http2 = require('http2');

// The two sides of one process take turns in no set order.
const said = { server: [], client: [] };
const log = (side, ...what) => said[side].push(what.join(' '));

const server = http2.createServer(async (req, res) => {
  let body = '';
  for await (const d of req) body += d;
  log('server', req.method, req.url, req.httpVersion, req.authority.replace(/\d+$/, 'PORT'), req.scheme,
      req.headers['x-in'], req.trailers['x-trailer'], req.complete, body);
  res.setHeader('X-Out', ['1', '2']);
  res.setHeader('x-gone', 'z');
  res.removeHeader('x-gone');
  if (req.url === '/early') res.writeEarlyHints({ link: '</style.css>; rel=preload' });
  if (req.url === '/head') {
    res.writeHead(404, { 'content-type': 'text/plain' });
  } else {
    res.statusCode = 202;
  }
  if (req.url === '/trailers') res.addTrailers({ 'x-done': 'yes' });
  res.on('finish', () => log('server', 'finish', req.url, res.headersSent, res.writableEnded));
  res.write('part ');
  res.end(`of ${req.url}`);
});

function ask(client, headers, body) {
  return new Promise((resolve) => {
    const req = client.request(headers, { waitForTrailers: true });
    let text = '';
    req.on('wantTrailers', () => req.sendTrailers({ 'x-trailer': 'sent' }));
    req.on('headers', (h) => log('client', 'hints', h[':status'], h.link));
    req.on('response', (h) => log('client', h[':status'], h['x-out'], h['x-gone'], h['content-type']));
    req.on('trailers', (t) => log('client', 'trailers', t['x-done']));
    req.on('data', (d) => text += d);
    req.on('end', () => log('client', 'body', text));
    req.on('close', resolve);
    if (body) req.write(body);
    req.end();
  });
}

server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  await ask(client, { ':path': '/plain', 'x-in': 'a' });
  await ask(client, { ':path': '/post', ':method': 'POST' }, 'data');
  await ask(client, { ':path': '/head', ':method': 'HEAD' });
  await ask(client, { ':path': '/early' });
  await ask(client, { ':path': '/trailers', ':method': 'PUT' }, 'more data');
  client.close();
  server.close(() => console.log(said));
});
