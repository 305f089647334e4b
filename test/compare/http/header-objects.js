'use strict';
// req.headers of heads that come again and again: own properties, their order, values and attributes, whatever the
// names are; and what a program does to one object is not seen in the next.
const http = require('http');
const net = require('net');

const TIMES = 4;
const long = 'v'.repeat(500);
const lists = {
  'plain': ['Host: a', 'User-Agent: test', 'ACCEPT: */*', 'accept-language: de', 'X-One: 1'],
  'other case': ['host: a', 'user-agent: test', 'Accept: */*', 'Accept-Language: de', 'x-one: 1'],
  'other order': ['User-Agent: test', 'Host: a', 'X-One: 1'],
  'values': ['Host: a', 'X-Empty:', 'X-Blank:  \t ', 'X-Around: \t both ends \t ', 'X-Colon: a:b: c',
             'X-Latin: gr\xfc\xdfe\xff', `X-Long: ${long}`],
  'secrets': ['Host: a', 'Cookie: a=1; b=2', 'Authorization: Basic YTpi', 'Proxy-Authorization: x'],
  'joined': ['Host: a', 'Accept: x', 'X-A: 1', 'accept: y', 'x-a: 2', 'Accept: ', 'X-a: 3'],
  'cookies': ['Host: a', 'Cookie: a=1', 'cookie: b=2', 'Cookie:'],
  'dropped': ['Host: a', 'Age: 1', 'age: 2', 'Content-Type: a', 'content-type: b', 'User-Agent: a', 'User-agent: b',
              'Authorization: a', 'Authorization: b', 'From: a', 'From: b', 'Referer:', 'Referer: b'],
  'hosts': ['Host: a', 'host: b'],
  'array': ['Host: a', 'Set-Cookie: a'],
  'arrays': ['Host: a', 'Set-Cookie: a', 'set-cookie: b', 'X: y'],
  'prototype': ['Host: a', '__proto__: x', 'constructor: y', 'toString: z', 'hasOwnProperty: h', '__Proto__: q'],
  'constructors': ['Host: a', 'constructor: a', 'Constructor: b', 'length: 1', 'name: 2', 'prototype: 3', 'then: 4'],
  'numbers': ['Host: a', '7: seven', '1: one', '007: agent', '4294967295: big', '-1: less', '1e3: e'],
  'tokens': ['Host: a', "!#$%&'*+-.^_`|~: all", '_: under', '$: dollar', 'x.y: dot'],
  'many': ['Host: a', ...Array.from({ length: 62 }, (_, i) => `X-Many-${i}: ${i}`)],
  'one more': ['Host: a', ...Array.from({ length: 63 }, (_, i) => `X-Many-${i}: ${i}`)],
  'too many': ['Host: a', ...Array.from({ length: 64 }, (_, i) => `X-Many-${i}: ${i}`)],
  'long names': ['Host: a', `X-${'n'.repeat(300)}: 1`, `Y-${'n'.repeat(300)}: 2`],
  'too long names': ['Host: a', `X-${'n'.repeat(600)}: 1`, `Y-${'n'.repeat(600)}: 2`],
  'much': ['Host: a', `X-Long: ${long}${long}${long}${long}${long}`, 'Last: x'],
};
for (let i = 0; i < 100; i++) {
  const names = Array.from({ length: 1 + i % 7 }, (_, k) => `N${(i * (k + 3)) % 31}-${k}: ${i} ${k}`);
  lists[`sequence ${i}`] = i % 2 ? ['Host: a', ...names] : [...names, 'Host: a'];
}
const values = ['a', 'b', 'a', 'b', 'b', 'ab', 'b ', '', 'bb'];
for (const value of values) lists[`value '${value}'`] = ['Host: a', `X-Value: ${value}`, `X-Next: ${value}.`];

function show(object) {
  const usual = { writable: true, enumerable: true, configurable: true };
  for (const key of Reflect.ownKeys(object)) {
    const { value, ...attributes } = Object.getOwnPropertyDescriptor(object, key);
    const same = Object.keys(usual).every((name) => attributes[name] === usual[name]);
    console.log('  ', JSON.stringify(key), JSON.stringify(value), same ? '' : JSON.stringify(attributes));
  }
}

// What programs do to them.
const deeds = [
  (headers) => { headers.host = 'changed'; headers.added = 'here'; },
  (headers) => { delete headers.host; delete headers['user-agent']; headers.host = 7; },
  (headers) => { Object.defineProperty(headers, 'host', { get() { return 'got'; } }); Object.freeze(headers); },
  (headers) => { Object.setPrototypeOf(headers, { inherited: 1 }); headers.accept = { not: 'text' }; },
];

let count = 0;
function handle(req, res) {
  const { headers } = req;
  const same = headers === req.headers && Object.getPrototypeOf(headers) === Object.prototype;
  console.log(req.url, same, Object.keys(headers).length);
  show(headers);
  const inLoop = [];
  for (const name in headers) inLoop.push(name);
  console.log('  ', inLoop.join() === Object.keys(headers).join(), req.rawHeaders.length,
              Object.keys(req.headersDistinct).length, Object.keys(req.trailers).length);
  deeds[count++ % deeds.length](headers);
  if (count % 5 === 0) {
    req.headers = { mine: 1 };
    console.log('  ', req.headers, req.rawHeaders.length);
  }
  res.end();
}

// Too late: the server has looked at the headers.
function handleJoined(req, res) {
  req.joinDuplicateHeaders = true;
  show(req.headers);
  res.end();
}

function handleOverridden(req, res) {
  req.rawHeaders.push('X-More', 'x');
  req._addHeaderLine = function(name, value, headers) { headers[name] = value.toUpperCase(); };
  show(req.headers);
  res.end();
}

function run(handler, heads) {
  return new Promise((resolve) => {
    const server = http.createServer(handler).listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1');
      let text = '';
      socket.setEncoding('latin1').on('data', (data) => {
        text += data;
        if (text.split('HTTP/1.1 200').length > heads.length) socket.end();
      });
      socket.on('close', () => server.close(resolve));
      socket.write(heads.join(''), 'latin1');
    });
  });
}

const head = (name) => `GET /${encodeURI(name)} HTTP/1.1\r\n${lists[name].join('\r\n')}\r\n\r\n`;
const repeated = (name) => Array(TIMES).fill(head(name));

(async () => {
  await run(handle, Object.keys(lists).flatMap(repeated));
  await run(handle, Object.keys(lists).map(head));
  await run(handleJoined, ['plain', 'dropped', 'plain', 'dropped'].map(head));
  await run(handleOverridden, ['plain', 'joined', 'plain', 'joined'].map(head));
  await run(handle, repeated('plain'));
})();
