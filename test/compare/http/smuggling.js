'use strict';
// Alone
// Requests whose framing is ambiguous or wrong: what is answered, which requests the handler sees with which bodies,
// and whether the connection stays. A probe follows each: is it a request, or somebody's body? Each case arrives whole,
// byte by byte, and in random pieces; by hand, with the beginning of names of cases, in two pieces cut at every place,
// too.
const http = require('http');
const net = require('net');

const HOST = 'Host: a\r\n';
const PROBE = 'GET /probe HTTP/1.1\r\nHost: p\r\n\r\n';
const LONG = 400; // bytes; longer ones do not arrive byte by byte
const BYTEWISE = 3; // times
const RANDOM_CUTS = 10;
const PIECE_TURNS = 3;
const QUIET_TURNS = 12;
const [, , wanted] = process.argv;
const BACKLOG = 4000; // all connections of so many cases
const AT_ONCE = 16; // cases; so many that no runtime has more events in a turn than it handles in one

// ---- the cases ----

const cases = [];
const add = (name, text) => cases.push([name, text + PROBE]);
const each = (group, list, make) => list.forEach((one) => {
  add(`${group} ${JSON.stringify(one).slice(0, 60)}`, make(one));
});

const post = (headers, body = '') => `POST /x HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const get = (headers) => `GET /x HTTP/1.1\r\n${HOST}${headers}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const LAST = '0\r\n\r\n';

each('length', ['0', '3', '+3', '-3', '  3', '3  ', '\t3', '03', '0003', '3,3', '3, 3', '3,4', '3;', '3.0', '0x3',
  '3e0',
                '', ' ', 'abc', '3 3', '3\t3', '"3"', '18446744073709551615', '18446744073709551616',
                '99999999999999999999', '-0', '3\x00', '\x0b3', '1_0', '\xef\xbc\x93', '3\r', '3abc', '3,'],
     (value) => post(`Content-Length: ${value}\r\n`, 'abc'));
each('lengths', [
  'Content-Length: 3\r\nContent-Length: 3\r\n', 'Content-Length: 3\r\nContent-Length: 4\r\n',
  'Content-Length: 0\r\nContent-Length: 3\r\n', 'Content-Length: 3\r\ncontent-length: 3\r\n',
  'Content-Length: 3\r\nContent-Length:\r\n', 'Content-Length:\r\nContent-Length: 3\r\n',
  'Content_Length: 3\r\n', 'Content-Length : 3\r\n', ' Content-Length: 3\r\n', 'X: y\r\n Content-Length: 3\r\n',
  'Content-Length\r\n: 3\r\n', 'Content-Length\x00: 3\r\n', 'Content-Length: 3\nX: y\r\n', 'Content-Lengthy: 3\r\n',
  'Content-Length:\r\n 3\r\n', 'Content-Length: 1\r\n 3\r\n', 'X: y\rContent-Length: 3\r\n',
  'X: y\nContent-Length: 3\r\n',
], (headers) => post(headers, 'abc'));
each('length and chunked', [
  `Content-Length: 3\r\n${CHUNKED}`, `${CHUNKED}Content-Length: 3\r\n`, `Content-Length: 5\r\n${CHUNKED}`,
  `Content-Length: 0\r\n${CHUNKED}`, `${CHUNKED}Content-Length: 0\r\n`,
  `Content-Length: 5\r\nTransfer-Encoding: identity\r\n`,
  `Content-Length: 5\r\nTransfer-Encoding: x\r\n`, `Content-Length: 5\r\nTransfer-Encoding:\r\n`,
  `Content-Length: 5\r\nTransfer-Encoding : chunked\r\n`, `Content-Length: 5\r\nTransfer_Encoding: chunked\r\n`,
  `Content-Length: 5\r\nX: y\r\n Transfer-Encoding: chunked\r\n`, `Content-Length: 5\r\nTE: chunked\r\n`,
], (headers) => post(headers, LAST));
each('encoding', [
  'chunked', 'Chunked', 'CHUNKED', '  chunked', 'chunked  ', 'chunked,', ', chunked', 'chunked, chunked',
  'gzip, chunked',
  'chunked, gzip', 'identity', 'identity, chunked', 'chunked, identity', 'xchunked', 'chunkedx', 'chunked;q=1',
  '"chunked"',
  "'chunked'", '\x0bchunked', '\tchunked', 'chunked\t', '', 'cow', 'chunked\x00', '\x00chunked', 'chun ked', 'gzip',
  'chunked\xff', '\r\n chunked', 'gzip,\r\n chunked', 'chunked\r\n x', 'x\r\nTransfer-Encoding: chunked',
  'chunked\r\nTransfer-Encoding: x', 'chunked\r\nTransfer-Encoding: chunked',
  'chunked\r\nTransfer-Encoding: identity',
  'identity\r\nTransfer-Encoding: chunked', 'chunked\r\nTransfer-Encoding:',
], (value) => post(`Transfer-Encoding: ${value}\r\n`, `3\r\nabc\r\n${LAST}`));
each('encoding named', ['Transfer-Encoding :', 'Transfer-Encoding\t:', 'Transfer_Encoding:', ' Transfer-Encoding:',
                        'Transfer-Encoding\x00:', 'Transfer-Encoding', 'transfer-encoding:', 'TRANSFER-ENCODING:'],
     (name) => post(`${name} chunked\r\n`, `3\r\nabc\r\n${LAST}`));
each('chunk size', [
  '3', '03', '000000000000000000003', '3 ', ' 3', '\t3', '3\t', '+3', '-3', '0x3', '3h', '', 'g', '3;a', '3;a=b',
  '3;a="b"',
  '3;a="b c"', '3;a="b\\"c"', '3;a="b', '3 ;a', '3;', '3; a', '3;a;b', '3;a=b=c', '3;\x00', '3;a\n', '3;a\r',
  '3;a=\x7f',
  '3,a', '3 3', 'FFFFFFFFFFFFFFFF', '10000000000000000', 'fffffffffffffffff', '3\n', '3\r', '\r\n3', '3\x00', '3.0',
  '1e0',
], (size) => post(CHUNKED, `${size}\r\nabc\r\n${LAST}`));
each('chunk line ends', [
  '3\nabc\r\n0\r\n\r\n', '3\r\nabc\n0\r\n\r\n', '3\r\nabc\r\n0\n\r\n', '3\r\nabc\r\n0\r\n\n', '3\nabc\n0\n\n',
  '3\r\nabc0\r\n\r\n',
  '3\r\nabcd\r\n0\r\n\r\n', '3\r\nab\r\n0\r\n\r\n', '3\r\nabc\r\r\n0\r\n\r\n', '3\r\nabc\r0\r\n\r\n',
  '3\r\r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n00\r\n\r\n', '3\r\nabc\r\n0000000000000\r\n\r\n', '3\r\nabc\r\n0;x\r\n\r\n',
  '3\r\nabc\r\n0 \r\n\r\n', '\r\n', '0\r\n',
], (body) => post(CHUNKED, body));
each('trailers', [
  'X: y', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'bad trailer', 'X : y', 'X: y\nZ: z', ' X: y',
  'X: y\r\n folded',
  'Host: b', 'X', ':', 'X: a\x00b', 'Connection: close', 'X: y\rZ: z', 'Content-Length: x', 'Upgrade: x',
], (trailer) => post(CHUNKED, `3\r\nabc\r\n0\r\n${trailer}\r\n\r\n`));
each('header', [
  'X: y', 'X : y', 'X\t: y', 'X', ': y', ':', 'X y: z', 'X(: y', 'X\x00: y', 'X: y\x00z', 'X: \x01', 'X: \x7f',
  'X\x7f: y',
  'X\xe4: y', 'X: \xe4', 'X:', 'X:y', 'X: y ', 'X:\ty', 'X: a\tb', ' X: y', '\tX: y', 'A: b\r\n X: y',
  'A: b\r\n\tX: y',
  'A: b\r\n \r\nX: y', 'X: y\nZ: z', 'X: y\rZ: z', 'X: y\r\r\nZ: z', '\nX: y', '"X": y', 'X:: y', 'X=y', '@: y',
  'A\r\n: b',
], (line) => get(`${line}\r\n`));
each('host', ['', 'Host:\r\n', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nHost: b\r\n', 'Host: a b\r\n',
  'Host: a\r\n b\r\n',
              'Host : a\r\n', ' Host: a\r\n', 'host: a\r\n', 'Host: a:x\r\n', 'X-Host: a\r\n'],
     (line) => `GET /x HTTP/1.1\r\n${line}\r\n`);
each('request line', [
  'GET /x HTTP/1.1', 'GET http://b/x HTTP/1.1', 'GET b:80 HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET * HTTP/1.1',
  'GET HTTP/1.1',
  'GET  /x HTTP/1.1', 'GET\t/x HTTP/1.1', 'GET /x\tHTTP/1.1', 'GET /x HTTP/1.1 ', 'GET /x  HTTP/1.1',
  ' GET /x HTTP/1.1',
  'GET /x y HTTP/1.1', 'GET /x', 'GET /x ', 'GET', 'GET /x HTTP/0.9', 'GET /x HTTP/1.0', 'GET /x HTTP/1.2',
  'GET /x HTTP/2.0',
  'GET /x HTTP/1', 'GET /x HTTP/1.', 'GET /x HTTP/1.10', 'GET /x HTTP/11', 'GET /x HTTP/ 1.1', 'GET /x http/1.1',
  'GET /x HTTPS/1.1', 'GET /x ICE/1.0', 'GET /x RTSP/1.0', 'SOURCE /x ICE/1.0', 'get /x HTTP/1.1', 'Get /x HTTP/1.1',
  'GETX /x HTTP/1.1', 'GE /x HTTP/1.1', 'M-SEARCH /x HTTP/1.1', 'QUERY /x HTTP/1.1', 'DESCRIBE /x RTSP/1.0',
  'PRI * HTTP/2.0', 'CONNECT b:80 HTTP/1.1', 'CONNECT /x HTTP/1.1', 'GET x HTTP/1.1', 'GET #x HTTP/1.1',
  'GET /x#y HTTP/1.1',
  'GET /\xe4 HTTP/1.1', 'GET /\x00 HTTP/1.1', 'GET /\x01 HTTP/1.1', 'GET /\x7f HTTP/1.1', 'GET ?x HTTP/1.1',
  'GET // HTTP/1.1',
  'GET http:// HTTP/1.1', 'GET http://a b/ HTTP/1.1', 'GET http://u@b/x HTTP/1.1', 'GET /x HTTP/1.1\x00',
  '\x00GET /x HTTP/1.1',
  'GET /x HTTP/1.1\r', 'GET /x\rHTTP/1.1', 'GET\r\n/x HTTP/1.1', 'GET \r\n/x HTTP/1.1', 'HEAD /x HTTP/1.1',
  'TRACE /x HTTP/1.1',
], (line) => `${line}\r\n${HOST}\r\n`);
each('line ends', [
  `GET /x HTTP/1.1\n${HOST}\r\n`, 'GET /x HTTP/1.1\r\nHost: a\n\r\n', 'GET /x HTTP/1.1\r\nHost: a\r\n\n',
  'GET /x HTTP/1.1\nHost: a\n\n',
  'GET /x HTTP/1.1\rHost: a\r\r', 'GET /x HTTP/1.1\r\nHost: a\r\r\n\r\n', 'GET /x HTTP/1.1\r\nHost: a\r\n\r\r\n',
  `\r\n${get('')}`, `\r\n\r\n\r\n${get('')}`, `\n${get('')}`, `\r${get('')}`, ` ${get('')}`, `${get('')}\r\n`,
  `${get('')}\n`,
  `${get('')}\r`, `${get('')} `, `${get('')}\x00`, `${get('')}abc`,
], (text) => text);
each('connection', ['close', 'keep-alive', 'close, keep-alive', 'keep-alive, close', 'Close', 'x', 'close,',
  ' close ', '"close"',
                    'upgrade', 'Upgrade', 'close\r\nConnection: keep-alive', 'keep-alive\r\nConnection: close',
                    'keep-alivex'],
     (value) => get(`Connection: ${value}\r\n`));
each('body of', ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PUT'],
     (method) => `${method} /x HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`);
each('HTTP/1.0 with', [
  CHUNKED, 'Content-Length: 3\r\n', '', 'Connection: keep-alive\r\n',
    'Connection: keep-alive\r\nContent-Length: 3\r\n',
  `Connection: keep-alive\r\n${CHUNKED}`,
], (headers) => `POST /x HTTP/1.0\r\n${headers}\r\n${headers.includes('chunked') ? LAST : 'abc'}`);
each('upgrade with', ['', 'Content-Length: 3\r\n', CHUNKED],
     (headers) => post(`Connection: Upgrade\r\nUpgrade: x\r\n${headers}`, headers.includes('chunked') ? LAST : 'abc'));
each('expectation', ['100-continue', '100-Continue', 'x', ''],
  (value) => post(`Expect: ${value}\r\nContent-Length: 3\r\n`, 'abc'));
add('a length, too short', post('Content-Length: 2\r\n', 'abc'));
add('no framing, a body', post('', 'abc'));
add('two good ones', get('') + get(''));
add('a good one, then a bad length', get('') + post('Content-Length: x\r\n', 'abc'));
add('a request as body', post(`Content-Length: ${PROBE.length}\r\n`, PROBE));
add('a request as chunk', post(CHUNKED, `${PROBE.length.toString(16)}\r\n${PROBE}\r\n${LAST}`));
add('101 headers', get(Array.from({ length: 101 }, (_, i) => `X-${i}: ${i}\r\n`).join('')));
add('2100 headers', get(Array.from({ length: 2100 }, (_, i) => `X${i}:\r\n`).join('').slice(0, 15_900)));
add('a header of 16300 bytes', get(`X: ${'y'.repeat(16_300)}\r\n`));
add('a header of 16400 bytes', get(`X: ${'y'.repeat(16_400)}\r\n`));
add('a header of 70000 bytes', get(`X: ${'y'.repeat(70_000)}\r\n`));
add('a name of 17000 bytes', get(`${'y'.repeat(17_000)}: y\r\n`));
add('a path of 16000 bytes', `GET /${'y'.repeat(16_000)} HTTP/1.1\r\n${HOST}\r\n`);
add('a path of 17000 bytes', `GET /${'y'.repeat(17_000)} HTTP/1.1\r\n${HOST}\r\n`);
add('extensions of 16000 bytes', post(CHUNKED, `3;${'e'.repeat(16_000)}\r\nabc\r\n${LAST}`));
add('extensions of 17000 bytes', post(CHUNKED, `3;${'e'.repeat(17_000)}\r\nabc\r\n${LAST}`));
add('trailers of 17000 bytes', post(CHUNKED, `3\r\nabc\r\n0\r\nX: ${'e'.repeat(17_000)}\r\n\r\n`));

// ---- how they are sent ----

// The same numbers in every run.
let seed = 1;
const random = (limit) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % limit;
};

// Lists of pieces; the first one is the whole.
function waysOf(text) {
  const cut = (places) => [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
  const ways = [[text], [text.slice(0, -PROBE.length), PROBE]];
  if (text.length <= LONG) {
    for (let i = 0; i < BYTEWISE; i++) ways.push([...text]);
    for (let i = 1; i < text.length && wanted; i++) ways.push(cut([i]));
  }
  for (let i = 0; i < RANDOM_CUTS; i++) {
    const places = Array.from({ length: 1 + i % 3 }, () => 1 + random(text.length - 1));
    ways.push(cut([...new Set(places)].sort((a, b) => a - b)));
  }
  return ways;
}

async function pause() {
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise(setImmediate);
}

class Client {
  text = '';
  state = 'kept';
  wasReset = false;
  static busy = 0; // goes up whenever something happens anywhere

  constructor(port) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    const on = (event, fn) => this.socket.on(event, (value) => {
      Client.busy++;
      fn(value);
    });
    on('data', (text) => { this.text += text; });
    on('end', () => { this.state = 'closed'; });
    // Whether what was sent too late is answered by a reset is the kernel's business.
    on('error', () => {
      this.state = 'closed';
      this.wasReset = true;
    });
    this.connected = new Promise((resolve) => on('connect', resolve));
  }

  // Each piece has arrived and is parsed before the next one leaves.
  async send(pieces) {
    for (const piece of pieces) {
      if (this.state === 'closed') return;
      await new Promise((resolve) => this.socket.write(piece, 'latin1', resolve));
      // A busy kernel may take a moment even here.
      for (let i = 0; i < PIECE_TURNS; i++) await pause();
    }
  }
}

// Nothing has happened for some turns: the server is in this process and waits for nothing.
async function quiet() {
  for (let left = QUIET_TURNS, seen = Client.busy; left > 0; left--) {
    await pause();
    if (seen !== Client.busy) left = QUIET_TURNS;
    seen = Client.busy;
  }
}

function handler(req, res) {
  let body = '';
  req.setEncoding('latin1');
  req.on('data', (chunk) => { body += chunk; });
  req.on('error', () => {});
  req.on('end', () => {
    const headers = req.rawHeaders.length > 40 ? `${req.rawHeaders.length} strings` : req.rawHeaders;
    const seen = [req.method, req.url.slice(0, 40), req.httpVersion, headers, req.rawTrailers, body];
    res.end(JSON.stringify(seen, (key, value) => (value.length > 200 ? `${value.length} long` : value)));
  });
}

async function tryWays(port, ways) {
  for (const way of ways) way.client = new Client(port);
  await Promise.all(ways.map(({ client }) => client.connected));
  await quiet(); // All are accepted, too.
  await Promise.all(ways.map(({ client, pieces }) => client.send(pieces)));
  await quiet();
  for (const { client } of ways) client.socket.destroy();
}

// All ways of some cases at once. A piece that comes after the connection is closed is answered by a reset, and on a
// busy machine the client may hear of that before it reads the answer: such a way is tried once more.
async function tryAll(port, some) {
  const tried = some.map(([title, text]) => ({ title, ways: waysOf(text).map((pieces) => ({ pieces })) }));
  const all = tried.flatMap(({ ways }) => ways);
  await tryWays(port, all);
  await tryWays(port, all.filter(({ client }) => client.wasReset && !client.text));
  for (const { title, ways } of tried) report(title, ways);
}

// The verdict on the whole, and others that pieces lead to. Which pieces is not said: those that a busy kernel delivers
// together are one.
function report(title, ways) {
  const verdicts = ways.map(({ client }) =>
    `${client.state} ${JSON.stringify(client.text.replace(/Date: .*\r\n/g, ''))}`);
  const [whole] = verdicts;
  console.log(`\n## ${title}\n${whole}`);
  for (const other of new Set(verdicts.filter((one) => one !== whole).sort())) console.log(`in pieces: ${other}`);
}

const server = http.createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }, handler);
server.listen(0, '127.0.0.1', BACKLOG, async () => {
  const chosen = cases.filter(([name]) => !wanted || name.startsWith(wanted));
  for (let i = 0; i < chosen.length; i += AT_ONCE) await tryAll(server.address().port, chosen.slice(i, i + AT_ONCE));
  console.log(`\n${cases.length} cases`);
  server.closeAllConnections();
  server.close();
});
