'use strict';
// fetch(): bodies of every kind, up and down, coded, empty, streamed both ways at once, and read slower than they come.
const http = require('http');
const zlib = require('zlib');
const { createHash } = require('crypto');

const hash = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);

// What a request said, its boundary by another name.
async function mirror(req, res) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const type = req.headers['content-type'];
  const boundary = /boundary=(.*)/.exec(type)?.[1];
  const plain = (text) => (boundary ? text?.replaceAll(boundary, 'BOUNDARY') : text);
  const headers = { ...req.headers };
  delete headers.host;
  if (boundary) headers['content-length'] = headers['content-length'] && 'some';
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({
    method: req.method, headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, plain(v)])),
    length: boundary ? undefined : body.length,
    body: body.length < 1000 ? plain(body.toString()) : hash(body),
  }));
}

const LARGE = 16 * 1024 * 1024; // more than both sockets hold
const QUIET_MS = 200;
const large = Buffer.alloc(LARGE, 'abcdefghijk');
const coders = {
  gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync, zstd: zlib.zstdCompressSync,
};
let onWait = () => {};

const routes = {
  '/mirror': mirror,
  '/echo': (req, res) => {
    res.writeHead(200);
    req.on('data', (chunk) => res.write(`<${chunk}>`));
    req.on('end', () => res.end('.'));
  },
  '/coded': (req, res) => {
    const names = req.headers['x-coding'].split(',');
    let data = Buffer.from('coded text '.repeat(999));
    for (const name of names) data = coders[name]?.(data) ?? data;
    res.writeHead(200, { 'Content-Encoding': names.join(', '), 'Content-Length': data.length });
    res.end(data);
  },
  '/badly-coded': (req, res) => {
    res.writeHead(200, { 'Content-Encoding': 'gzip' });
    res.end('no gzip at all');
  },
  '/large': (req, res) => {
    let sent = 0;
    (function write() {
      while (sent < LARGE) {
        const end = sent + 65536;
        const goesOn = res.write(large.subarray(sent, end));
        sent = end;
        if (goesOn) continue;
        onWait(sent);
        return res.once('drain', write);
      }
      res.end();
    })();
  },
  '/status': (req, res) => {
    res.statusCode = Number(req.headers['x-status']);
    res.setHeader('X-Seen', req.method);
    res.end(res.statusCode === 200 ? 'text' : undefined);
  },
};

const server = http.createServer((req, res) => routes[req.url](req, res));
let connections = 0;
server.on('connection', () => connections++);

async function kinds(base) {
  const form = new FormData();
  form.append('a', '1');
  form.append('a', 'two\r\nlines "quoted"');
  form.append('blob', new Blob(['blob text'], { type: 'text/x-thing' }));
  form.append('file', new File(['file', ' text'], 'name "x".txt', { type: 'text/plain' }), 'other.txt');
  const bodies = {
    none: undefined, empty: '', text: 'text é', params: new URLSearchParams({ a: '1 2', b: 'ü' }),
    buffer: new Uint8Array([65, 66, 67]).buffer, view: new Uint8Array([65, 66, 67, 68]).subarray(1),
    blob: new Blob(['x', new Uint8Array([121])], { type: 'text/x-thing' }), form,
    large: new Blob([large.subarray(0, 1000003)]),
    bytes: Buffer.from(large.subarray(0, 300001)),
  };
  for (const [name, body] of Object.entries(bodies)) {
    for (const method of ['POST', 'PUT']) {
      const response = await fetch(`${base}/mirror`, { method, body });
      console.log(name, method, JSON.stringify(await response.json()));
    }
  }
  const iterate = async function* () {
    yield 'one';
    await new Promise(setImmediate);
    yield Buffer.from('two');
  };
  for (const duplex of ['half', undefined]) {
    await fetch(`${base}/mirror`, { method: 'POST', body: iterate(), duplex })
      .then(async (response) => console.log('iterator', JSON.stringify(await response.json())))
      .catch((error) => console.log('iterator', error.name, error.message));
  }
}

async function bothWays(base) {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  writer.write(Buffer.from('1'));
  const response = await fetch(`${base}/echo`, { method: 'POST', body: readable, duplex: 'half' });
  const reader = response.body.getReader();
  for (let i = 1; i < 5; i++) {
    const { value } = await reader.read();
    console.log('both ways', Buffer.from(value).toString());
    if (i < 4) await writer.write(Buffer.from(`${i + 1}`));
  }
  await writer.close();
  console.log('both ways', Buffer.from((await reader.read()).value).toString(), (await reader.read()).done);
}

async function slowly(base) {
  let sent = 0;
  onWait = (count) => { sent = count; };
  const response = await fetch(`${base}/large`);
  // Nothing is read: the server comes to a stop.
  for (let before = -1; sent !== before;) {
    before = sent;
    await new Promise((done) => setTimeout(done, QUIET_MS));
  }
  console.log('slow: not all is sent', sent < LARGE);
  const parts = [];
  for await (const chunk of response.body) {
    parts.push(chunk);
    if (parts.length % 50 === 0) await new Promise(setImmediate);
  }
  const body = Buffer.concat(parts);
  console.log('slow', body.length, body.equals(large));
}

async function coded(base) {
  for (const coding of ['gzip', 'deflate', 'br', 'zstd', 'gzip,br', 'identity', 'unknown']) {
    const response = await fetch(`${base}/coded`, { headers: { 'X-Coding': coding } });
    const text = await response.text().catch((error) => `${error.name} ${error.message} ${error.cause?.code}`);
    console.log('coded', coding, response.headers.get('content-encoding'), text.length, text.slice(0, 40));
  }
  const response = await fetch(`${base}/badly-coded`);
  await response.text().catch((error) => console.log('badly coded', error.name, error.message, error.cause?.code));
}

async function empty(base) {
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'Get']) {
    const response = await fetch(`${base}/status`, { method, headers: { 'X-Status': '200' } });
    console.log('method', method, response.headers.get('x-seen'), JSON.stringify(await response.text()));
  }
  for (const status of [204, 205, 304, 404, 500, 299]) {
    const response = await fetch(`${base}/status`, { headers: { 'X-Status': `${status}` } });
    const { ok, statusText, body } = response;
    console.log('status', status, ok, statusText, body === null, await response.text());
  }
}

async function ways(base) {
  const get = () => fetch(`${base}/mirror`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'text/x' } });
  console.log('json', (await (await get()).json()).body);
  console.log('bytes', (await (await get()).bytes()).length, (await (await get()).arrayBuffer()).byteLength);
  console.log('blob', (await (await get()).blob()).type);
  const response = await get();
  const clone = response.clone();
  console.log('clone', await response.text() === await clone.text(), response.bodyUsed);
  await response.text().catch((error) => console.log('again', error.name, error.message));
  const form = await (await fetch(`${base}/mirror`, { method: 'POST', body: 'x' })).formData()
    .catch((error) => `${error.name} ${error.message}`);
  console.log('form', form);
  const made = new Response('a=1&b=2', { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  console.log('form', [...await made.formData()]);
}

server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  await kinds(base);
  console.log('connections', connections);
  await bothWays(base);
  await slowly(base);
  await coded(base);
  await empty(base);
  await ways(base);
  server.closeAllConnections();
  server.close(() => console.log('closed'));
});
