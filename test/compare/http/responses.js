'use strict';
// What a handler can do with a response, what leaves, and what is refused.
const fs = require('fs');
const { pipeline } = require('stream');
const { run, scenario, describe } = require('../../common/http-log');

const request = (head = 'GET /a HTTP/1.1\r\nHost: a') => `${head}\r\n\r\n`;
const CLOSING = request('GET /a HTTP/1.1\r\nHost: a\r\nConnection: close');

// One request; the connection is closed after it unless something else is sent.
function answer(name, handler, text = CLOSING, serveOptions) {
  scenario(name, async (t) => {
    await t.serve((req, res) => handler(res, t, req), serveOptions);
    const raw = await t.raw(text);
    await raw.closed;
    await t.seen('res 1 close');
  });
}

// The result of each step, or its error.
function steps(t, list) {
  for (const [name, fn] of Object.entries(list)) {
    try {
      const value = fn();
      t.log(`${name}: ${typeof value === 'object' && value?.writeHead ? 'the response' : JSON.stringify(value)}`);
    } catch (error) {
      t.log(`${name} throws ${describe(error)}`);
    }
  }
}

answer('end without a body', (res, t) => res.end(t.done('end')));
answer('end with a string', (res, t) => res.end('text', t.done('end')));
answer('end with a buffer', (res, t) => res.end(Buffer.from('buffer'), t.done('end')));
answer('end with an encoding', (res, t) => res.end('c3bc', 'hex', t.done('end')));
answer('end with an empty string', (res, t) => res.end('', t.done('end')));
answer('two-byte text', (res, t) => res.end('\u00fc \u20ac \u{1f600}', t.done('end')));
answer('write and end', (res, t) => {
  t.log(`write ${res.write('one ', t.done('write 1'))}`);
  t.log(`write ${res.write(Buffer.from('two '), t.done('write 2'))}`);
  res.end('three', t.done('end'));
});
answer('write in turns', (res, t) => {
  res.write('one', t.done('write 1'));
  setImmediate(() => {
    t.log('next turn');
    res.write('two', t.done('write 2'));
    setImmediate(() => res.end(t.done('end')));
  });
});
answer('write of nothing', (res, t) => {
  steps(t, { 'write': () => res.write('', t.done('write')), 'headers': () => res.headersSent });
  res.end('x', t.done('end'));
});
answer('writes with a length', (res, t) => {
  res.setHeader('Content-Length', 6);
  res.write('abc', t.done('write'));
  res.end('def', t.done('end'));
});
answer('end twice', (res, t) => {
  res.end('one', t.done('end 1'));
  res.end('two', t.done('end 2'));
  res.end(t.done('end 3'));
});
answer('end again when finished', (res, t) => {
  res.end('one', t.done('end 1'));
  res.on('finish', () => {
    res.end(t.done('end 2'));
  });
});
answer('write after end', (res, t) => {
  res.end('one', t.done('end'));
  t.log(`write ${res.write('two', t.done('write'))}`);
});
answer('write after end, nobody waits', (res) => {
  res.end('one');
  res.write('two');
});
answer('cork and uncork', (res, t) => {
  res.cork();
  res.write('one ', t.done('write 1'));
  res.write('two ', t.done('write 2'));
  t.log(`corked ${res.writableCorked} length ${res.writableLength > 0}`);
  res.uncork();
  res.cork();
  res.write('three', t.done('write 3'));
  res.end(t.done('end'));
});
answer('cork with a turn between', (res, t) => {
  res.cork();
  res.write('one', t.done('write'));
  setImmediate(() => {
    res.uncork();
    res.end('two', t.done('end'));
  });
});
answer('flushHeaders', (res, t) => {
  res.setHeader('X-A', '1');
  res.flushHeaders();
  t.log(`sent ${res.headersSent}`);
  setImmediate(() => res.end('body', t.done('end')));
});
answer('destroyed before anything', (res, t) => {
  res.on('error', t.done('error'));
  res.destroy(new Error('own'));
  steps(t, { write: () => res.write('x', t.done('write')), end: () => void res.end('y', t.done('end')) });
});

// ---- status lines and heads ----

answer('writeHead with an object', (res, t) => {
  res.setHeader('X-Kept', 'kept');
  res.setHeader('X-Replaced', 'old');
  steps(t, { writeHead: () => res.writeHead(201, { 'X-Replaced': 'new', 'X-List': ['a', 'b'] }) });
  res.end('x');
});
answer('writeHead with a message', (res, t) => {
  steps(t, { writeHead: () => res.writeHead(299, 'Own Words', { 'X-A': 1 }), message: () => res.statusMessage });
  res.end('x');
});
answer('writeHead with pairs', (res, t) => {
  steps(t, { writeHead: () => res.writeHead(200, [['X-A', '1'], ['x-a', '2'], ['X-B', ['3', '4']]]) });
  res.end('x');
});
answer('writeHead with a flat list', (res, t) => {
  steps(t, { writeHead: () => res.writeHead(200, ['X-A', '1', 'X-A', '2', 'Set-Cookie', 'c=1']) });
  res.end('x');
});
answer('writeHead with a flat list over headers that are set', (res, t) => {
  res.setHeader('X-A', 'old');
  steps(t, { writeHead: () => res.writeHead(200, ['X-A', '1', 'X-A', '2']) });
  res.end('x');
});
answer('writeHead with an odd list', (res, t) => {
  steps(t, { writeHead: () => res.writeHead(200, ['X-A', '1', 'X-B']) });
  res.end('x');
});
answer('writeHead twice', (res, t) => {
  res.writeHead(200);
  steps(t, { writeHead: () => res.writeHead(404) });
  res.end('x');
});
answer('statuses that are none', (res, t) => {
  for (const code of [99, 1000, 'abc', undefined, -1, NaN]) steps(t, { [`${code}`]: () => res.writeHead(code) });
  steps(t, { 'message': () => res.writeHead(200, 'bad\r\nmessage') });
  res.statusCode = 42;
  steps(t, { 'statusCode 42': () => void res.end('x') });
  res.statusCode = 200;
  res.statusMessage = 'Fine';
  res.end('x');
});
for (const code of [204, 304, 205]) {
  answer(`status ${code} with a body`, (res, t) => {
    res.statusCode = code;
    steps(t, { write: () => res.write('body', t.done('write')) });
    res.end('more', t.done('end'));
  });
}
answer('HEAD with a body', (res, t) => {
  steps(t, { write: () => res.write('body', t.done('write')) });
  res.end('more', t.done('end'));
}, request('HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close'));
answer('HEAD with end alone', (res, t) => res.end('body', t.done('end')),
       request('HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close'));
answer('rejectNonStandardBodyWrites', (res, t) => {
  steps(t, { write: () => res.write('body'), end: () => void res.end('body') });
  res.end();
}, request('HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close'), { options: { rejectNonStandardBodyWrites: true } });

// ---- headers ----

answer('the header functions', (res, t) => {
  steps(t, {
    'set': () => res.setHeader('X-One', 'one'),
    'set number': () => res.setHeader('X-Number', 7),
    'set list': () => res.setHeader('X-List', ['a', 'b']),
    'append': () => res.appendHeader('X-One', 'more'),
    'append list': () => res.appendHeader('X-New', ['c', 'd']),
    'setHeaders': () => res.setHeaders(new Map([['X-Map', 'm'], ['X-Map-List', ['n', 'o']]])),
    'setHeaders of Headers': () =>
      res.setHeaders(new Headers([['X-H', 'h'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']])),
    'get': () => res.getHeader('x-one'),
    'get list': () => res.getHeader('X-LIST'),
    'get nothing': () => res.getHeader('x-nothing'),
    'has': () => [res.hasHeader('X-ONE'), res.hasHeader('nothing')],
    'names': () => res.getHeaderNames(),
    'raw names': () => res.getRawHeaderNames(),
    'headers': () => res.getHeaders(),
    'prototype': () => Object.getPrototypeOf(res.getHeaders()) === null,
    'remove': () => res.removeHeader('X-NUMBER'),
    'headers then': () => res.getHeaders(),
  });
  res.end('x');
});
answer('headers that are refused', (res, t) => {
  steps(t, {
    'name with a space': () => res.setHeader('bad name', 'x'),
    'empty name': () => res.setHeader('', 'x'),
    'no value': () => res.setHeader('X-A'),
    'line break': () => res.setHeader('X-A', 'a\r\nb'),
    'control': () => res.setHeader('X-A', 'a\u0001'),
    'two bytes': () => res.setHeader('X-A', '\u20ac'),
    'in a list': () => res.setHeader('X-A', ['fine', 'a\nb']),
    'name no string': () => res.setHeader(1, 'x'),
    'append control': () => res.appendHeader('X-B', 'a\u0000'),
    'setHeaders of an object': () => res.setHeaders({ a: 1 }),
    'trailer': () => res.addTrailers({ 'X-T': 'a\nb' }),
    'trailer name': () => res.addTrailers({ 'X T': 'a' }),
    'writeHead': () => res.writeHead(200, { 'X-A': 'a\nb' }),
  });
  res.end('x');
});
answer('trailers where no chunks are', (res, t) => {
  res.setHeader('Trailer', 'X-T');
  res.setHeader('Content-Length', 1);
  steps(t, { flush: () => res.flushHeaders() });
  res.removeHeader('Trailer');
  res.end('x');
});
answer('headers after they are sent', (res, t) => {
  res.write('x');
  steps(t, {
    set: () => res.setHeader('X-A', '1'),
    append: () => res.appendHeader('X-A', '1'),
    setHeaders: () => res.setHeaders(new Map([['a', 'b']])),
    remove: () => res.removeHeader('X-A'),
    writeHead: () => res.writeHead(200),
    get: () => res.getHeader('X-A'),
    names: () => res.getHeaderNames(),
    flush: () => res.flushHeaders(),
    hints: () => res.writeEarlyHints({ link: '</a>; rel=preload' }),
    statusCode: () => { res.statusCode = 500; return res.statusCode; },
  });
  res.end();
});
answer('headers of the connection', (res) => {
  res.removeHeader('Date');
  res.removeHeader('Connection');
  res.removeHeader('Transfer-Encoding');
  res.write('till the end');
  res.end();
}, request());
answer('sendDate', (res) => {
  res.sendDate = false;
  res.end('x');
});
answer('own Date and Connection', (res) => {
  res.setHeader('date', 'today');
  res.setHeader('connection', 'close');
  res.end('x');
}, request());
answer('own Keep-Alive', (res) => {
  res.setHeader('Connection', 'keep-alive');
  res.setHeader('Keep-Alive', 'timeout=1');
  res.end('x');
  res.on('close', () => res.req.socket.end());
}, request());
answer('own chunked', (res, t) => {
  res.setHeader('Transfer-Encoding', 'chunked');
  res.end('x', t.done('end'));
});
answer('own chunked and a length', (res, t) => {
  res.setHeader('Transfer-Encoding', 'chunked');
  res.setHeader('Content-Length', 1);
  res.end('x', t.done('end'));
});
answer('HTTP/1.0', (res, t) => {
  res.write('one');
  res.end('two', t.done('end'));
}, request('GET /a HTTP/1.0'));
answer('HTTP/1.0, kept', (res) => {
  res.end('two');
  res.on('close', () => res.req.socket.end());
}, request('GET /a HTTP/1.0\r\nConnection: keep-alive'));
answer('strictContentLength', (res, t) => {
  res.strictContentLength = true;
  res.setHeader('Content-Length', 3);
  steps(t, { write: () => res.write('1'), end: () => void res.end('2') });
  res.destroy();
});
answer('shorter than its length', (res, t) => {
  res.setHeader('Content-Length', 10);
  res.end('short', t.done('end'));
});

// ---- before the answer ----

answer('early hints', (res, t) => {
  steps(t, {
    'link': () => res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, t.done('hints')),
    'list': () => res.writeEarlyHints({ 'link': ['</a>; rel=preload', '</b>; rel=preload'], 'x-trace': 'id' }),
    'no link': () => res.writeEarlyHints({ 'x-trace': 'id' }),
    'bad link': () => res.writeEarlyHints({ link: 'nonsense' }),
    'no object': () => res.writeEarlyHints('x'),
  });
  res.end('x');
});
answer('writeProcessing and writeContinue', (res, t) => {
  steps(t, {
    processing: () => res.writeProcessing(t.done('processing')),
    continue: () => res.writeContinue(t.done('continue')),
  });
  res.end('x', t.done('end'));
});

// ---- much ----

const MUCH = 3_000_000; // more than the sockets between hold

scenario('back-pressure', async (t) => {
  await t.serve((req, res) => {
    t.log(`write ${res.write(Buffer.alloc(MUCH, 'x'), t.done('write'))} ${res.writableNeedDrain}`);
    res.once('drain', () => {
      t.log(`write ${res.write('little', t.done('little write'))}`);
      res.end(t.done('end'));
    });
  });
  const raw = await t.raw();
  raw.socket.pause();
  raw.write(CLOSING);
  await t.seen('write false');
  raw.socket.resume();
  await raw.closed;
  raw.text = `more than was written: ${raw.text.length > MUCH}`;
  await t.seen('res 1 close');
}, { only: ['plain', 'sockets'] });

scenario('highWaterMark', async (t) => {
  await t.serve((req, res) => {
    t.log(`marks ${res.writableHighWaterMark} ${req.readableHighWaterMark}`);
    t.log(`write ${res.write('12345')} write ${res.write('6789012345')}`);
    res.end(t.done('end'));
  }, { options: { highWaterMark: 10 } });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('much while the client goes away', async (t) => {
  await t.serve((req, res) => {
    res.write(Buffer.alloc(10 * MUCH, 'x'), (error) => t.log(`write ${Boolean(error)}`));
    t.log(`need drain ${res.writableNeedDrain}`);
  });
  const raw = await t.raw();
  raw.socket.pause();
  raw.write(CLOSING);
  await t.seen('need drain');
  raw.reset();
  await t.seen('res 1 close');
}, { only: ['plain'] });

scenario('a file by pipeline', async (t) => {
  await t.serve((req, res) => pipeline(fs.createReadStream(__filename, { end: 9 }), res, t.done('pipeline')));
  const raw = await t.raw(CLOSING);
  await raw.closed;
  await t.seen('pipeline');
}, { only: ['plain'] });

scenario('a missing file by pipeline', async (t) => {
  await t.serve((req, res) => pipeline(fs.createReadStream('/nowhere'), res, t.done('pipeline')));
  const raw = await t.raw(CLOSING);
  await raw.closed;
  await t.seen('pipeline');
}, { only: ['plain'] });

run();
