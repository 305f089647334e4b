'use strict';
// Alone
// Programs that look at the socket of a request: what they see, whatever becomes of the connection, and the order of
// events on the socket, the requests and the responses.
const async_hooks = require('async_hooks');
const net = require('net');
const { run, scenario } = require('../../common/http-log');

const get = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const post = (path, length) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
const LAST = 'Connection: close\r\n';
const SHORT = { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 };
const LIMITS = { connectionsCheckingInterval: 20, headersTimeout: 60, requestTimeout: 60 };
const TURNS = { only: ['plain', 'ticks'] };
const NO_TICKS = { only: ['plain'] };
const EVENTS = ['end', 'close', 'error', 'timeout', 'finish'];

const flags = ['readable', 'writable', 'destroyed', 'closed', 'connecting', 'pending', 'readableEnded', 'writableEnded',
               'writableFinished', 'encrypted', 'errored'];

// All that is seen at a look; and the socket's events from the first one.
function look(t, req, res, when = 'look') {
  const { socket } = req;
  t.sockets ??= new Map();
  if (!t.sockets.has(socket)) {
    t.sockets.set(socket, t.sockets.size + 1);
    t.serverLog.watch(`socket ${t.sockets.size}`, 'socket', socket, EVENTS);
  }
  const seen = flags.filter((name) => socket[name]);
  t.log(`${when}: socket ${t.sockets.get(socket)} ${socket instanceof net.Socket} ${socket.constructor.name} ` +
    `${req.connection === socket} ${req.client === socket} ${res.socket === socket} ${res.connection === socket} ` +
    `${socket.server === t.server} ${socket._httpMessage === res} ${seen} ${socket.readyState} ` +
    `${socket.remoteAddress} ${socket.remoteFamily} ${typeof socket.remotePort} ${socket.localAddress} ` +
    `${socket.localFamily} ${socket.localPort === t.port} ${socket.address().port === t.port} ` +
    `read ${socket.bytesRead} ${socket.writableLength}`);
  // What is answered behind another answer counts at once.
  if (!t.isPipelined) t.log(`written ${socket.bytesWritten}`);
  return socket;
}

// ---- when ----

const times = {
  'before the end': (t, req, res) => {
    look(t, req, res);
    res.end(req.url);
  },
  'after the end': (t, req, res) => {
    res.end(req.url);
    look(t, req, res);
  },
  'in finish': (t, req, res) => {
    res.on('finish', () => look(t, req, res));
    res.end(req.url);
  },
  'in close': (t, req, res) => {
    res.on('close', () => look(t, req, res));
    res.end(req.url);
  },
  'all the time': (t, req, res) => {
    look(t, req, res, 'request');
    for (const event of ['prefinish', 'finish', 'close']) res.on(event, () => look(t, req, res, event));
    setImmediate(() => {
      look(t, req, res, 'later');
      res.end(req.url, () => look(t, req, res, 'end called'));
    });
  },
  'between pieces': (t, req, res) => {
    res.write('one');
    setImmediate(() => {
      look(t, req, res);
      res.end(req.url);
    });
  },
  'at the end of the body': (t, req, res) => {
    req.resume().on('end', () => {
      look(t, req, res);
      res.end(req.url);
    });
  },
};

for (const [time, handler] of Object.entries(times)) {
  scenario(`${time}, one by one`, async (t) => {
    await t.serve((req, res) => handler(t, req, res));
    const raw = await t.raw(get('/one'));
    await raw.got(/\/one/);
    await t.seen('res 1 close');
    raw.write(`${post('/two', 4)}body`);
    await raw.got(/\/two/);
    await t.seen('res 2 close');
    raw.write(get('/three', LAST));
    await raw.closed;
    await t.seen('res 3 close');
  }, TURNS);

  scenario(`${time}, pipelined`, async (t) => {
    t.isPipelined = true;
    await t.serve((req, res) => handler(t, req, res));
    const raw = await t.raw(get('/1') + get('/2') + get('/3', LAST));
    await raw.closed;
    await t.seen('req 3 close');
  }, TURNS);

  scenario(`${time}, the client ends`, async (t) => {
    await t.serve((req, res) => handler(t, req, res));
    const raw = await t.raw(get('/1'));
    await raw.got(/\/1/);
    await t.seen('res 1 close');
    raw.end();
    await raw.closed;
    if (t.sockets) await t.seen('socket 1 close');
  }, TURNS);

  scenario(`${time}, in the next request the client is gone`, async (t) => {
    await t.serve((req, res) => {
      if (req.url === '/1') handler(t, req, res);
    });
    const raw = await t.raw(get('/1'));
    await raw.got(/\/1/);
    await t.seen('res 1 close');
    raw.write(get('/2'));
    await t.seen('request 2');
    raw.destroy();
    await raw.closed;
    await t.seen('res 2 close');
    await t.seen('req 2 close');
  }, TURNS);
}

// ---- how it ends ----

function looking(t, options) {
  return t.serve((req, res) => {
    look(t, req, res);
    if (req.url.startsWith('/wait')) t.response = res;
    else res.end(req.url);
  }, options);
}

const ends = {
  'destroyed': (raw) => raw.destroy(),
  'reset': (raw) => raw.reset(),
  'half closed': (raw) => raw.end(),
};
for (const [name, act] of Object.entries(ends)) {
  scenario(`a request in flight is ${name}`, async (t) => {
    await looking(t);
    const raw = await t.raw(get('/1'));
    await raw.got(/\/1/);
    await t.seen('res 1 close');
    raw.write(get('/wait'));
    await t.seen('request 2');
    act(raw);
    await raw.closed;
    await t.seen('socket 1 close');
  }, TURNS);

  scenario(`a body is ${name}`, async (t) => {
    await t.serve((req, res) => {
      look(t, req, res);
      req.on('data', (data) => t.log(`data ${data}`));
    });
    const raw = await t.raw(`${post('/1', 10)}half`);
    await t.seen('data half');
    act(raw);
    await raw.closed;
    await t.seen('socket 1 close');
  }, TURNS);

  scenario(`an idle connection is ${name}`, async (t) => {
    await looking(t);
    const raw = await t.raw(get('/1'));
    await raw.got(/\/1/);
    await t.seen('res 1 close');
    act(raw);
    await raw.closed;
    await t.seen('socket 1 close');
  }, TURNS);
}

scenario('pipelined, the client goes', async (t) => {
  t.isPipelined = true;
  await t.serve((req, res) => {
    look(t, req, res);
    req.socket.on('close', () => t.log(`closed ${req.url}`));
  });
  const raw = await t.raw(get('/1') + get('/2') + get('/3'));
  await t.seen('request 3');
  raw.destroy();
  await raw.closed;
  await t.seen('res 3 close');
}, TURNS);

scenario('the order of listeners for close', async (t) => {
  await t.serve((req, res) => {
    const { socket } = req;
    socket.on('close', () => t.log(`before ${req.url}`));
    socket.once('close', () => t.log(`once ${req.url}`));
    res.on('finish', () => socket.on('close', () => t.log(`finished ${req.url}`)));
    if (req.url !== '/3') res.end(req.url);
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2') + get('/3'));
  await t.seen('request 3');
  raw.destroy();
  await raw.closed;
  await t.seen('finished /2');
  await t.seen('req 3 close');
}, TURNS);

scenario('as on-finished listens', async (t) => {
  await t.serve((req, res) => {
    const { socket } = req;
    const done = () => {
      t.log(`done ${req.url} ${socket.writable}`);
      for (const event of ['error', 'close']) socket.removeListener(event, done);
      res.removeListener('finish', done);
    };
    for (const event of ['error', 'close']) socket.on(event, done);
    res.on('finish', done);
    if (req.url !== '/3') res.end(req.url);
  });
  const raw = await t.raw(get('/1') + get('/2'));
  await raw.got(/\/2/);
  await t.seen('res 2 close');
  raw.write(get('/3'));
  await t.seen('request 3');
  raw.reset();
  await raw.closed;
  await t.seen('req 3 close');
}, TURNS);

// ---- the server ends it ----

scenario('server.close', async (t) => {
  await looking(t);
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  t.server.close(t.done('close'));
  await raw.closed;
  await t.seen('close called');
}, TURNS);

scenario('server.close while a request is in flight', async (t) => {
  await looking(t);
  const raw = await t.raw(get('/wait'));
  await t.seen('request 1');
  t.server.close(t.done('close'));
  t.response.end('last');
  await raw.closed;
  await t.seen('close called');
}, TURNS);

for (const method of ['closeIdleConnections', 'closeAllConnections']) {
  scenario(`${method}, idle`, async (t) => {
    await looking(t);
    const raw = await t.raw(get('/1'));
    await raw.got(/\/1/);
    await t.seen('res 1 close');
    t.server[method]();
    await raw.closed;
    await t.seen('socket 1 close');
  }, TURNS);

  scenario(`${method}, a request in flight`, async (t) => {
    await looking(t);
    const raw = await t.raw(get('/wait'));
    await t.seen('request 1');
    t.server[method]();
    if (method === 'closeAllConnections') await raw.closed;
    t.response.end('answer');
    if (method === 'closeIdleConnections') await raw.got(/answer/);
    await t.seen('res 1 close');
  }, TURNS);
}

scenario('keepAliveTimeout', async (t) => {
  await looking(t, { options: SHORT });
  const raw = await t.raw(get('/1'));
  await raw.closed;
  await t.seen('socket 1 close');
}, NO_TICKS);

scenario('keepAliveTimeout with a listener for timeout', async (t) => {
  let timeouts = 0;
  await looking(t, {
    options: SHORT,
    setup: (server) => server.on('timeout', (socket) => {
      if (timeouts++ === 0) t.log(`server timeout of socket ${t.sockets.get(socket)}`);
      socket.destroy();
    }),
  });
  const raw = await t.raw(get('/1'));
  await raw.closed;
  await t.seen('socket 1 close');
}, NO_TICKS);

scenario('requestTimeout in a body', async (t) => {
  await t.serve((req, res) => {
    look(t, req, res);
    req.resume();
  }, { options: LIMITS });
  const raw = await t.raw(`${post('/', 5)}ab`);
  await raw.closed;
  await t.seen('req 1 close');
}, NO_TICKS);

scenario('headersTimeout of the second request', async (t) => {
  await looking(t, { options: LIMITS });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  raw.write('GET /2 HT');
  await raw.closed;
  await t.seen('socket 1 close');
}, NO_TICKS);

// ---- what is not for the engine ----

scenario('a bad request', async (t) => {
  await looking(t, {
    setup: (server) => server.on('clientError', (error, socket) => {
      t.log(`clientError ${error.code} socket ${t.sockets.get(socket)} ${socket.writable}`);
      socket.end('HTTP/1.1 400 Own\r\n\r\n');
    }),
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write('GARBAGE\r\n\r\n');
  await raw.closed;
  await t.seen('socket 1 close');
}, TURNS);

scenario('an upgrade', async (t) => {
  await looking(t, {
    setup: (server) => server.on('upgrade', (req, socket, head) => {
      t.log(`upgrade ${req.url} socket ${t.sockets.get(socket)} ${head} ${socket === req.socket}`);
      socket.on('data', (data) => socket.end(`upgraded ${data}`));
    }),
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/up', 'Connection: upgrade\r\nUpgrade: x\r\n'));
  await t.seen('upgrade');
  raw.write('data');
  await raw.closed;
  await t.seen('socket 1 close');
}, TURNS);

scenario('HTTP/1.0', async (t) => {
  await looking(t);
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write('GET /old HTTP/1.0\r\n\r\n');
  await raw.closed;
  await t.seen('socket 1 close');
}, TURNS);

// ---- more than a look ----

const ENDS = ['destroy', 'destroy with an error', 'destroySoon', 'end'];
const touches = {
  'destroy': (socket) => socket.destroy(),
  'destroy with an error': (socket) => socket.destroy(new Error('own')),
  'destroySoon': (socket) => socket.destroySoon(),
  'end': (socket) => socket.end('ended'),
  'write': (socket, t) => t.log(`write ${socket.write('HTTP/1.1 102 Processing\r\n\r\n')}`),
  'setTimeout': (socket, t) => socket.setTimeout(60_000, t.done('timeout')),
  'setNoDelay': (socket, t) => t.log(`itself ${socket.setNoDelay(false) === socket}`),
  'setKeepAlive': (socket, t) => t.log(`itself ${socket.setKeepAlive(true, 1000) === socket}`),
  'ref and unref': (socket, t) => t.log(`itself ${socket.unref() === socket} ${socket.ref() === socket}`),
  'listenerCount': (socket, t) => t.log(`${EVENTS.map((event) => socket.listenerCount(event))}`),
  'eventNames': (socket, t) => t.log(`${socket.eventNames().map(String).sort()}`),
  'drain listener': (socket, t) => socket.on('drain', t.done('drain')),
  'prependListener': (socket, t) => socket.prependListener('close', t.done('first')),
  'removeAllListeners': (socket) => socket.removeAllListeners('error'),
  'emit': (socket, t) => {
    socket.on('finish', t.done('own'));
    t.log(`emit ${socket.emit('finish')}`);
  },
  'pause and resume': (socket, t) => t.log(`${socket.pause().isPaused()} ${socket.resume().isPaused()}`),
  'cork': (socket) => {
    socket.cork();
    setImmediate(() => socket.uncork());
  },
  'states': (socket, t) => {
    const { _readableState: reading, _writableState: writing } = socket;
    t.log(`${reading.flowing} ${reading.ended} ${writing.length} ${writing.ended}`);
  },
  'fields': (socket, t) => {
    const { allowHalfOpen, _hadError: hadError, _paused: isPaused, timeout, _handle: handle } = socket;
    t.log(`${allowHalfOpen} ${hadError} ${isPaused} ${timeout} ${typeof handle.fd}`);
  },
  'parser': (socket, t) => t.log(`${socket.parser.socket === socket} ${socket._handle !== null}`),
  'own properties': (socket) => {
    socket.mine = (socket.mine ?? 0) + 1;
    const { write } = socket;
    socket.write = function(...args) { return write.apply(this, args); };
  },
  'a method that was taken before': (socket, t) => {
    const { on, removeListener } = socket;
    const listener = t.done('taken');
    socket.setTimeout(0);
    on.call(socket, 'close', listener);
    on.call(socket, 'pause', listener);
    removeListener.call(socket, 'pause', listener);
  },
  'many listeners': (socket) => {
    for (let i = 0; i < 9; i++) socket.on('close', () => {});
  },
};

for (const [name, touch] of Object.entries(touches)) {
  for (const ended of [false, true]) {
    scenario(`${name}, ${ended ? 'in finish' : 'before the end'}`, async (t) => {
      const warn = ({ message }) => t.log(message.replace(/\[.*?\]/, ''));
      process.on('warning', warn);
      await t.serve((req, res) => {
        const socket = look(t, req, res);
        res.once('finish', () => t.log('once finish'));
        res.once('finish', () => t.log('once more'));
        res.once('finish', () => t.log('and again'));
        if (ended) res.on('finish', () => touch(socket, t, res));
        else touch(socket, t, res);
        look(t, req, res, 'again');
        res.end(req.url);
      });
      const raw = await t.raw(get('/1'));
      await t.seen('res 1 close');
      if (!ENDS.includes(name)) raw.write(get('/2', LAST));
      await raw.closed;
      await t.seen('socket 1 close');
      process.off('warning', warn);
    }, TURNS);
  }
}

scenario('reading what comes after a request', async (t) => {
  await t.serve((req, res) => {
    const socket = look(t, req, res);
    socket.on('data', (data) => t.log(`data ${data}`));
    res.end(req.url);
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2', LAST));
  await raw.closed;
}, TURNS);

scenario('an error is thrown after a look', async (t) => {
  await t.serve((req, res) => {
    look(t, req, res);
    res.end(req.url);
    if (req.url === '/2') throw new Error('thrown');
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2'));
  await raw.got(/\/2/);
  await t.seen('res 2 close');
  raw.end();
  await raw.closed;
}, TURNS);

scenario('the socket times out later', async (t) => {
  await t.serve((req, res) => {
    const socket = look(t, req, res);
    if (req.url === '/1') res.end(req.url);
    else socket.setTimeout(20, t.done('own timeout'));
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2'));
  await raw.closed;
  await t.seen('socket 1 close');
}, NO_TICKS);

scenario('a large answer', async (t) => {
  await t.serve((req, res) => {
    look(t, req, res);
    res.on('finish', () => look(t, req, res, 'finish'));
    res.end(Buffer.alloc(300_000, 'x'));
  });
  const raw = await t.raw(get('/1', LAST));
  await raw.closed;
  await t.seen('socket 1 close');
  t.log(`${raw.text.length}`);
  raw.text = '';
}, NO_TICKS);

// ---- contexts ----

scenario('req.signal', async (t) => {
  await t.serve((req, res) => {
    look(t, req, res);
    req.signal.addEventListener('abort', () => t.log(`abort ${req.url}`));
    if (req.url === '/1') res.end(req.url);
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2'));
  await t.seen('request 2');
  raw.destroy();
  await raw.closed;
  await t.seen('res 2 close');
}, TURNS);

scenario('async contexts of listeners', async (t) => {
  const storage = new async_hooks.AsyncLocalStorage();
  await t.serve((req, res) => storage.run(req.url, () => {
    const socket = look(t, req, res);
    socket.on('close', () => t.log(`close in ${storage.getStore()}`));
    res.on('finish', () => t.log(`finish in ${storage.getStore()}`));
    res.end(req.url);
  }));
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2'));
  await raw.got(/\/2/);
  await t.seen('res 2 close');
  raw.end();
  await raw.closed;
  await t.seen('close in', 2);
}, TURNS);

scenario('an async hook is enabled after a look', async (t) => {
  const hook = async_hooks.createHook({ init() {} });
  await t.serve((req, res) => {
    look(t, req, res);
    if (req.url === '/1') hook.enable();
    else hook.disable();
    res.end(req.url);
  });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('res 1 close');
  raw.write(get('/2', LAST));
  await raw.closed;
  await t.seen('socket 1 close');
}, NO_TICKS);

scenario('a listener for connection comes after a look', async (t) => {
  await looking(t);
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  t.server.on('connection', () => t.log('connection'));
  await t.seen('res 1 close');
  raw.write(get('/2', LAST));
  await raw.closed;
  await t.seen('socket 1 close');
}, TURNS);

run();
