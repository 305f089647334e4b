'use strict';
// What is measured: the bytes of the request, the body that has to come back, and the handler between. The handlers
// run under every runtime (server.js), the rest in the driver. Of clients, one request (client.js).

const fs = require('fs');
const http = require('http');
const { createRequire } = require('module');
const path = require('path');

const KB = 1024;
const MB = 1024 * KB;
const HELLO = 'Hello, world!\n';
const SAMPLE_EVERY = 4 * KB; // bytes of an uploaded body
const MANY_HEADERS = 20;

// Bytes that repeat late, so that a piece in the wrong place is noticed.
function payload(size) {
  const buffer = Buffer.alloc(size);
  const words = new Uint32Array(buffer.buffer, buffer.byteOffset, size / 4);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 2654435761);
  return buffer;
}

function request(lines, body = '') {
  const head = [...lines, 'Host: 127.0.0.1'];
  if (body.length) head.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

const GET = request(['GET / HTTP/1.1']);

// ---- bodies and heads ----

const order = {
  id: 4711, customer: 'Jane Doe', express: true,
  lines: Array.from({ length: 12 }, (_, i) => (
    { article: `article-${i}`, count: i + 1, price: 9.5 + i, note: 'x'.repeat(9) })),
};
const orderText = JSON.stringify(order).padEnd(KB);

const totalOf = ({ id, lines }) =>
  JSON.stringify({ id, total: lines.reduce((sum, line) => sum + line.count * line.price, 0), lines: lines.length });

const browserHeaders = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'Accept-Language: en-US,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br, zstd', 'Referer: http://127.0.0.1/index.html', 'Origin: http://127.0.0.1',
  'Cookie: session=0123456789abcdef; theme=dark; consent=all', 'Cache-Control: no-cache', 'Pragma: no-cache',
  'Upgrade-Insecure-Requests: 1', 'Sec-Fetch-Dest: document', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-User: ?1', 'DNT: 1', 'X-Forwarded-For: 203.0.113.7', 'X-Forwarded-Proto: https',
  'X-Request-Id: 6f1c2a9e-5b0d-4c3e-9f57-0123456789ab', 'If-None-Match: "abc123"',
]; // and Host

function headersOf(list) {
  let count = 0;
  let length = 0;
  for (const name in list) {
    count++;
    length += name.length + list[name].length;
  }
  return `${count} ${length}`;
}

function parsedHeaders() {
  const entries = [...browserHeaders, 'Host: 127.0.0.1'].map((line) => line.split(/: (.*)/s));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

// The length, and some bytes combined so that their order counts.
class Sampler {
  length = 0;
  sum = 0;

  add(chunk) {
    const skip = (SAMPLE_EVERY - this.length % SAMPLE_EVERY) % SAMPLE_EVERY;
    for (let i = skip; i < chunk.length; i += SAMPLE_EVERY) this.sum = (Math.imul(this.sum, 31) + chunk[i]) | 0;
    this.length += chunk.length;
  }

  toString() {
    return `${this.length} ${this.sum}`;
  }
}

function sampleOf(buffer) {
  const sampler = new Sampler();
  sampler.add(buffer);
  return `${sampler}`;
}

// ---- handlers ----

function hello(req, res) {
  res.setHeader('Content-Type', 'text/plain');
  res.end(HELLO);
}

function json(req, res) {
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => { text += chunk; });
  req.on('end', () => {
    res.setHeader('Content-Type', 'application/json');
    res.end(totalOf(JSON.parse(text)));
  });
}

let logged = 0;

// What an access log looks at.
function look(req, res) {
  const { remoteAddress } = req.socket;
  res.on('finish', () => { logged += remoteAddress.length + res.statusCode; });
  hello(req, res);
}

function headers(req, res) {
  res.end(headersOf(req.headers));
}

function upload(req, res) {
  const sampler = new Sampler();
  req.on('data', (chunk) => sampler.add(chunk));
  req.on('end', () => res.end(`${sampler}`));
}

function download(size) {
  return () => {
    const body = payload(size);
    return http.createServer((req, res) => {
      res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
      res.end(body);
    });
  };
}

function file() {
  const { PERF_FILE: name } = process.env;
  const { size } = fs.statSync(name);
  return http.createServer((req, res) => {
    res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
    fs.createReadStream(name).pipe(res);
  });
}

const PIECES = 8;

function stream() {
  const piece = 'p'.repeat(KB);
  return http.createServer((req, res) => {
    for (let i = 0; i < PIECES; i++) res.write(piece);
    res.end();
  });
}

function idle() {
  return http.createServer({ keepAliveTimeout: 0 }, hello);
}

const load = (name) => createRequire(path.join(process.env.PERF_PACKAGES, 'main.js'))(name);

function express() {
  const app = load('express')();
  app.get('/', (req, res) => res.type('text').send(HELLO));
  return http.createServer(app);
}

function expresslook() {
  const app = load('express')();
  const onFinished = load('on-finished');
  app.use((req, res, next) => {
    onFinished(res, () => { logged += req.ip.length + req.protocol.length + res.statusCode; });
    next();
  });
  app.get('/', (req, res) => res.type('text').send(HELLO));
  return http.createServer(app);
}

function fastify() {
  return load('fastify')().get('/', (req, reply) => reply.type('text/plain').send(HELLO));
}

const plain = (handler) => () => http.createServer(handler);

// ---- clients ----

// What makes one request with http.request() on a kept connection and resolves with its answer.
function requester(method, body) {
  return (url) => {
    const agent = new http.Agent({ keepAlive: true });
    const { hostname, port } = new URL(url);
    const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return () => new Promise((resolve, reject) => {
      const req = http.request({ hostname, port, method, headers, agent }, (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk) => { text += chunk; });
        res.on('end', () => resolve(text));
      });
      req.on('error', reject);
      req.end(body);
    });
  };
}

function fetcher(url) {
  return async () => (await fetch(url)).text();
}

// mode, connections, depth: load.c. size: of the body, where bytes per second are of interest. create(): the server,
// before it listens. client(url): what makes a request, where it is the client that is measured; peer: the workload
// whose server answers it.
const workloads = {
  hello: { title: 'hello, 64 connections', request: GET, answer: HELLO, create: plain(hello) },
  look: { title: 'hello, address and status logged', request: GET, answer: HELLO, create: plain(look) },
  json: {
    title: 'POST of 1 KB JSON', create: plain(json), answer: totalOf(order),
    request: request(['POST / HTTP/1.1', 'Content-Type: application/json'], orderText),
  },
  headers: {
    title: `${MANY_HEADERS} request headers, all read`, create: plain(headers), answer: headersOf(parsedHeaders()),
    request: request(['GET / HTTP/1.1', ...browserHeaders]),
  },
  upload: {
    title: '64 KB body up', create: plain(upload), answer: sampleOf(payload(64 * KB)),
    request: request(['POST / HTTP/1.1', 'Content-Type: application/octet-stream'], payload(64 * KB)),
  },
  down1m: {
    title: '1 MB down, 16 connections', request: GET, size: MB, connections: 16, create: download(MB),
  },
  down64m: {
    title: '64 MB down, 4 connections', request: GET, size: 64 * MB, connections: 4, create: download(64 * MB),
  },
  file: { title: '1 MB file streamed, 16 connections', request: GET, size: MB, connections: 16, create: file },
  stream: {
    title: `${PIECES} pieces of 1 KB, chunked`, request: GET, answer: 'p'.repeat(PIECES * KB), create: stream,
  },
  churn: {
    title: 'a connection per request, 64 at a time', mode: 'churn', answer: HELLO, create: plain(hello),
    request: request(['GET / HTTP/1.1', 'Connection: close']),
  },
  pipelined: {
    title: 'hello, 16 requests in flight on each of 64 connections', request: GET, depth: 16, answer: HELLO,
    create: plain(hello),
  },
  express: { title: 'Express 5 hello', request: GET, answer: HELLO, packages: true, create: express },
  expresslook: {
    title: 'Express 5, address logged by on-finished', request: GET, answer: HELLO, packages: true, create: expresslook,
  },
  fastify: { title: 'Fastify 5 hello', request: GET, answer: HELLO, packages: true, create: fastify },
  client: { title: 'client: GET with an Agent, 64 at a time', peer: 'hello', answer: HELLO, client: requester('GET') },
  clientpost: {
    title: 'client: POST of 1 KB JSON with an Agent, 64 at a time', peer: 'json', answer: totalOf(order),
    client: requester('POST', orderText),
  },
  fetch: { title: 'client: fetch(), 64 at a time', peer: 'hello', answer: HELLO, client: fetcher },
  idle: {
    title: '10,000 idle connections', request: GET, mode: 'hold', connections: 10_000, answer: HELLO, create: idle,
  },
};
for (const workload of Object.values(workloads)) {
  workload.mode ??= workload.client ? 'client' : 'keep';
  workload.connections ??= 64;
  workload.depth ??= 1;
}

// The body that has to come back; made when wanted, because some are large.
const answerOf = ({ answer, size }) => (size ? payload(size) : Buffer.from(answer));

module.exports = { workloads, payload, answerOf };
