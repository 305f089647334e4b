'use strict';
// Alone
// A request on a connection that an agent has kept: its events, ticks and async resources, whatever becomes of it.
const async_hooks = require('async_hooks');
const http = require('http');
const net = require('net');
const { setTimeout } = require('timers/promises');

const OK = 'HTTP/1.1 200 OK\r\n';
const FULL = `${OK}Content-Length: 4\r\n\r\nbody`;
const PIECES_MS = 5; // between two pieces of an answer
// After which whatever follows at once has followed, however busy the machine is.
const TURNS = 5;
const TURN_MS = 10;

let lines = [];
const add = (line) => lines.push(line);

// Says when ticks and microtasks run.
function mark(name) {
  process.nextTick(() => add(`${name}: tick`));
  queueMicrotask(() => add(`${name}: microtask`));
}

function watch(emitter, name, events) {
  for (const event of events) {
    emitter.on(event, (...args) => {
      const [what] = args;
      add(`${name} ${event} ${what instanceof Error ? `${what.code} ${what.message}` : what === true}`);
      if (event === 'end' || event === 'free' || event === 'close') mark(`${name} ${event}`);
    });
  }
}

class Peer {
  constructor(answer) {
    this.seen = 0;
    this.server = net.createServer((socket) => {
      this.socket = socket;
      socket.on('error', () => {});
      let text = '';
      socket.on('data', (data) => {
        text += data;
        if (!text.endsWith('\r\n\r\n') && !text.includes('BODY')) return;
        text = '';
        if (++this.seen === 1) socket.write(FULL);
        else answer?.(socket);
      });
    });
  }
}

// One request that keeps its connection, then the one of the scenario.
async function run(name, { answer, options, go }) {
  const peer = new Peer(answer);
  await new Promise((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
  const agent = new http.Agent({ keepAlive: true });
  const ask = (more) => http.request({ host: '127.0.0.1', port: peer.server.address().port, agent, ...more });
  await new Promise((resolve) => {
    const first = ask();
    first.on('response', (res) => res.resume());
    first.on('close', () => setImmediate(resolve));
    first.end();
  });
  lines = [];
  const [socket] = Object.values(agent.freeSockets).flat();
  watch(socket, 'socket', ['free', 'agentRemove', 'timeout', 'end', 'error', 'close']);
  const req = ask(options);
  watch(req, 'request', ['socket', 'finish', 'continue', 'information', 'abort', 'timeout', 'error', 'close']);
  mark('asked');
  add(`reused ${req.reusedSocket} ${req.socket === socket} ${socket._httpMessage === req}`);
  const closed = new Promise((resolve) => req.on('close', resolve));
  req.on('response', (res) => {
    add(`head ${res.statusCode} ${res.socket === socket} ${res.complete} ${JSON.stringify(res.rawHeaders)}`);
    watch(res, 'response', ['aborted', 'end', 'error', 'close']);
    let text = '';
    res.on('data', (chunk) => { text += chunk; });
    res.on('close', () => add(`body ${text} ${JSON.stringify(res.trailers)}`));
  });
  await go({ req, socket, peer, agent });
  await closed;
  for (let turn = 0; turn < TURNS; turn++) await setTimeout(TURN_MS);
  add(`destroyed ${req.destroyed} ${req.socket?.destroyed} res ${req.res?.complete} ${req.res?.socket === null}`);
  add(`free ${Object.values(agent.freeSockets).flat().length} all ${agent.totalSocketCount}`);
  add(`listeners ${socket.eventNames().map((event) => `${String(event)} ${socket.listenerCount(event)}`).sort()}`);
  agent.destroy();
  await new Promise((resolve) => {
    peer.socket?.destroy();
    peer.server.close(resolve);
  });
  console.log(`--- ${name}\n${lines.join('\n')}`);
}

const end = ({ req }) => req.end();
const later = (act) => async (t) => {
  t.req.end();
  await new Promise((resolve) => t.req.on('response', resolve));
  act(t);
};
const say = (...pieces) => (socket) => {
  const [first, ...rest] = pieces;
  socket.write(first);
  if (rest.length) setTimeout(PIECES_MS).then(() => say(...rest)(socket));
};

const scenarios = {
  'plain': { answer: say(FULL), go: end },
  'a body': { answer: say(FULL), options: { method: 'POST' }, go: ({ req }) => req.end('BODY') },
  'a body in pieces': {
    answer: say(FULL), options: { method: 'POST' },
    go: ({ req }) => {
      req.write('1');
      setImmediate(() => req.end('BODY', () => add('end called')));
    },
  },
  'an answer in pieces': { answer: say('HTTP/1.1 2', '00 OK\r\nContent-', 'Length: 4\r\n', '\r\nbo', 'dy'), go: end },
  'chunks and trailers': {
    answer: say(`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n`, '0\r\nT: t\r\n\r\n'), go: end,
  },
  'HEAD': { answer: say(`${OK}Content-Length: 4\r\n\r\n`), options: { method: 'HEAD' }, go: end },
  'no content': { answer: say('HTTP/1.1 204 No Content\r\n\r\n'), go: end },
  'not modified': { answer: say('HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n'), go: end },
  'information': { answer: say('HTTP/1.1 103 Early\r\nA: b\r\n\r\n', FULL), go: end },
  'the server is done': { answer: say(`${OK}Connection: close\r\nContent-Length: 4\r\n\r\nbody`), go: end },
  'until the end': {
    answer: (socket) => socket.end(`${OK}\r\nbody`), go: end,
  },
  'more than asked for': { answer: say(`${FULL}more`), go: end },
  'more than asked for, later': {
    answer: say(FULL),
    async go({ req, socket, peer }) {
      req.end();
      socket.once('free', () => setImmediate(() => peer.socket.write('HTTP/1.1 200 OK\r\n\r\n')));
      await new Promise((resolve) => socket.on('close', resolve));
    },
  },
  'no HTTP': { answer: say('nonsense\r\n\r\n'), go: end },
  'an early answer': {
    answer: say(FULL), options: { method: 'POST' },
    async go({ req, peer }) {
      req.flushHeaders();
      await new Promise((resolve) => req.on('response', (res) => res.on('end', () => setImmediate(resolve))));
      add(`seen ${peer.seen}`);
      req.end('BODY');
    },
  },
  'closed instead of an answer': { answer: (socket) => socket.end(), go: end },
  'reset instead of an answer': { answer: (socket) => socket.resetAndDestroy(), go: end },
  'closed while idle': { // and seen only after the request has it
    go: ({ req, peer }) => {
      peer.socket.end();
      req.end();
    },
  },
  'destroyed at once': { go: ({ req }) => req.destroy() },
  'destroyed with an error': { go: ({ req }) => req.destroy(new RangeError('mine')) },
  'aborted at once': { go: ({ req }) => req.abort() },
  'destroyed after end': {
    go: ({ req }) => {
      req.end();
      req.destroy();
    },
  },
  'destroyed in a tick': {
    go: ({ req }) => {
      req.end();
      process.nextTick(() => req.destroy());
    },
  },
  'destroyed while it waits': { answer: () => {}, go: ({ req, peer }) => {
    req.end();
    peer.socket.once('data', () => setImmediate(() => req.destroy()));
  } },
  'destroyed at the head': {
    answer: say(`${OK}Content-Length: 9\r\n\r\nbody`), go: later(({ req }) => req.destroy(new Error('mine'))),
  },
  'response destroyed': {
    answer: say(`${OK}Content-Length: 9\r\n\r\nbody`), go: later(({ req }) => req.res.destroy(new Error('mine'))),
  },
  'socket destroyed': {
    answer: say(`${OK}Content-Length: 9\r\n\r\nbody`), go: later(({ socket }) => socket.destroy()),
  },
  'agent destroyed': {
    answer: say(`${OK}Content-Length: 9\r\n\r\nbody`), go: later(({ agent }) => agent.destroy()),
  },
  'destroyed after the end': {
    answer: say(FULL), go: later(({ req }) => req.res.on('end', () => req.destroy())),
  },
  'a time limit': { answer: () => {}, options: { timeout: 30 }, go: ({ req }) => {
    req.on('timeout', () => req.destroy());
    req.end();
  } },
  'a time limit set later': { answer: say(FULL), go: ({ req }) => {
    req.setTimeout(10_000, () => add('never'));
    req.end();
  } },
  'signal': { answer: () => {}, get options() { return { signal: AbortSignal.timeout(30) }; }, go: end },
  'paused': {
    answer: say(FULL),
    async go({ req }) {
      req.on('response', (res) => {
        res.pause();
        setImmediate(() => {
          add('resumed');
          res.resume();
        });
      });
      req.end();
    },
  },
};

// The async resources of a request on a kept connection, and what triggers each.
async function resources() {
  const peer = new Peer(say(FULL));
  await new Promise((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
  const agent = new http.Agent({ keepAlive: true });
  const types = new Map();
  const log = [];
  const kinds = new Set(['TCPWRAP', 'HTTPCLIENTREQUEST', 'HTTPINCOMINGMESSAGE', 'WRITEWRAP', 'QueuedRequest']);
  async_hooks.createHook({
    init(id, type, trigger) {
      types.set(id, type);
      if (kinds.has(type)) log.push(`init ${type} by ${types.get(trigger)}`);
    },
    // The peer's end of the connection, which is a TCPWRAP too, has its turn when it has.
    before(id) { if (types.get(id) === 'HTTPCLIENTREQUEST') log.push('before HTTPCLIENTREQUEST'); },
    destroy(id) { if (kinds.has(types.get(id))) log.push(`destroy ${types.get(id)}`); },
  }).enable();
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => {
      const req = http.get({ host: '127.0.0.1', port: peer.server.address().port, agent }, (res) => {
        log.push(`response in ${types.get(async_hooks.executionAsyncId())}`);
        res.resume();
        res.on('end', () => log.push(`end in ${types.get(async_hooks.executionAsyncId())}`));
      });
      req.on('close', () => setImmediate(resolve));
    });
    log.push('--');
  }
  console.log(`--- async resources\n${log.join('\n')}`);
  agent.destroy();
  peer.server.close();
}

(async () => {
  for (const [name, scenario] of Object.entries(scenarios)) await run(name, scenario);
  await resources();
})();
