'use strict';
// Alone
// What goes wrong in handlers and listeners, and requests that are none.
const { run, scenario } = require('../../common/http-log');

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n';
const boom = () => { throw new Error('own'); };

const throwing = {
  'the handler': () => boom(),
  'the handler after writing': (req, res) => {
    res.write('part');
    boom();
  },
  'the handler after end': (req, res) => {
    res.end('answer');
    boom();
  },
  'a tick of the handler': () => process.nextTick(boom),
  'a microtask of the handler': () => queueMicrotask(boom),
  'data': (req) => req.on('data', boom),
  'end': (req) => req.on('end', boom).resume(),
  'finish': (req, res) => {
    res.on('finish', boom);
    res.end('answer');
  },
  'close of the response': (req, res) => {
    res.on('close', boom);
    res.end('answer');
  },
  'close of the request': (req, res) => {
    req.on('close', boom);
    res.end('answer');
  },
  'the callback of end': (req, res) => res.end('answer', boom),
  'the callback of write': (req, res) => {
    res.write('part', boom);
    setImmediate(() => res.end());
  },
};
for (const [where, handler] of Object.entries(throwing)) {
  scenario(`an error thrown by ${where}`, async (t) => {
    await t.serve(handler);
    const raw = await t.raw(`${POST}abc`);
    await t.seen('uncaught');
    // Is the connection still of use?
    t.server.removeAllListeners('request').on('request', (req, res) => res.end('next'));
    raw.write(GET);
    await Promise.race([raw.got(/400|next/), raw.closed, new Promise((resolve) => setTimeout(resolve, 400))]);
    raw.destroy();
  }, { only: ['plain', 'sockets'] });
}

scenario('an async handler that rejects', async (t) => {
  const rejected = (error) => t.log(`unhandled ${error.message}`);
  process.on('unhandledRejection', rejected);
  await t.serve(async () => boom());
  const raw = await t.raw(GET);
  await t.seen('unhandled');
  raw.destroy();
  await t.seen('res 1 close');
  process.off('unhandledRejection', rejected);
});

scenario('an async handler that rejects, captured', async (t) => {
  await t.serve(async () => boom(), { options: { captureRejections: true } });
  require('events').captureRejections = true;
  try {
    const raw = await t.raw(GET);
    await new Promise((resolve) => setTimeout(resolve, 50));
    raw.destroy();
  } finally {
    require('events').captureRejections = false;
  }
}, { only: ['plain', 'sockets'] });

// ---- requests that are none ----

const bad = {
  'no request': 'nonsense\r\n\r\n',
  'a bad chunk': 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'a bad chunk after a good one': 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n',
  'a bad second request': `${GET}nonsense\r\n\r\n`,
  'bytes after a last request': `${GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}GET /b HTTP/1.1\r\n\r\n`,
  'no host': 'GET /a HTTP/1.1\r\n\r\n',
  'a head too long': `GET /a HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
  'two hosts': 'GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
};
for (const [name, text] of Object.entries(bad)) {
  const handler = (t) => (req, res) => {
    req.on('data', t.done('data'));
    req.on('end', () => res.end('answer', t.done('end')));
  };

  scenario(`${name}`, async (t) => {
    await t.serve(handler(t), { options: { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 } });
    const raw = await t.raw(text);
    await raw.closed;
  }, { only: ['plain', 'sockets'] });

  scenario(`${name}, with clientError`, async (t) => {
    await t.serve(handler(t), {
      options: { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 },
      setup: (server) => server.on('clientError', (error, socket) => {
        const long = error.code === 'HPE_HEADER_OVERFLOW'; // in as many pieces as it took to arrive
        const packet = JSON.stringify(error.rawPacket?.toString('latin1'));
        t.log(`clientError ${error.code} ${error.message} ${error.reason} ${long || error.bytesParsed} ` +
          `${long || packet} ${socket.writable} ${socket.bytesWritten > 0}`);
        if (socket.writable) socket.end('HTTP/1.1 418 Own\r\n\r\n');
        else socket.destroy();
      }),
    });
    const raw = await t.raw(text);
    await raw.closed;
  }, { only: ['plain', 'sockets'] });
}

run();
