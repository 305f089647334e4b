'use strict';
// Which connection an agent gives a request: by name, by scheduling, by what the server said of keeping it, and with
// options of the agent's own.
const http = require('http');
const net = require('net');

let accepted = 0;
const server = net.createServer((socket) => {
  const id = ++accepted;
  socket.on('error', () => {});
  socket.on('data', (data) => {
    const [, path] = /^\S+ (\S+)/.exec(data);
    const lines = decodeURIComponent(path.slice(1)).split('|').filter(Boolean);
    socket.write(['HTTP/1.1 200 OK', `X-Id: ${id}`, ...lines, 'Content-Length: 2', '', 'ok'].join('\r\n'));
  });
});

let port;
const text = (value) => JSON.stringify(value)?.replaceAll(`${port}`, 'PORT');

function get(agent, lines = [], options = {}) {
  return new Promise((resolve) => {
    const path = `/${encodeURIComponent(lines.join('|'))}`;
    const req = http.get({ host: '127.0.0.1', port, path, agent, ...options }, (res) => {
      res.resume();
      // After everybody's ticks for the end of a response.
      res.on('end', () => setImmediate(resolve, `id ${res.headers['x-id']} reused ${req.reusedSocket}`));
    });
    req.on('error', (error) => resolve(`${error.code} ${error.message}`));
  });
}

function show(agent) {
  const counts = (lists) => Object.entries(lists).map(([name, list]) => [name, list.length, list[0]?.timeout]);
  return text({ free: counts(agent.freeSockets), busy: counts(agent.sockets), total: agent.totalSocketCount });
}

async function hints() {
  const heads = [
    [], ['Keep-Alive: timeout=5'], ['keep-alive: timeout=2, max=10'], ['KEEP-ALIVE: timeout=1'],
    ['Keep-Alive: timeout=0'], ['Keep-Alive: max=3'], ['Keep-Alive:'],
    ['Keep-Alive: timeout=3', 'Keep-Alive: timeout=1'],
    ['Keep-Alive:', 'Keep-Alive: timeout=1'], ['Keep-Alive: timeout=x'], ['Keep-Alive: timeout=2.5'],
  ];
  for (const timeout of [undefined, 2500]) {
    for (const buffer of [undefined, 1500]) {
      for (const head of heads) {
        const agent = new http.Agent({ keepAlive: true, timeout, agentKeepAliveTimeoutBuffer: buffer });
        await get(agent, head);
        console.log('hint', timeout, buffer, text(head), show(agent));
        agent.destroy();
      }
    }
  }
}

async function limitedHeaders() {
  const agent = new http.Agent({ keepAlive: true });
  const req = http.get({ host: '127.0.0.1', port, agent, path: '/A%3A1%7CKeep-Alive%3A%20timeout%3D1' }, (res) => {
    res.resume();
    console.log('limited', text(res.rawHeaders), text(Object.keys(res.headers)));
  });
  req.maxHeadersCount = 2;
  await new Promise((resolve) => req.on('close', () => setImmediate(resolve)));
  console.log('limited', show(agent));
  agent.destroy();
}

async function scheduling() {
  for (const kind of ['lifo', 'fifo']) {
    const agent = new http.Agent({ keepAlive: true, scheduling: kind });
    accepted = 0;
    await Promise.all([get(agent), get(agent), get(agent)]);
    for (let i = 0; i < 3; i++) console.log(kind, await get(agent), show(agent));
    agent.destroy();
  }
}

async function ownOptions() {
  accepted = 0;
  class Named extends http.Agent {
    getName(options) {
      console.log('getName', text(Object.keys(options).sort()));
      return 'one';
    }
  }
  const all = {
    plain: {}, host: { host: '127.0.0.2' }, noHost: { host: undefined }, family: { family: 4 },
    local: { localAddress: '127.0.0.1' }, server: { servername: 'a.example' }, mark: { highWaterMark: 1000 },
  };
  for (const [name, options] of Object.entries(all)) {
    const agent = new http.Agent({ keepAlive: true, ...options });
    console.log(name, await get(agent), show(agent));
    console.log(name, await get(agent), show(agent));
    agent.destroy();
  }
  const agent = new Named({ keepAlive: true });
  console.log('named', await get(agent), await get(agent), show(agent));
  agent.destroy();
}

async function requestOptions() {
  const agent = new http.Agent({ keepAlive: true });
  accepted = 0;
  const marks = [];
  agent.on('free', (socket) => marks.push(socket.writableHighWaterMark));
  for (const options of [{}, { highWaterMark: 4321 }, {}, { family: 4 }, { headers: { host: 'b.example' } },
                         { servername: '' }, { localAddress: '127.0.0.1' }]) {
    console.log('options', text(options), await get(agent, [], options), show(agent));
  }
  console.log(text(marks));
  try {
    http.get({ host: '127.0.0.1', port, agent, headers: { host: ['a', 'b'] } });
  } catch (error) {
    console.log(error.code, error.message, show(agent));
  }
  agent.destroy();
}

async function direct() {
  const agent = new http.Agent({ keepAlive: true });
  accepted = 0;
  await get(agent);
  const [socket] = Object.values(agent.freeSockets)[0];
  // A request of a class of its own, and options that are a plain object or a host.
  for (const options of [{ host: '127.0.0.1', port }, '127.0.0.1']) {
    const req = new http.OutgoingMessage();
    req.onSocket = (given) => {
      console.log('direct', given === socket, req.reusedSocket, show(agent));
      given._httpMessage = req;
      req.shouldKeepAlive = true;
    };
    agent.addRequest(req, options, port);
    console.log('direct', show(agent));
    socket.emit('free');
  }
  agent.destroy();
}

function names() {
  const agent = new http.Agent();
  const host = { toString: () => `h${count++}` };
  let count = 0;
  for (const options of [undefined, {}, { host: 'a' }, { host: 'a' }, { host: 'a', port: 1 }, { host: 'a', port: '1' },
                         { host: 'a', port: 0 }, { host, port: 1 }, { host, port: 1 }, { host: 'a', family: 6 },
                         { host: 'a', family: 5 }, { socketPath: '/x' }, { localAddress: 'l' }, { port: NaN }]) {
    console.log('name', agent.getName(options));
  }
  try {
    agent.getName(null);
  } catch (error) {
    console.log(error.message);
  }
  const { getName, addRequest, keepSocketAlive } = http.Agent.prototype;
  for (const fn of [getName, addRequest, keepSocketAlive]) console.log(fn.name, fn.length);
  console.log(Object.keys(http.Agent.prototype));
}

server.listen(0, async () => {
  ({ port } = server.address());
  names();
  await hints();
  await limitedHeaders();
  await scheduling();
  await ownOptions();
  await requestOptions();
  await direct();
  server.close();
});
