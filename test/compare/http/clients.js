'use strict';
// Alone
// http.request(): its events and callbacks, whatever the server does.
const http = require('http');
const net = require('net');
const { run, scenario, describe } = require('../../common/http-log');

// A server that is no http server: says `bytes` when a head has come, then goes on as `act` does.
async function speak(t, bytes, act = () => {}) {
  const server = t.plainServer = net.createServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const before = text;
      text += chunk;
      if (before.includes('\r\n\r\n') || !text.includes('\r\n\r\n')) return;
      socket.write(bytes, 'latin1', () => act(socket));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.port = server.address().port;
}

// The client's events until it is closed.
async function exchange(t, req, read = (res) => res.resume()) {
  req.on('response', (res) => {
    t.clientLog.add(`head ${res.statusCode} ${res.statusMessage} ${res.httpVersion} ${JSON.stringify(res.headers)}`);
    read(res);
  });
  await t.clientSeen('request 1 close');
  t.plainServer?.close();
}

const onData = (t) => (res) => {
  let text = '';
  res.on('data', (chunk) => { text += chunk; });
  res.on('end', () => t.clientLog.add(`body ${text} ${JSON.stringify(res.trailers)}`));
};

const answers = {
  'a length': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody',
  'chunks and trailers':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n4\r\nbody\r\n0\r\nX-T: t\r\n\r\n',
  'no body': 'HTTP/1.1 204 No Content\r\n\r\n',
  'not modified': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n',
  'information first': 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'repeated headers': 'HTTP/1.1 200 OK\r\nX: 1\r\nX: 2\r\n' +
    'Set-Cookie: a\r\nSet-Cookie: b\r\nAge: 1\r\nAge: 2\r\nContent-Length: 0\r\n\r\n',
  'no reason': 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.0, kept': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody',
};
for (const [name, bytes] of Object.entries(answers)) {
  scenario(`answer with ${name}`, async (t) => {
    await speak(t, bytes);
    const req = t.request();
    req.end(() => t.clientLog.add('end called'));
    await exchange(t, req, onData(t));
  });
}

const endings = {
  'a body until the end': ['HTTP/1.1 200 OK\r\n\r\nbody', (socket) => socket.end()],
  'nothing, then the end': ['', (socket) => socket.end()],
  'half a head, then the end': ['HTTP/1.1 200 OK\r\nConte', (socket) => socket.end()],
  'half a body, then the end': ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbody', (socket) => socket.end()],
  'half a chunk, then the end':
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nbody', (socket) => socket.end()],
  'no HTTP': ['nonsense\r\n\r\n', () => {}],
  'a length that is none': ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', () => {}],
  'two lengths': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', () => {}],
  'a head too long': [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, () => {}],
  'more than was asked for': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc', () => {}],
};
for (const [name, [bytes, act]] of Object.entries(endings)) {
  scenario(`answer with ${name}`, async (t) => {
    await speak(t, bytes, act);
    const req = t.request();
    req.end();
    await exchange(t, req, onData(t));
  });
}

scenario('refused', async (t) => {
  await speak(t, '');
  await new Promise((resolve) => t.plainServer.close(resolve));
  const req = t.request();
  req.end();
  await t.clientSeen('request 1 close');
});

const giving = { 'destroy': (req) => req.destroy(), 'destroy with an error': (req) => req.destroy(new Error('own')),
                 'abort': (req) => req.abort() };
for (const [name, give] of Object.entries(giving)) {
  scenario(`${name} at once`, async (t) => {
    await t.serve((req, res) => res.end('x'));
    const req = t.request();
    req.end();
    give(req);
    await t.clientSeen('request 1 close');
  }, { only: ['plain', 'ticks'] }); // who knows whether it ever connects

  scenario(`${name} before the response`, async (t) => {
    await t.serve(() => {});
    const req = t.request();
    req.end();
    await t.seen('request 1');
    give(req);
    await t.clientSeen('request 1 close');
    await t.seen('req 1 close');
  });

  scenario(`${name} in the response`, async (t) => {
    await t.serve((req, res) => res.write('part'));
    const req = t.request();
    req.end();
    req.on('response', (res) => res.on('data', (chunk) => {
      t.clientLog.add(`data ${chunk}`);
      give(req);
    }));
    await t.clientSeen('request 1 close');
    await t.seen('res 1 close');
  });

  scenario(`${name} in its body`, async (t) => {
    await t.serve((req) => req.resume());
    const req = t.request({ method: 'POST' });
    req.write('part', (error) => t.clientLog.add(`write called ${error?.message}`));
    await t.seen('request 1');
    give(req);
    req.write('late', (error) => t.clientLog.add(`late write called ${error?.message}`));
    await t.clientSeen('request 1 close');
    await t.seen('req 1 close');
  });
}

scenario('response destroyed', async (t) => {
  await t.serve((req, res) => res.write('part'));
  const req = t.request();
  req.end();
  req.on('response', (res) => res.on('data', () => res.destroy(new Error('own'))));
  await t.clientSeen('request 1 close');
  await t.seen('res 1 close');
});

scenario('response that nobody reads', async (t) => {
  await t.serve((req, res) => res.end('x'));
  const req = http.get({ port: t.port, host: '127.0.0.1', agent: t.agent() });
  for (const event of ['close', 'finish', 'error']) req.on(event, () => t.clientLog.add(`own ${event}`));
  await t.clientSeen('own close');
});

scenario('response paused and resumed', async (t) => {
  await t.serve((req, res) => res.end('body'));
  const req = t.request();
  req.end();
  await exchange(t, req, (res) => {
    res.pause();
    setImmediate(() => onData(t)(res));
  });
});

scenario('response before the request is over', async (t) => {
  await t.serve((req, res) => res.end('early'), { options: { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 } });
  const req = t.request({ method: 'POST' });
  req.write('part');
  req.on('response', (res) => res.on('end', () => req.end('rest')));
  await exchange(t, req, onData(t));
});

scenario('body in pieces', async (t) => {
  await t.serve((req, res) => {
    let text = '';
    req.on('data', (chunk) => { text += chunk; });
    req.on('end', () => res.end(`${JSON.stringify(req.headers)} ${text}`));
  });
  const req = t.request({ method: 'POST', headers: { 'X-A': ['1', '2'] } });
  const called = (name) => () => t.clientLog.add(`${name} called`);
  req.write('one ', called('write 1'));
  req.write(Buffer.from('two '), called('write 2'));
  setImmediate(() => {
    req.write('three ', called('write 3'));
    req.end('four', called('end'));
  });
  await exchange(t, req, onData(t));
});

scenario('100-continue', async (t) => {
  await t.serve((req, res) => req.pipe(res));
  const req = t.request({ method: 'POST', headers: { 'Expect': '100-continue', 'Content-Length': 4 } });
  req.on('continue', () => req.end('body'));
  req.flushHeaders();
  await exchange(t, req, onData(t));
});

scenario('upgrade answered', async (t) => {
  await speak(t, 'HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\nhead bytes', (socket) => socket.end());
  const req = t.request({ headers: { Connection: 'Upgrade', Upgrade: 'own' } });
  req.on('upgrade', (res, socket, head) => {
    t.clientLog.add(`head ${head}`);
    socket.on('end', () => t.clientLog.add('tunnel end'));
    socket.on('close', () => t.clientLog.add('tunnel close'));
    socket.resume();
    socket.end();
  });
  req.end();
  await t.clientSeen('tunnel close');
  t.plainServer.close();
});

scenario('upgrade that nobody listens for', async (t) => {
  await speak(t, 'HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\n');
  const req = t.request({ headers: { Connection: 'Upgrade', Upgrade: 'own' }, without: ['upgrade'] });
  req.end();
  await t.clientSeen('request 1 close');
  t.plainServer.close();
});

scenario('CONNECT refused', async (t) => {
  await speak(t, 'HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno');
  const req = t.request({ method: 'CONNECT', path: 'host:80' });
  req.on('connect', (res, socket, head) => {
    t.clientLog.add(`connect ${res.statusCode} ${head}`);
    socket.destroy();
  });
  req.end();
  await t.clientSeen('request 1 close');
  t.plainServer.close();
});

scenario('timeout option', async (t) => {
  await t.serve(() => {});
  const req = t.request({ timeout: 50 });
  req.on('timeout', () => req.destroy(new Error('too late')));
  req.end();
  await t.clientSeen('request 1 close');
  await t.seen('res 1 close');
}, { only: ['plain', 'sockets'] });

scenario('setTimeout', async (t) => {
  await t.serve(() => {});
  const req = t.request();
  req.setTimeout(50, () => {
    t.clientLog.add('callback');
    req.destroy();
  });
  req.end();
  await t.clientSeen('request 1 close');
  await t.seen('res 1 close');
}, { only: ['plain', 'sockets'] });

scenario('an AbortSignal', async (t) => {
  await t.serve(() => {});
  const controller = new AbortController();
  const req = t.request({ signal: controller.signal });
  req.end();
  await t.seen('request 1');
  controller.abort();
  await t.clientSeen('request 1 close');
  await t.seen('res 1 close');
});

scenario('an agent that keeps', async (t) => {
  await t.serve((req, res) => res.end(req.url));
  const agent = t.agent({ keepAlive: true, maxSockets: 1 });
  agent.on('free', () => t.clientLog.add('free'));
  for (let i = 1; i <= 3; i++) {
    const req = t.request({ agent, path: `/${i}` });
    req.on('response', onData(t));
    req.end();
    await t.clientSeen(`request ${i} close`);
    t.clientLog.add(`reused ${req.reusedSocket} ${Object.keys(agent.freeSockets).length}`);
  }
});

scenario('more requests than sockets', async (t) => {
  await t.serve((req, res) => res.end(req.url));
  const agent = t.agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 1; i <= 3; i++) {
    const req = t.request({ agent, path: `/${i}` });
    req.on('response', onData(t));
    req.end();
  }
  await t.clientSeen('request 3 close');
});

scenario('errors of use', async (t) => {
  await t.serve((req, res) => res.end('x'));
  const tries = {
    'bad path': () => http.request({ path: '/a b' }),
    'bad method': () => http.request({ method: 'bad method' }),
    'bad protocol': () => http.request('https://a/'),
    'bad header': () => http.request({ headers: { 'X-A': 'a\nb' } }),
    'bad header name': () => http.request({ headers: { 'X A': 'a' } }),
    'bad host': () => http.request({ host: 1 }),
    'insecureHTTPParser': () => http.request({ insecureHTTPParser: 1 }),
  };
  for (const [name, fn] of Object.entries(tries)) {
    try {
      fn();
      t.clientLog.add(`${name} is fine`);
    } catch (error) {
      t.clientLog.add(`${name} throws ${describe(error)}`);
    }
  }
  const req = t.request();
  req.end();
  req.end('again', (error) => t.clientLog.add(`end called ${error?.code}`));
  req.write('late', (error) => t.clientLog.add(`write called ${error?.code}`));
  await t.clientSeen('request 1 close');
}, { only: ['plain', 'sockets'] });

run();
