'use strict';
// Alone
// Many requests on one connection, time limits, and how a server closes.
const { run, scenario } = require('../../common/http-log');

const get = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const answer = (req, res) => res.end(req.url);
const CHECK_MS = 20;
const SHORT = { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 };

// ---- several requests ----

scenario('kept alive', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(get('/one'));
  await raw.got(/\/one/);
  await t.seen('req 1 close');
  raw.write(get('/two'));
  await raw.got(/\/two/);
  await t.seen('req 2 close');
  raw.write(get('/three', 'Connection: close\r\n'));
  await raw.closed;
});

scenario('pipelined, answered at once', async (t) => {
  await t.serve((req, res) => res.end(req.url, t.done(`end ${req.url}`)));
  const raw = await t.raw(get('/1') + get('/2') + get('/3', 'Connection: close\r\n'));
  await raw.closed;
  await t.seen('req 3 close');
});

scenario('pipelined, the first one last', async (t) => {
  const waiting = {};
  await t.serve((req, res) => { waiting[req.url] = res; });
  const raw = await t.raw(get('/1') + get('/2') + get('/3', 'Connection: close\r\n'));
  await t.seen('request 3');
  for (const url of ['/3', '/2', '/1']) {
    t.log(`answering ${url}`);
    waiting[url].end(url, t.done(`end ${url}`));
    await new Promise(setImmediate);
  }
  await raw.closed;
  await t.seen('res 3 close');
});

scenario('pipelined, the second writes in pieces while it waits', async (t) => {
  const waiting = {};
  await t.serve((req, res) => { waiting[req.url] = res; });
  const raw = await t.raw(get('/1') + get('/2', 'Connection: close\r\n'));
  await t.seen('request 2');
  t.log(`write ${waiting['/2'].write('a', t.done('write a'))} ${waiting['/2'].headersSent}`);
  t.log(`write ${waiting['/2'].write('b', t.done('write b'))}`);
  waiting['/1'].end('first', t.done('end 1'));
  await raw.got(/first/);
  waiting['/2'].end('c', t.done('end 2'));
  await raw.closed;
  await t.seen('res 2 close');
});

scenario('half of the second head has come when the first is answered in pieces', async (t) => {
  await t.serve((req, res) => {
    req.resume();
    req.on('end', () => {
      res.write('part ');
      res.end(req.url);
    });
  });
  const raw = await t.raw(`${get('/1')}GET /2 HT`);
  await raw.got(/\/1/);
  await t.seen('req 1 close');
  raw.write('TP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await raw.closed;
});

scenario('pipelined, the client goes away', async (t) => {
  await t.serve(() => {});
  const raw = await t.raw(get('/1') + get('/2') + get('/3'));
  await t.seen('request 3');
  raw.destroy();
  await t.seen('res 1 close');
  await raw.closed;
});

scenario('pipelined, the first response is destroyed', async (t) => {
  const waiting = [];
  await t.serve((req, res) => waiting.push(res));
  const raw = await t.raw(get('/1') + get('/2'));
  await t.seen('request 2');
  waiting[1].end('two', t.done('end 2'));
  waiting[0].destroy();
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('pipelined bodies', async (t) => {
  await t.serve((req, res) => {
    let text = '';
    req.on('data', (chunk) => { text += chunk; });
    req.on('end', () => res.end(`<${text}>`));
  });
  const post = (body, more = '') =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;
  const raw = await t.raw(post('one') + post('') + post('three', 'Connection: close\r\n'));
  await raw.closed;
  await t.seen('req 3 close');
});

scenario('the server closes after the first of two', async (t) => {
  await t.serve((req, res) => {
    res.setHeader('Connection', 'close');
    res.end(req.url);
  });
  const raw = await t.raw(get('/1') + get('/2'));
  await raw.closed;
  await t.seen('req 1 close');
});

scenario('maxRequestsPerSocket', async (t) => {
  await t.serve(answer, { options: SHORT, setup: (server) => { server.maxRequestsPerSocket = 2; } });
  const raw = await t.raw(get('/1') + get('/2') + get('/3'));
  await raw.closed;
  await t.seen('req 2 close');
});

scenario('maxConnections', async (t) => {
  await t.serve(answer, { setup: (server) => { server.maxConnections = 1; } });
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  const other = await t.raw();
  await other.closed;
  await t.seen('server drop');
});

scenario('empty lines between requests', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(`\r\n${get('/1')}\r\n\r\n${get('/2', 'Connection: close\r\n')}`);
  await raw.closed;
});

// ---- time limits ----

const limits = (more) => ({ options: { connectionsCheckingInterval: CHECK_MS, ...more } });
const NO_TICKS = { only: ['plain', 'sockets'] };

scenario('headersTimeout', async (t) => {
  await t.serve(answer, limits({ headersTimeout: 60, requestTimeout: 1000 }));
  const raw = await t.raw('GET / HTTP/1.1\r\nHo');
  await raw.closed;
}, NO_TICKS);

scenario('headersTimeout with clientError', async (t) => {
  await t.serve(answer, {
    ...limits({ headersTimeout: 60, requestTimeout: 1000 }),
    setup: (server) => server.on('clientError', (error, socket) => {
      t.log(`clientError ${error.code} ${error.message} ${socket.writable}`);
      socket.end('HTTP/1.1 418 Own\r\n\r\n');
    }),
  });
  const raw = await t.raw('GET / HTTP/1.1\r\nHo');
  await raw.closed;
}, NO_TICKS);

scenario('requestTimeout in the body', async (t) => {
  await t.serve((req) => req.resume(), limits({ headersTimeout: 60, requestTimeout: 60 }));
  const raw = await t.raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab');
  await raw.closed;
  await t.seen('req 1 close');
}, NO_TICKS);

scenario('requestTimeout of the second request', async (t) => {
  await t.serve(answer, limits({ headersTimeout: 60, requestTimeout: 60 }));
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  raw.write('GET /2 HTT');
  await raw.closed;
}, NO_TICKS);

scenario('no limit while the server thinks', async (t) => {
  await t.serve((req, res) => setTimeout(() => res.end('late'), 200),
                limits({ headersTimeout: 50, requestTimeout: 50 }));
  const raw = await t.raw(get('/1', 'Connection: close\r\n'));
  await raw.closed;
}, NO_TICKS);

scenario('keepAliveTimeout', async (t) => {
  await t.serve(answer, { options: SHORT });
  const raw = await t.raw(get('/1'));
  await raw.closed;
}, NO_TICKS);

scenario('keepAliveTimeout with a listener for timeout', async (t) => {
  let timeouts = 0;
  await t.serve(answer, {
    options: SHORT,
    setup: (server) => server.on('timeout', (socket) => {
      // On a busy machine the socket may time out again before it has closed.
      if (timeouts++ === 0) t.log('server timeout');
      socket.end();
    }),
  });
  const raw = await t.raw(get('/1'));
  await raw.closed;
}, NO_TICKS);

scenario('keepAliveTimeout starts again with each request', async (t) => {
  await t.serve(answer, { options: { keepAliveTimeout: 2000, keepAliveTimeoutBuffer: 0 } });
  const raw = await t.raw(get('/1'));
  for (let i = 2; i < 5; i++) {
    await t.seen(`req ${i - 1} close`);
    await new Promise((resolve) => setTimeout(resolve, 800));
    raw.write(get(`/${i}`));
  }
  await raw.closed;
}, NO_TICKS);

scenario('server.setTimeout', async (t) => {
  await t.serve(() => {}, { setup: (server) => t.log(`itself ${server.setTimeout(60) === server}`) });
  const raw = await t.raw(get('/1'));
  await raw.closed;
  await t.seen('res 1 close');
}, NO_TICKS);

scenario('server.setTimeout with a callback', async (t) => {
  await t.serve(() => {}, { setup: (server) => server.setTimeout(60, (socket) => {
    t.log(`timeout, destroyed ${socket.destroyed}`);
    socket.destroy();
  }) });
  const raw = await t.raw(get('/1'));
  await raw.closed;
  await t.seen('res 1 close');
}, NO_TICKS);

for (const who of ['req', 'res', 'req.socket']) {
  scenario(`${who}.setTimeout`, async (t) => {
    await t.serve((req, res) => {
      const object = { req, res, 'req.socket': req.socket }[who];
      t.log(`itself ${object.setTimeout(60, () => {
        t.log('timeout');
        res.end('too late', t.done('end'));
      }) === object}`);
    });
    const raw = await t.raw(get('/1', 'Connection: close\r\n'));
    await raw.closed;
    await t.seen('res 1 close');
  }, NO_TICKS);

  scenario(`${who}.setTimeout without a callback`, async (t) => {
    await t.serve((req, res) => ({ req, res, 'req.socket': req.socket }[who].setTimeout(60)));
    const raw = await t.raw(get('/1'));
    await raw.closed;
    await t.seen('res 1 close');
  }, NO_TICKS);
}

// ---- closing ----

scenario('server.close lets a request finish', async (t) => {
  await t.serve((req, res) => { t.response = res; }, { options: SHORT });
  const raw = await t.raw(get('/1'));
  await t.seen('request 1');
  t.server.close(t.done('close'));
  t.log(`listening ${t.server.listening}`);
  await new Promise(setImmediate);
  t.response.end('last', t.done('end'));
  await raw.closed;
  await t.seen('close called');
});

scenario('server.close closes what is idle', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(get('/1'));
  await raw.got(/\/1/);
  await t.seen('req 1 close');
  t.server.close(t.done('close'));
  await raw.closed;
  await t.seen('close called');
});

scenario('server.close with a connection that never asked', async (t) => {
  await t.serve(answer, { options: SHORT });
  const accepted = new Promise((resolve) => t.server.once('connection', resolve));
  const raw = await t.raw();
  await accepted;
  t.server.close(t.done('close'));
  raw.write(get('/1'));
  await raw.closed;
  await t.seen('close called');
}, { only: ['sockets'] });

scenario('closeIdleConnections', async (t) => {
  await t.serve((req, res) => {
    if (req.url === '/wait') t.response = res;
    else res.end(req.url);
  });
  const idle = await t.raw(get('/idle'));
  await idle.got(/idle/);
  await t.seen('req 1 close');
  const busy = await t.raw(get('/wait'));
  await t.seen('request 2');
  t.server.closeIdleConnections();
  await idle.closed;
  t.log('idle is closed');
  t.response.end('still there');
  await busy.got(/still there/);
  await t.seen('req 2 close');
});

scenario('closeAllConnections', async (t) => {
  await t.serve(() => {});
  const raw = await t.raw(get('/1'));
  await t.seen('request 1');
  t.server.closeAllConnections();
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('close twice', async (t) => {
  await t.serve(answer);
  t.server.close(t.done('first'));
  t.server.close(t.done('second'));
  await t.seen('second called');
});

scenario('getConnections', async (t) => {
  await t.serve((req, res) => t.server.getConnections((error, count) => {
    t.log(`${error} ${count}`);
    res.end('x');
  }));
  const raw = await t.raw(get('/1', 'Connection: close\r\n'));
  await raw.closed;
});

run();
