'use strict';
// Alone
// Clients that go away, and servers that give up, in each phase of a request.
const { run, scenario } = require('../../common/http-log');

const HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';

const quiet = () => {};
const leave = { destroy: (raw) => raw.destroy(), end: (raw) => raw.end(), reset: (raw) => raw.reset() };

for (const [how, go] of Object.entries(leave)) {
  scenario(`before any byte: ${how}`, async (t) => {
    await t.serve(quiet);
    const accepted = new Promise((resolve) => t.server.once('connection', (socket) => socket.once('close', resolve)));
    const raw = await t.raw();
    go(raw);
    await Promise.all([raw.closed, accepted]);
  }, { only: ['sockets'] });

  scenario(`in the head: ${how}`, async (t) => {
    await t.serve(quiet);
    const closed = new Promise((resolve) => t.server.once('connection', (socket) => {
      socket.once('close', resolve);
    }));
    const raw = await t.raw('GET /a HTTP/1.1\r\nHo');
    await new Promise((resolve) => setTimeout(resolve, 30)); // the half of the head has to be there
    go(raw);
    await Promise.all([raw.closed, closed]);
  }, { only: ['sockets'] });

  scenario(`in the body, which is read: ${how}`, async (t) => {
    await t.serve((req) => req.on('data', t.done('data')));
    const raw = await t.raw(`${HEAD}abc`);
    await t.seen('data');
    go(raw);
    await Promise.all([raw.closed, t.seen('req 1 close')]);
  });

  scenario(`in the body, which nobody reads: ${how}`, async (t) => {
    await t.serve(quiet);
    const raw = await t.raw(`${HEAD}abc`);
    await t.seen('request');
    go(raw);
    await Promise.all([raw.closed, t.seen('res 1 close')]);
  });

  scenario(`before the response: ${how}`, async (t) => {
    await t.serve(quiet);
    const raw = await t.raw(GET);
    await t.seen('request');
    go(raw);
    if (how === 'end') t.server.closeAllConnections(); // half-closed: the server may still answer
    await Promise.all([raw.closed, t.seen('res 1 close')]);
  });

  scenario(`in the response: ${how}`, async (t) => {
    await t.serve((req, res) => {
      t.response = res;
      res.write('part', t.done('write'));
    });
    const raw = await t.raw(GET);
    await raw.got(/part/);
    go(raw);
    if (how === 'end') t.server.closeAllConnections();
    await Promise.all([raw.closed, t.seen('res 1 close')]);
    t.log(`write after that ${t.response.write('late', t.done('late write'))}`);
    t.response.end('over', t.done('late end'));
  });

  scenario(`between two requests: ${how}`, async (t) => {
    await t.serve((req, res) => res.end('ok'));
    const raw = await t.raw(GET);
    await raw.got(/ok/);
    await t.seen('res 1 close');
    go(raw);
    await raw.closed;
  });
}

scenario('half-closed after the request: the server answers', async (t) => {
  await t.serve((req, res) => {
    req.resume();
    req.on('end', () => setImmediate(() => res.end('answer', t.done('end'))));
  });
  const raw = await t.raw();
  raw.end(GET);
  await raw.closed;
});

const inHandler = {
  'req.destroy()': (req) => req.destroy(),
  'req.destroy(error)': (req) => req.destroy(new Error('own')),
  'res.destroy()': (req, res) => res.destroy(),
  'res.destroy(error)': (req, res) => res.destroy(new Error('own')),
  'socket.destroy()': (req) => req.socket.destroy(),
  'socket.destroy(error)': (req) => req.socket.destroy(new Error('own')),
  'socket.destroySoon()': (req) => req.socket.destroySoon(),
  'socket.end()': (req) => req.socket.end(),
};
for (const [name, act] of Object.entries(inHandler)) {
  scenario(`${name} in the handler`, async (t) => {
    await t.serve((req, res) => {
      act(req, res);
      t.log('handler is over');
    });
    const raw = await t.raw(GET);
    await raw.closed;
    await t.seen('res 1 close');
  });

  scenario(`${name} later, before the response`, async (t) => {
    await t.serve((req, res) => setImmediate(() => {
      act(req, res);
      t.log('given up');
    }));
    const raw = await t.raw(GET);
    await raw.closed;
    await t.seen('res 1 close');
  });

  scenario(`${name} in the response`, async (t) => {
    await t.serve((req, res) => {
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('part', t.done('write'));
      t.give = () => act(req, res);
    });
    const raw = await t.raw(GET);
    await raw.got(/part/);
    t.give();
    await raw.closed;
    await t.seen('res 1 close');
  });

  scenario(`${name} in the request's body`, async (t) => {
    await t.serve((req, res) => {
      req.on('data', (chunk) => {
        t.log(`data ${chunk}`);
        act(req, res);
      });
    });
    const raw = await t.raw(`${HEAD}abc`);
    await raw.closed;
    await t.seen('res 1 close');
  });

  scenario(`${name} after end()`, async (t) => {
    await t.serve((req, res) => {
      res.end('answer', t.done('end'));
      act(req, res);
    });
    const raw = await t.raw(GET);
    await raw.closed;
    await t.seen('res 1 close');
  });
}

run();
