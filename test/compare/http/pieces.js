'use strict';
// Alone
// Answers in pieces: back-pressure, callbacks, ends and interruptions at every point between two of them.
const { Readable, pipeline } = require('stream');
const { AsyncLocalStorage } = require('async_hooks');
const { run, scenario, describe } = require('../../common/http-log');

const head = (first, ...lines) => `${[first, 'Host: a', ...lines].join('\r\n')}\r\n\r\n`;
const GET = head('GET /a HTTP/1.1');
const CLOSING = head('GET /a HTTP/1.1', 'Connection: close');
const MARK = 1000;
// More than any socket takes.
const HUGE = 32 * 2 ** 20;

const turn = () => new Promise((resolve) => setImmediate(resolve));

function state(t, res) {
  t.log(`length ${res.writableLength} mark ${res.writableHighWaterMark} corked ${res.writableCorked} ` +
        `need ${res.writableNeedDrain} chunked ${res.chunkedEncoding} sent ${res.headersSent}`);
}

// One request that is answered to its end.
function answer(name, handler, text = CLOSING, { stays, ...options } = {}) {
  scenario(name, async (t) => {
    await t.serve((req, res) => handler(res, t, req));
    const raw = await t.raw(text);
    if (stays) t.seen('res 2 close').then(() => raw.end());
    await raw.closed;
    await t.seen('res 1 close');
  }, options);
}

// Where a handler has got to when something happens to its answer.
const phases = {
  'before a tick': (res, t) => { res.write('one', t.done('write')); },
  'in the tick that writes': async (res, t) => {
    res.write('one', t.done('write'));
    await new Promise(process.nextTick);
  },
  'after a turn': async (res, t) => {
    res.write('one', t.done('write'));
    await turn();
  },
  'after a turn, before a tick': async (res, t) => {
    res.write('one', t.done('write 1'));
    await turn();
    res.write('two', t.done('write 2'));
  },
  'after flushHeaders': (res) => { res.flushHeaders(); },
  'below a known length': (res, t) => {
    res.setHeader('Content-Length', 6);
    res.write('one', t.done('write'));
  },
  'full': (res, t) => {
    t.log(`write ${res.write('x'.repeat(MARK), t.done('write'))}`);
  },
};

function inEachPhase(name, action, text = CLOSING) {
  for (const [phase, begin] of Object.entries(phases)) {
    scenario(`${name}, ${phase}`, async (t) => {
      await t.serve(async (req, res) => {
        if (t.variant === 'ticks') process.nextTick(() => t.log('handler tick'));
        const begun = begin(res, t);
        if (begun) await begun;
        await action(res, t, req);
      }, { options: { highWaterMark: MARK } });
      const raw = await t.raw(text);
      await raw.closed;
      await t.seen('res 1 close');
    });
  }
}

const fill = (res) => res.end(res._contentLength ? 'end' : 'the end');
inEachPhase('end', (res, t) => res.end(t.done('end')));
inEachPhase('end with a chunk', (res, t) => {
  res.end('end', t.done('end'));
  state(t, res);
});
inEachPhase('state', (res, t) => {
  state(t, res);
  fill(res);
  state(t, res);
});
inEachPhase('a look at the socket', (res, t) => {
  t.log(`writable ${res.socket.writable} length ${res.socket.writableLength} need ${res.socket.writableNeedDrain}`);
  t.log(`write ${res.write('', t.done('write after'))}`);
  fill(res);
});
inEachPhase('a look at the socket after the end', (res, t) => {
  res.end('end', t.done('end'));
  t.log(`length ${res.socket?.writableLength}`);
});
inEachPhase('destroy', (res, t) => {
  res.destroy();
  state(t, res);
});
inEachPhase('destroy with an error', (res) => res.destroy(new Error('own')));
inEachPhase('destroy after the end', (res, t) => {
  res.end('end', t.done('end'));
  res.destroy(new Error('own'));
});
inEachPhase('write after end', (res, t) => {
  res.end('end', t.done('end'));
  t.log(`write ${res.write('late', t.done('late'))}`);
  res.end('again', t.done('again'));
});
inEachPhase('headers again', (res, t) => {
  for (const fn of [() => res.setHeader('a', 'b'), () => res.writeHead(200), () => res.flushHeaders()]) {
    try {
      t.log(`${fn()}`);
    } catch (error) {
      t.log(describe(error));
    }
  }
  fill(res);
});
inEachPhase('bad chunks', (res, t) => {
  for (const chunk of [null, undefined, 1, {}, '']) {
    try {
      t.log(`${res.write(chunk, t.done('bad'))}`);
    } catch (error) {
      t.log(describe(error));
    }
  }
  fill(res);
});
inEachPhase('all kinds of chunks', (res, t) => {
  res.strictContentLength = false;
  const chunks = [['\u00fc\u20ac'], ['\u00fc', 'latin1'], ['616263', 'hex'], [Buffer.from('buffer')],
                  [new Uint8Array([65, 66])], ['t'.repeat(5000)], [Buffer.alloc(0)]];
  for (const [i, chunk] of chunks.entries()) t.log(`write ${res.write(...chunk, t.done(`chunk ${i}`))}`);
  state(t, res);
  res.end('end', 'utf8', t.done('end'));
});
inEachPhase('cork', async (res, t) => {
  res.cork();
  t.log(`write ${res.write('corked', t.done('corked'))}`);
  state(t, res);
  await turn();
  res.uncork();
  fill(res);
});
inEachPhase('trailers', (res, t) => {
  res.addTrailers({ 'X-T': 'u' });
  res.end('end', t.done('end'));
});
inEachPhase('drain', async (res, t) => {
  res.on('drain', () => state(t, res));
  t.log(`write ${res.write('y'.repeat(2 * MARK), t.done('large'))}`);
  await turn();
  await turn();
  fill(res);
});
inEachPhase('keep the connection', (res) => fill(res), GET + CLOSING);

// ---- heads ----

const heads = {
  'Transfer-Encoding': { 'Transfer-Encoding': 'chunked' },
  'Transfer-Encoding, other case': { 'transfer-encoding': 'Chunked' },
  'Transfer-Encoding, unknown': { 'Transfer-Encoding': 'own' },
  'Transfer-Encoding and a length': { 'Transfer-Encoding': 'chunked', 'Content-Length': 9 },
  'Connection: close': { Connection: 'close' },
  'Connection: keep-alive': { Connection: 'keep-alive' },
  'Connection: other': { Connection: 'X-A, Close' },
  'Keep-Alive': { 'Keep-Alive': 'timeout=7' },
  'Trailer': { Trailer: 'X-T' },
  'a length': { 'Content-Length': '9' },
};
for (const [name, headers] of Object.entries(heads)) {
  for (const method of ['GET', 'HEAD']) {
    for (const code of [200, 204, 304]) {
      answer(`${name}, ${method}, ${code}`, async (res, t) => {
        try {
          res.writeHead(code, headers);
        } catch (error) {
          t.log(describe(error));
          res.removeHeader('Trailer');
        }
        t.log(`write ${res.write('one', t.done('write 1'))}`);
        await turn();
        t.log(`write ${res.write('two', t.done('write 2'))}`);
        state(t, res);
        res.addTrailers({ 'X-T': 'u' });
        res.end('end', t.done('end'));
      }, head(`${method} /a HTTP/1.1`) + head(`${method} /b HTTP/1.1`, 'Connection: close'),
             { only: ['plain'], stays: headers.Connection === 'keep-alive' });
    }
  }
}
answer('one answer with trailers', (res, t) => {
  res.setHeader('Trailer', 'X-T, X-U');
  res.addTrailers({ 'X-T': 'u', 'X-U': ['v', 'w'] });
  res.end('body', t.done('end'));
});
answer('bad trailers', (res, t) => {
  for (const [name, value] of [['a b', 'c'], ['a', 'b\n']]) {
    try {
      res.addTrailers({ [name]: value });
    } catch (error) {
      t.log(describe(error));
    }
  }
  res.write('x');
  res.end();
});
answer('strictContentLength', (res, t) => {
  res.strictContentLength = true;
  res.setHeader('Content-Length', 5);
  res.write('abc', t.done('write'));
  for (const fn of [() => res.write('def'), () => res.end('d'), () => res.end('de')]) {
    try {
      fn();
    } catch (error) {
      t.log(describe(error));
    }
  }
});
answer('strictContentLength late', async (res, t) => {
  res.setHeader('Content-Length', 5);
  res.write('abc', t.done('write'));
  await turn();
  res.strictContentLength = true;
  for (const fn of [() => res.write('defghi'), () => res.end('defgh')]) {
    try {
      fn();
    } catch (error) {
      t.log(describe(error));
    }
  }
});
answer('more than the length', async (res) => {
  res.setHeader('Content-Length', 2);
  res.write('abc');
  await turn();
  res.end('def');
});
answer('an own writeHead', (res) => {
  const { writeHead } = res;
  res.writeHead = function(...args) {
    res.setHeader('X-Late', '1');
    return writeHead.apply(this, args);
  };
  res.write('x');
  res.end();
});
answer('an own emit', (res, t) => {
  const { emit } = res;
  res.emit = function(name, ...args) {
    t.log(`emit ${name}`);
    return emit.call(this, name, ...args);
  };
  res.write('x', t.done('write'));
  res.end('y');
});
answer('HTTP/1.0', (res, t) => {
  res.write('one', t.done('write'));
  setImmediate(() => res.end('two'));
}, 'GET / HTTP/1.0\r\n\r\n');

// ---- streams ----

answer('pipe', (res, t) => {
  Readable.from(['one', 'two', 'three']).on('end', t.done('source end')).pipe(res);
});
answer('pipe of buffers', (res) => {
  res.setHeader('Content-Length', 9);
  Readable.from([Buffer.from('one'), Buffer.from('two'), Buffer.from('six')], { objectMode: false }).pipe(res);
});
answer('pipeline', (res, t) => { pipeline(Readable.from(['one', 'two']), res, t.done('pipeline')); });
answer('pipeline with an error', (res, t) => {
  pipeline(async function* source() {
    yield 'one';
    await turn();
    throw new Error('own');
  }, res, t.done('pipeline'));
});
answer('pipe with an error', (res, t) => {
  const source = new Readable({ read() {} });
  source.on('error', (error) => {
    t.log(describe(error));
    res.destroy(error);
  });
  source.push('one');
  source.pipe(res);
  setImmediate(() => source.destroy(new Error('own')));
});
answer('pipe of the request', (res, t, req) => { req.pipe(res); },
       `${head('POST /a HTTP/1.1', 'Content-Length: 5', 'Connection: close')}abcde`);

// ---- who reads, and who does not ----

// Which error a client causes that goes is a matter of what the kernel notices first.
const ended = (t, name) => (error) => t.log(`${name} called ${error ? 'with an error' : ''}`);

function slow(name, action, { reads = true } = {}) {
  scenario(`a slow reader, ${name}`, async (t) => {
    await t.serve((req, res) => {
      t.log(`write ${res.write(Buffer.alloc(HUGE, 'h'), ended(t, 'huge'))}`);
      setImmediate(() => {
        t.log(`write ${res.write('more', ended(t, 'more'))} ${res.writableLength}`);
        setImmediate(() => {
          t.log('waits');
          action(res, t, req);
        });
      });
    });
    const raw = await t.raw();
    raw.socket.pause();
    raw.write(CLOSING);
    t.raw1 = raw;
    await t.seen('waits');
    if (reads) raw.socket.on('data', () => { raw.text = ''; }).resume();
    else t.seen('res 1 close').then(() => raw.socket.destroy());
    await raw.closed;
    await t.seen('res 1 close');
    raw.text = reads ? `... ${raw.text.slice(-20)}` : '';
  }, { only: reads ? undefined : ['plain'] });
}
slow('who reads after all', (res, t) => res.end('end', t.done('end')));
slow('waited for', (res, t) => res.on('drain', () => {
  state(t, res);
  res.end('end', t.done('end'));
}));
slow('whose socket is looked at', (res, t) => {
  t.log(`length ${res.socket.writableLength} need ${res.socket.writableNeedDrain}`);
  res.end('end', t.done('end'));
});
slow('whose socket is looked at after the end', (res, t) => {
  res.end('end', t.done('end'));
  t.log(`length ${res.socket.writableLength} need ${res.socket.writableNeedDrain}`);
});
// Of what was written torc still sends as much as a peer takes that reads; this one does not.
slow('given up', (res) => res.destroy(), { reads: false });
slow('given up with an error', (res) => res.destroy(new Error('own')), { reads: false });
slow('given up after the end', (res, t) => {
  res.end('end', t.done('end'));
  res.destroy(new Error('own'));
}, { reads: false });
slow('too slow', (res, t) => {
  res.setTimeout(20, () => {
    t.log('timeout');
    res.destroy();
  });
}, { reads: false });
slow('who goes', (res, t) => t.raw1.reset(), { reads: false });
slow('who goes after the end', (res, t) => {
  res.end('end', ended(t, 'end'));
  t.raw1.reset();
}, { reads: false });

scenario('a slow reader that asks again', async (t) => {
  await t.serve((req, res) => {
    if (req.url !== '/a') {
      res.end(req.url);
      return;
    }
    t.log(`write ${res.write(Buffer.alloc(HUGE, 'h'), ended(t, 'huge'))}`);
    res.on('drain', () => res.end('end'));
  });
  const raw = await t.raw();
  raw.socket.pause();
  raw.write(GET);
  await t.seen('write');
  raw.write(head('GET /b HTTP/1.1'));
  await t.seen('request 2');
  raw.write(head('GET /c HTTP/1.1', 'Connection: close'));
  raw.socket.on('data', () => { raw.text = raw.text.slice(-1000); }).resume();
  await raw.closed;
  await t.seen('res 3 close');
  raw.text = raw.text.slice(raw.text.indexOf('\r\n3\r\nend'));
});

for (const [name, action] of Object.entries({
  'closes': (raw) => raw.destroy(),
  'resets': (raw) => raw.reset(),
  'ends': (raw) => raw.end(),
})) {
  scenario(`a client that ${name} between two pieces`, async (t) => {
    let write;
    await t.serve((req, res) => {
      res.write('one', t.done('write 1'));
      write = () => t.log(`write ${res.write('two', t.done('write 2'))}`);
    });
    const raw = await t.raw(GET);
    await raw.got(/one/);
    action(raw);
    await t.seen('res 1 close');
    write();
    await turn();
  });
}

// ---- more than one ----

scenario('pipelined requests, the first answer in pieces', async (t) => {
  const first = [];
  await t.serve(async (req, res) => {
    if (req.url === '/b') {
      t.log(`write ${res.write('answer b', t.done('write b'))}`);
      res.end(t.done('end b'));
      first.forEach((next) => next());
      return;
    }
    res.write('one', t.done('write 1'));
    await new Promise((resolve) => first.push(resolve));
    await turn();
    res.write('two', t.done('write 2'));
    await turn();
    res.end('end', t.done('end 1'));
  });
  const raw = await t.raw(GET + head('GET /b HTTP/1.1', 'Connection: close'));
  await raw.closed;
  await t.seen('res 2 close');
});
scenario('pipelined requests, all answered in pieces', async (t) => {
  await t.serve((req, res) => {
    res.write(`${req.url} `, t.done(`write ${req.url}`));
    res.end('end', t.done(`end ${req.url}`));
  });
  const raw = await t.raw(GET + GET + head('GET /b HTTP/1.1', 'Connection: close'));
  await raw.closed;
  await t.seen('res 3 close');
});
scenario('pipelined requests behind one that closes', async (t) => {
  await t.serve(async (req, res) => {
    if (req.url === '/a') res.setHeader('Connection', 'close');
    res.write('one', t.done(`write ${req.url}`));
    await turn();
    res.end('end', t.done(`end ${req.url}`));
  });
  const raw = await t.raw(GET + head('GET /b HTTP/1.1'));
  await raw.closed;
  await t.seen('res 1 close');
});
scenario('one after the other', async (t) => {
  await t.serve(async (req, res) => {
    res.write('one', t.done('write'));
    await turn();
    res.end('end', t.done('end'));
  });
  const raw = await t.raw(GET);
  for (let i = 1; i <= 3; i++) {
    await t.seen(`res ${i} close`);
    raw.write(i === 3 ? CLOSING : GET);
  }
  await raw.closed;
  await t.seen('res 4 close');
});
scenario('an upgrade after it', async (t) => {
  await t.serve((req, res) => {
    res.write('one', t.done('write'));
    res.end('end', t.done('end'));
  }, {
    setup: (server) => server.on('upgrade', (req, socket, rest) => {
      t.log(`upgrade ${req.url} ${rest}`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    }),
  });
  const raw = await t.raw(GET);
  await t.seen('res 1 close');
  raw.write(`${head('GET /up HTTP/1.1', 'Connection: upgrade', 'Upgrade: own')}rest`);
  await raw.closed;
});
scenario('a bad request after it', async (t) => {
  await t.serve((req, res) => {
    res.write('one', t.done('write'));
    setImmediate(() => res.end('end'));
  });
  const raw = await t.raw(GET);
  await t.seen('res 1 close');
  raw.write('nonsense\r\n\r\n');
  await raw.closed;
});
scenario('a bad request in the middle', async (t) => {
  let end;
  await t.serve((req, res) => {
    res.write('one', t.done('write'));
    end = () => res.end('end', t.done('end'));
  });
  const raw = await t.raw(GET);
  await raw.got(/one/);
  raw.write('nonsense\r\n\r\n');
  await raw.closed;
  end();
  await t.seen('res 1 close');
});
scenario('async contexts', async (t) => {
  const storage = new AsyncLocalStorage();
  const log = (what) => () => t.log(`${what} in ${storage.getStore()}`);
  await t.serve((req, res) => {
    storage.run('handler', () => {
      res.on('drain', log('drain'));
      res.on('finish', log('finish'));
      res.write('x'.repeat(2 * MARK), log('write 1'));
      storage.run('second', () => res.write('two', log('write 2')));
      setImmediate(() => storage.run('third', () => res.write(Buffer.alloc(HUGE), log('huge'))));
      setImmediate(() => storage.run('end', () => res.end(log('end'))));
    });
  }, { options: { highWaterMark: MARK } });
  const raw = await t.raw(CLOSING);
  raw.socket.on('data', () => { raw.text = ''; });
  await raw.closed;
  await t.seen('res 1 close');
  raw.text = '';
});

run();
