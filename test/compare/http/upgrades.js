'use strict';
// Connections that become something else, and expectations.
const { run, scenario } = require('../../common/http-log');

const UPGRADE = 'GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\n';
const CONNECT = 'CONNECT host:80 HTTP/1.1\r\nHost: host:80\r\n\r\n';
const EXPECT = 'POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n';

const answer = (req, res) => {
  req.resume();
  req.on('end', () => res.end(`${req.method} ${req.url}`));
};

function onTunnel(t, act) {
  return (req, socket, head) => {
    t.watch(req);
    t.log(`tunnel ${req.method} ${JSON.stringify(String(head))} ${req.socket === socket} ${Boolean(socket.parser)}`);
    socket.on('data', (chunk) => t.log(`tunnel data ${chunk}`));
    socket.on('end', () => {
      t.log('tunnel end');
      socket.end();
    });
    socket.on('close', () => t.log('tunnel close'));
    act(socket, head);
  };
}

for (const [event, text] of [['upgrade', UPGRADE], ['connect', CONNECT]]) {
  scenario(`${event} accepted`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, onTunnel(t, (socket) => {
      socket.write('HTTP/1.1 200 Fine\r\n\r\n', t.done('write'));
    })) });
    const raw = await t.raw(text);
    await raw.got(/Fine/);
    raw.write('ping');
    await t.seen('tunnel data');
    raw.end();
    await raw.closed;
    await t.seen('tunnel close');
  });

  scenario(`${event} with bytes behind its head`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, onTunnel(t, (socket, head) => {
      socket.end(`HTTP/1.1 200 Fine\r\n\r\n${head}`);
    })) });
    const raw = await t.raw(`${text}first bytes`);
    await raw.closed;
    await t.seen('tunnel close');
  });

  scenario(`${event} refused by destroying`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, onTunnel(t, (socket) => socket.destroy())) });
    const raw = await t.raw(text);
    await raw.closed;
    await t.seen('tunnel close');
  });

  scenario(`${event} refused by an answer`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, onTunnel(t, (socket) => {
      socket.end('HTTP/1.1 403 No\r\nConnection: close\r\n\r\n');
    })) });
    const raw = await t.raw(text);
    await raw.closed;
    await t.seen('tunnel close');
  });

  scenario(`${event} that nobody listens for`, async (t) => {
    await t.serve(answer);
    const raw = await t.raw(text);
    if (event === 'upgrade') {
      await raw.got(/GET \/u/);
      raw.write('GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    }
    await raw.closed;
  });

  scenario(`${event} as the second request`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, onTunnel(t, (socket) => {
      socket.end('HTTP/1.1 200 Fine\r\n\r\n');
    })) });
    const raw = await t.raw('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    await raw.got(/GET \/1/);
    await t.seen('req 1 close');
    raw.write(text);
    await raw.closed;
    await t.seen('tunnel close');
  });

  scenario(`${event} while the first is being answered`, async (t) => {
    await t.serve((req, res) => { t.response = res; }, { setup: (server) => server.on(event, onTunnel(t, (socket) => {
      socket.end('HTTP/1.1 200 Fine\r\n\r\n');
    })) });
    const raw = await t.raw(`GET /1 HTTP/1.1\r\nHost: a\r\n\r\n${text}`);
    await t.seen('tunnel');
    await raw.closed;
    await t.seen('res 1 close');
  });

  scenario(`a listener for ${event} that throws`, async (t) => {
    await t.serve(answer, { setup: (server) => server.on(event, (req, socket) => {
      t.socket = socket;
      throw new Error('own');
    }) });
    const raw = await t.raw(text);
    await t.seen('uncaught');
    t.socket.destroy();
    await raw.closed;
  });
}

scenario('upgrade with a body', async (t) => {
  await t.serve(answer, { setup: (server) => server.on('upgrade', onTunnel(t, (socket, head) => {
    socket.end(`HTTP/1.1 200 Fine\r\n\r\n${head}`);
  })) });
  const raw = await t.raw(`${UPGRADE.replace('GET', 'POST').slice(0, -2)}Content-Length: 3\r\n\r\nabcdef`);
  await raw.closed;
  await t.seen('tunnel close');
});

scenario('shouldUpgradeCallback', async (t) => {
  await t.serve(answer, {
    options: { shouldUpgradeCallback: (req) => req.url === '/yes' },
    setup: (server) => server.on('upgrade', onTunnel(t, (socket) => socket.end('HTTP/1.1 101 Yes\r\n\r\n'))),
  });
  const raw = await t.raw(UPGRADE);
  await raw.got(/GET \/u/);
  await t.seen('req 1 close');
  raw.write(UPGRADE.replace('/u', '/yes'));
  await raw.closed;
  await t.seen('tunnel close');
});

scenario('Upgrade without Connection', async (t) => {
  await t.serve(answer, { setup: (server) => server.on('upgrade', onTunnel(t, (socket) => socket.destroy())) });
  const raw = await t.raw('GET /u HTTP/1.1\r\nHost: a\r\nUpgrade: own\r\nConnection: close\r\n\r\n');
  await raw.closed;
});

// ---- expectations ----

scenario('100-continue by itself', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(EXPECT);
  await raw.got(/100 Continue/);
  raw.write('abc');
  await raw.closed;
  await t.seen('req 1 close');
});

scenario('100-continue with the body already there', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(`${EXPECT}abc`);
  await raw.closed;
  await t.seen('req 1 close');
});

scenario('checkContinue accepted', async (t) => {
  await t.serve(answer, { setup: (server) => server.on('checkContinue', (req, res) => {
    t.watch(req, res);
    res.writeContinue(t.done('writeContinue'));
    answer(req, res);
  }) });
  const raw = await t.raw(EXPECT);
  await raw.got(/100 Continue/);
  raw.write('abc');
  await raw.closed;
  await t.seen('req 1 close');
});

scenario('checkContinue refused', async (t) => {
  await t.serve(answer, { setup: (server) => server.on('checkContinue', (req, res) => {
    t.watch(req, res);
    res.writeHead(417, { 'X-Reason': 'no' });
    res.end('no', t.done('end'));
  }) });
  const raw = await t.raw(EXPECT);
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('another expectation', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(EXPECT.replace('100-continue', 'magic'));
  await raw.closed;
});

scenario('checkExpectation', async (t) => {
  await t.serve(answer, { setup: (server) => server.on('checkExpectation', (req, res) => {
    t.watch(req, res);
    t.log(`expects ${req.headers.expect}`);
    answer(req, res);
  }) });
  const raw = await t.raw(`${EXPECT.replace('100-continue', 'magic')}abc`);
  await raw.closed;
  await t.seen('req 1 close');
});

scenario('an expectation in HTTP/1.0', async (t) => {
  await t.serve(answer);
  const raw = await t.raw(`${EXPECT.replace('HTTP/1.1', 'HTTP/1.0')}abc`);
  await raw.closed;
});

run();
