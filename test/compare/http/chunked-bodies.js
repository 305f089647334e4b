'use strict';
// Alone
// Request bodies in chunks: as they come, in pieces of pieces, with what may follow a chunk and what may not.
const { run, scenario } = require('../../common/http-log');

const head = (...lines) => ['POST /a HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', ...lines].join('\r\n');
const HEAD = `${head('Connection: close')}\r\n\r\n`;
const KEPT = `${head()}\r\n\r\n`;
const GET = 'GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const turn = () => new Promise((resolve) => setImmediate(resolve));

const handlers = {
  'read': (req, res, t) => {
    req.on('data', (chunk) => t.log(`data ${chunk} ${req.complete}`));
    req.on('end', () => {
      t.log(`trailers ${JSON.stringify(req.trailers)} ${req.rawTrailers}`);
      res.end(`${req.headers['transfer-encoding']}`);
    });
  },
  'ignored': (req, res) => { res.end('answer'); },
  'echoed': (req, res) => { req.pipe(res); },
  'paused': async (req, res, t) => {
    req.on('data', (chunk) => {
      t.log(`data ${chunk}`);
      req.pause();
      setImmediate(() => req.readableEnded || req.resume());
    });
    req.on('end', () => res.end('end'));
  },
  'looked at': (req, res, t) => {
    req.once('data', (chunk) => {
      t.log(`data ${chunk} ${req.socket.writable}`);
      req.on('data', (next) => t.log(`data ${next}`));
    });
    req.on('end', () => res.end('end'));
  },
  'destroyed': (req, res, t) => {
    req.on('data', (chunk) => {
      t.log(`data ${chunk}`);
      req.destroy();
    });
    req.on('end', () => res.end('end'));
  },
};
const bodies = {
  'one chunk': '3\r\nabc\r\n0\r\n\r\n',
  'chunks': '3\r\nabc\r\n2\r\nde\r\nA\r\n0123456789\r\n0\r\n\r\n',
  'nothing': '0\r\n\r\n',
  'trailers': '3\r\nabc\r\n0\r\nX-T: u\r\nX-V: w\r\n\r\n',
  'extensions': '3;a=b\r\nabc\r\n0;c\r\n\r\n',
  'an extension that is quoted': '3;a="b;\\"c"\r\nabc\r\n0\r\n\r\n',
  'a bad size': '3\r\nabc\r\nx\r\nde\r\n0\r\n\r\n',
  'a size without an end': '3\r\nabc\r\n3 \r\nabc\r\n0\r\n\r\n',
  'a size that is too large': '3\r\nabc\r\nfffffffffffffffff\r\nde\r\n0\r\n\r\n',
  'a missing line end': '3\r\nabcdef\r\n0\r\n\r\n',
  'a bare line feed': '3\r\nabc\n2\r\nde\r\n0\r\n\r\n',
  'a bad trailer': '3\r\nabc\r\n0\r\nX T: u\r\n\r\n',
};

for (const [how, handler] of Object.entries(handlers)) {
  for (const [what, body] of Object.entries(bodies)) {
    scenario(`${what}, ${how}`, async (t) => {
      await t.serve((req, res) => handler(req, res, t));
      const raw = await t.raw(HEAD + body);
      await raw.closed;
      await t.seen(how === 'ignored' ? 'res 1 close' : 'req 1 close');
    });
  }
}

// Where a read ends must not matter.
for (const what of ['chunks', 'trailers', 'extensions', 'a bad size', 'a bad trailer']) {
  scenario(`${what}, byte by byte`, async (t) => {
    let text = '';
    await t.serve((req, res) => {
      req.on('data', (chunk) => { text += chunk; });
      req.on('end', () => res.end(`${text} ${JSON.stringify(req.trailers)}`));
    });
    const raw = await t.raw();
    raw.socket.setNoDelay();
    for (const byte of HEAD + bodies[what]) {
      if (raw.socket.destroyed) break;
      raw.write(byte);
      await turn();
    }
    await raw.closed;
    raw.how = ''; // a client that still writes may hear of a reset
    t.log(text);
  }, { only: ['plain'] });
}

scenario('requests behind it', async (t) => {
  await t.serve((req, res) => {
    let text = '';
    req.on('data', (chunk) => { text += chunk; });
    req.on('end', () => res.end(`${req.url} ${text}`));
  });
  const raw = await t.raw(KEPT + bodies.chunks + KEPT + bodies.nothing + KEPT + bodies.extensions + GET);
  await raw.closed;
  await t.seen('res 4 close');
});
scenario('nonsense behind it', async (t) => {
  await t.serve((req, res) => {
    req.on('end', () => res.end('end')).resume();
  });
  const raw = await t.raw(`${KEPT + bodies.chunks}nonsense\r\n\r\n`);
  await raw.closed;
  await t.seen('req 1 close');
});
for (const [name, action] of Object.entries({ closes: (raw) => raw.destroy(), ends: (raw) => raw.end() })) {
  for (const part of ['3\r\nab', '3\r\nabc\r\n', '3\r\nabc\r\n1', '3\r\nabc\r\n0\r\n']) {
    scenario(`a client that ${name} after ${JSON.stringify(part)}`, async (t) => {
      await t.serve((req, res) => {
        req.on('data', (chunk) => t.log(`data ${chunk}`));
        req.on('end', () => res.end('end'));
      });
      const raw = await t.raw(KEPT + part);
      await t.seen('data');
      action(raw);
      await t.seen('req 1 close');
      await raw.closed;
    });
  }
}
scenario('a request timeout in the middle', async (t) => {
  await t.serve((req, res) => {
    req.on('data', (chunk) => t.log(`data ${chunk}`));
    req.on('end', () => res.end('end'));
  }, { options: { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 50 } });
  const raw = await t.raw(`${KEPT}3\r\nabc\r\n`);
  await raw.closed;
  await t.seen('req 1 close');
});

run();
