'use strict';
// Alone
// fetch(): abort in each phase, redirects, answers that are bad or end early, bodies that fail, kept connections.
const http = require('http');
const net = require('net');
const { once } = require('events');

// In which a client sees that its idle connections are closed, however busy the machine is.
const TURNS = 10;
const TURN_MS = 10;

let connections = 0;
const tell = (name, ...words) => console.log(name, ...words);
const fault = (error) => `${error.name} | ${error.message} | ${error.cause?.code} ${error.cause?.name}`;

let onRequest = () => {};
const routes = {
  '/wait': () => onRequest(),
  '/part': (req, res) => {
    res.writeHead(200, { 'Content-Length': 100 });
    res.write('part');
    res.on('close', () => onRequest());
  },
  '/text': (req, res) => res.end('text'),
  '/close': (req, res) => {
    res.setHeader('Connection', 'close');
    res.end('text');
  },
  '/swallow': (req, res) => {
    req.on('error', () => {});
    req.on('close', () => onRequest());
    req.resume();
  },
};

const server = http.createServer(async (req, res) => {
  const [path, query] = req.url.split('?');
  if (path === '/to') {
    const [status, to] = query.split(',');
    const seen = [];
    for await (const chunk of req) seen.push(chunk);
    res.writeHead(Number(status), { 'Location': to, 'X-Body': Buffer.concat(seen).toString() });
    return res.end('moved');
  }
  if (path === '/loop') {
    res.writeHead(302, { Location: `/loop?${Number(query) + 1}` });
    return res.end();
  }
  if (path === '/what') {
    let body = '';
    for await (const chunk of req) body += chunk;
    const { 'content-type': type, authorization, referer } = req.headers;
    return res.end(JSON.stringify({ method: req.method, body, type, authorization, referer: referer && 'some' }));
  }
  routes[path](req, res);
});
server.on('connection', () => connections++);

// A server that says what it is told, to show what is made of it.
const rawSockets = new Set();
const raw = net.createServer((socket) => {
  rawSockets.add(socket);
  socket.on('error', () => {});
  let request = '';
  socket.on('data', (data) => {
    request += data;
    if (!request.endsWith('\r\n\r\n')) return;
    const text = decodeURIComponent(/^\S+ \/(\S*)/.exec(request)[1]);
    if (text.endsWith('RESET')) {
      socket.write(text.slice(0, -5));
      setTimeout(() => socket.resetAndDestroy(), 20);
    } else {
      socket.end(text);
    }
  });
});

async function aborts(base) {
  const run = async (name, url, controller, init) => {
    await fetch(url, { signal: controller.signal, ...init })
      .then((response) => response.text())
      .then((text) => tell(name, text), (error) => tell(name, fault(error), error === controller.signal.reason));
  };
  tell('before', await fetch(base, { signal: AbortSignal.abort() }).catch(fault));
  tell('before', await fetch(base, { signal: AbortSignal.abort('why') }).catch((reason) => reason));
  const same = new AbortController();
  const pending = run('same tick', `${base}/text`, same);
  same.abort();
  await pending;
  const waiting = new AbortController();
  onRequest = () => waiting.abort(new RangeError('my reason'));
  await run('waiting', `${base}/wait`, waiting);
  const { promise, resolve } = Promise.withResolvers();
  onRequest = resolve;
  const reading = new AbortController();
  const response = await fetch(`${base}/part`, { signal: reading.signal });
  const reader = response.body.getReader();
  tell('part', Buffer.from((await reader.read()).value).toString());
  reading.abort();
  tell('part', await reader.read().catch(fault));
  await promise; // the server sees it
  const after = new AbortController();
  await run('after', `${base}/text`, after);
  after.abort();
  tell('timeout', await fetch(`${base}/wait`, { signal: AbortSignal.timeout(50) }).catch(fault));
  const up = new AbortController();
  const seen = Promise.withResolvers();
  onRequest = seen.resolve;
  const body = new ReadableStream({
    pull(stream) {
      if (up.signal.aborted) return stream.close();
      stream.enqueue(Buffer.from('more'));
      return new Promise(setImmediate);
    },
    cancel(reason) { tell('cancelled', reason?.name); },
  }, { highWaterMark: 0 });
  setTimeout(() => up.abort(), 50);
  await run('sending', `${base}/swallow`, up, { method: 'POST', body, duplex: 'half' });
  await seen.promise;
}

async function cancels(base) {
  const { promise, resolve } = Promise.withResolvers();
  onRequest = resolve;
  const response = await fetch(`${base}/part`);
  await response.body.cancel('enough');
  await promise;
  tell('cancelled', response.bodyUsed);
  const seen = Promise.withResolvers();
  onRequest = seen.resolve;
  for await (const chunk of (await fetch(`${base}/part`)).body) {
    tell('left the loop', Buffer.from(chunk).toString());
    break;
  }
  await seen.promise;
}

async function redirects(base, other) {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const [method, body] of [['GET', undefined], ['POST', 'text'], ['PUT', 'text']]) {
      const response = await fetch(`${base}/to?${status},/what`, { method, body, headers: { authorization: 'a' } });
      tell(status, method, response.redirected, response.url.replace(base, ''), await response.text());
    }
  }
  const across = await fetch(`${base}/to?302,${other}/what`, { headers: { authorization: 'a' } });
  tell('elsewhere', await across.text());
  tell('error', await fetch(`${base}/to?302,/what`, { redirect: 'error' }).catch(fault));
  const manual = await fetch(`${base}/to?302,/what`, { redirect: 'manual' });
  tell('manual', manual.status, manual.type, manual.headers.get('location'), await manual.text());
  tell('loop', await fetch(`${base}/loop?0`).catch(fault));
  tell('bad', (await fetch(`${base}/to?302,http://[`).catch(fault)));
  tell('scheme', await fetch(`${base}/to?302,ftp://a/`).catch(fault));
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('once'));
      controller.close();
    },
  });
  tell('stream', await fetch(`${base}/to?307,/what`, { method: 'POST', body: stream, duplex: 'half' }).catch(fault));
}

async function badAnswers(base) {
  const ok = 'HTTP/1.1 200 OK\r\n';
  const answers = {
    nothing: '', reset: 'RESET', noHttp: 'hello\r\n\r\n', noStatus: 'HTTP/1.1 abc OK\r\n\r\n',
    short: `${ok}Content-Length: 10\r\n\r\n12345`, shortReset: `${ok}Content-Length: 10\r\n\r\n12345RESET`,
    toEnd: `${ok}\r\nuntil the end`, http10: 'HTTP/1.0 200 OK\r\n\r\nold',
    chunked: `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n`,
    badChunk: `${ok}Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n`,
    cutChunk: `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`,
    twoLengths: `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n12`, badHeader: `${ok}a b: c\r\n\r\n`,
    hints: `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}Content-Length: 2\r\n\r\nok`,
    cookies: `${ok}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX: 1\r\nX: 2\r\nContent-Length: 0\r\n\r\n`,
    large: `${ok}X: ${'x'.repeat(20000)}\r\n\r\n`,
    notModified: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  };
  for (const [name, text] of Object.entries(answers)) {
    await fetch(`${base}/${encodeURIComponent(text)}`)
      .then(async (response) => {
        const text = await response.text();
        tell(name, response.status, JSON.stringify([...response.headers]), text);
      })
      .catch((error) => tell(name, fault(error)));
  }
}

async function badBodies(base) {
  const failing = new ReadableStream({
    start(controller) { controller.enqueue(Buffer.from('x')); },
    pull(controller) { controller.error(new RangeError('mine')); },
  });
  const post = (body, more) => fetch(`${base}/swallow`, { method: 'POST', body, duplex: 'half', ...more }).catch(fault);
  tell('failing', await post(failing));
  const used = new Response('x').body;
  await used.cancel();
  tell('used', await post(used));
  tell('get', await fetch(base, { method: 'GET', body: 'x' }).catch(fault));
}

async function refused() {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address();
  other.close();
  await once(other, 'close');
  tell('refused', await fetch(`http://127.0.0.1:${port}`).catch(fault));
}

async function kept(base) {
  const before = connections;
  for (let i = 0; i < 9; i++) await (await fetch(`${base}/text`)).text();
  tell('kept', connections - before <= 2);
  const middle = connections;
  for (let i = 0; i < 9; i++) await (await fetch(`${base}/close`)).text();
  tell('not kept', connections - middle > 2);
  await Promise.all(Array.from({ length: 20 }, async () => (await fetch(`${base}/text`)).text()));
  // What is idle when the server closes it is not used again.
  server.closeIdleConnections();
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  tell('after idle ones closed', await (await fetch(`${base}/text`)).text());
}

server.listen(0, '127.0.0.1', () => raw.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  await kept(base);
  await aborts(base);
  await cancels(base);
  await redirects(base, `http://localhost:${server.address().port}`);
  await badAnswers(`http://127.0.0.1:${raw.address().port}`);
  await badBodies(base);
  await refused();
  server.closeAllConnections();
  raw.close();
  for (const socket of rawSockets) socket.destroy();
  server.close(() => tell('closed'));
}));
