'use strict';
// Whatever bytes come, and however they are split: a server of the engine answers what one of Node's own code answers,
// and programs see the same requests. A listener for 'connection' is what makes the second one Node's.
const assert = require('assert');
const main = require('../common/main.js');
const { close, exchange, listen } = require('../common/http.js');

const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const inputs = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  '\r\n\r\nGET  /a%20b?c=d HTTP/1.1\r\nhOST:a\r\nX:  \t y z \t\r\nEmpty:\r\n\r\n',
  'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world',
  'POST /zero HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
  'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n',
  'PUT /both HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /twice HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
  'POST /differ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  'POST /plus HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc',
  'POST /te HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n',
  'POST /te HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n',
  'GET /fold HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n',
  'GET /lf HTTP/1.1\nHost: a\n\n',
  'GET /bare HTTP/1.1\r\nHost: a\nX: y\r\n\r\n',
  'GET /space HTTP/1.1\r\nHost : a\r\n\r\n',
  'GET /nohost HTTP/1.1\r\nX: y\r\n\r\n',
  'GET /hosts HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET /old HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
  'GET /older\r\n\r\n',
  'GET /newer HTTP/1.2\r\nHost: a\r\n\r\n',
  'get /lower HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /nul HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n',
  'GET /latin HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n',
  'GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nmore',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'POST /expect HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab',
  'GET /close HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody',
  `GET /long HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
];

async function answers(isClassic, pieces) {
  const log = [];
  const server = await listen((req, res) => {
    let body = '';
    req.setEncoding('latin1');
    req.on('data', (data) => { body += data; });
    req.on('end', () => {
      log.push([req.method, req.url, req.httpVersion, req.rawHeaders, { ...req.headers }, body, req.rawTrailers]);
      res.end(`${req.method} ${req.url} ${body}`);
    });
    req.on('error', (error) => log.push(error.code));
  });
  if (isClassic) server.on('connection', () => {});
  const text = await exchange(server.address().port, pieces, { end: true });
  await close(server);
  return JSON.stringify([text, log]);
}

function* splits(input) {
  yield [input + LAST];
  yield [LAST.replace('Connection: close', 'X: y') + input + LAST];
  if (input.length > 1000) return;
  for (let i = 1; i < input.length; i++) yield [input.slice(0, i), input.slice(i) + LAST];
}

main(async () => {
  for (const input of inputs) {
    for (const pieces of splits(input)) {
      const [engine, classic] = await Promise.all([answers(false, pieces), answers(true, pieces)]);
      assert.strictEqual(engine, classic, `${JSON.stringify(pieces)}:\n${engine}\n${classic}`);
    }
  }
});
