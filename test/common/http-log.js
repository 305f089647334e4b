'use strict';
// Scenarios of http servers and clients as ordered logs: every event and callback on the server, its requests and
// responses, in the order of their happening; the same for clients. The two sides have a log each, because the kernel
// decides how they mix.
//
// Each scenario runs in three variants, for an engine may do less work when nobody looks:
//
//   plain     listeners on the server, requests and responses only
//   sockets   on the server's sockets, too
//   ticks     as plain, with a mark where a tick and a microtask run that were queued at the first event of a turn

const http = require('http');
const net = require('net');
const { setTimeout: sleep } = require('timers/promises');

const LIMIT_MS = 60_000; // for one variant of a scenario
const VARIANTS = ['plain', 'sockets', 'ticks'];

const SERVER_EVENTS = ['listening', 'close', 'error', 'drop', 'dropRequest'];
const SOCKET_EVENTS = ['end', 'close', 'error', 'timeout', 'drain', 'finish'];
const REQUEST_EVENTS = ['aborted', 'close', 'end', 'error', 'pause', 'resume'];
const RESPONSE_EVENTS = ['close', 'drain', 'error', 'finish', 'pipe', 'prefinish', 'unpipe'];
const CLIENT_EVENTS = ['abort', 'close', 'connect', 'continue', 'drain', 'error', 'finish', 'information', 'response',
                       'timeout', 'upgrade'];

const flags = (object, names) => names.filter((name) => object[name]).join(' ');
const states = {
  req: (req) => flags(req, ['complete', 'aborted', 'readableEnded', 'destroyed', 'closed', 'errored']),
  res: (res) => flags(res, ['headersSent', 'writableEnded', 'writableFinished', 'finished', 'destroyed', 'closed',
                            'errored', 'writableNeedDrain']),
  socket: (socket) => flags(socket, ['readableEnded', 'writableEnded', 'writableFinished', 'destroyed', 'errored']),
  server: (server) => flags(server, ['listening']),
};
states.request = states.res;
states.response = states.req;

// What an event brought, shortly.
function describe(value) {
  if (value instanceof Error) return `${value.name} ${value.code ?? ''} ${value.message}`;
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('latin1'));
  if (value instanceof http.IncomingMessage)
    return value.statusCode ? `${value.statusCode}` : `${value.method} ${value.url}`;
  if (typeof value === 'object' && value?.statusCode) return `${value.statusCode} ${JSON.stringify(value.rawHeaders)}`;
  return ['string', 'number', 'boolean'].includes(typeof value) ? JSON.stringify(value) : '';
}

class Log {
  lines = [];
  #marks;
  #armed = false;
  #waiting = [];

  constructor(marks) {
    this.#marks = marks;
  }

  add(line) {
    this.lines.push(line);
    for (const { start, resolve } of this.#waiting.filter(({ start, count }) => this.#count(start) >= count))
      setImmediate(resolve, start);
    this.#waiting = this.#waiting.filter(({ start, count }) => this.#count(start) < count);
    if (!this.#marks || this.#armed) return;
    this.#armed = true;
    process.nextTick(() => {
      this.lines.push('  (tick)');
      this.#armed = false;
    });
    queueMicrotask(() => this.lines.push('  (microtask)'));
  }

  #count(start) {
    return this.lines.filter((line) => line.startsWith(start)).length;
  }

  // Resolves in a turn of its own when that many lines begin like this.
  seen(start, count = 1) {
    if (this.#count(start) >= count) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => this.#waiting.push({ start, count, resolve }));
  }

  watch(name, kind, emitter, events) {
    for (const event of events) {
      emitter.on(event, (...args) => {
        const text = [name, event, ...args.map(describe)].filter(Boolean).join(' ');
        this.add(`${text} [${states[kind](emitter)}]`);
      });
    }
  }
}

// A client that sends bytes as it is told.
class Raw {
  text = '';
  how = 'open';
  #waiting = [];

  constructor(port, options) {
    this.socket = net.connect({ port, host: '127.0.0.1', ...options });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text) => {
      this.text += text;
      this.#check();
    });
    this.socket.on('end', () => { this.how = 'end'; });
    this.socket.on('error', (error) => { this.how = error.code; });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.connected = new Promise((resolve) => this.socket.on('connect', resolve));
  }

  #check() {
    const here = this.#waiting.filter(({ pattern }) => pattern.test(this.text));
    this.#waiting = this.#waiting.filter((one) => !here.includes(one));
    for (const { resolve } of here) setImmediate(resolve);
  }

  write(text) {
    this.socket.write(text, 'latin1');
  }

  // Resolves when what has come matches.
  got(pattern) {
    return new Promise((resolve) => {
      this.#waiting.push({ pattern, resolve });
      this.#check();
    });
  }

  end(text) {
    this.socket.end(text, 'latin1');
  }

  destroy() {
    this.how = 'destroyed';
    this.socket.destroy();
  }

  reset() {
    this.how = 'reset';
    this.socket.resetAndDestroy();
  }
}

class Scenario {
  #raws = [];
  #agents = [];
  #requests = 0;
  #sockets = 0;
  #closing = [];

  constructor(variant) {
    this.variant = variant;
    this.serverLog = new Log(variant === 'ticks');
    this.clientLog = new Log(variant === 'ticks');
    this.clients = 0;
  }

  log(line) {
    this.serverLog.add(line);
  }

  // A callback that logs its call on the server's side.
  done(name) {
    return (...args) => this.log([`${name} called`, ...args.map(describe)].join(' ').trim());
  }

  seen(start, count) {
    return this.serverLog.seen(start, count);
  }

  clientSeen(start, count) {
    return this.clientLog.seen(start, count);
  }

  // Log what happens to a request and its response, under names with their number.
  watch(req, res) {
    const number = ++this.#requests;
    this.log(`request ${number} ${req.method} ${req.url} [${states.req(req)}]`);
    // 'end' alone does not make a request flow.
    this.serverLog.watch(`req ${number}`, 'req', req, REQUEST_EVENTS);
    if (res) this.serverLog.watch(`res ${number}`, 'res', res, RESPONSE_EVENTS);
    return number;
  }

  // extra: names of events of the server that are logged though a listener changes what the server does.
  async serve(handler, { options = {}, extra = [], setup = () => {} } = {}) {
    const server = this.server = http.createServer(options, (req, res) => {
      this.watch(req, res);
      return handler(req, res);
    });
    this.serverLog.watch('server', 'server', server, [...SERVER_EVENTS, ...extra]);
    if (this.variant === 'sockets') {
      server.on('connection', (socket) => {
        const name = `socket ${++this.#sockets}`;
        this.log(`connection ${name}`);
        this.serverLog.watch(name, 'socket', socket, SOCKET_EVENTS);
        this.#closing.push(new Promise((resolve) => socket.on('close', resolve)));
      });
    }
    setup(server);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.port = server.address().port;
  }

  async raw(text, options) {
    const raw = new Raw(this.port, options);
    this.#raws.push(raw);
    await raw.connected;
    if (text !== undefined) raw.write(text);
    return raw;
  }

  agent(options) {
    const agent = new http.Agent(options);
    this.#agents.push(agent);
    return agent;
  }

  // A request by http.request(), its events and those of its response logged; not ended.
  request(options = {}) {
    const name = `request ${++this.clients}`;
    const req = http.request({ port: this.port, host: '127.0.0.1', agent: this.agent(), ...options });
    this.clientLog.watch(name, 'request', req, CLIENT_EVENTS.filter((event) => !options.without?.includes(event)));
    req.on('response', (res) => this.clientLog.watch(`response ${name.slice(8)}`, 'response', res, REQUEST_EVENTS));
    return req;
  }

  #connections() {
    return new Promise((resolve) => this.server.getConnections((error, count) => resolve(count)));
  }

  async #end() {
    for (const agent of this.#agents) agent.destroy();
    for (const raw of this.#raws) if (raw.how === 'open' || raw.how === 'end') raw.socket.destroy();
    await Promise.all(this.#raws.map((raw) => raw.closed));
    // The server's close() would destroy what is idle; nothing may be left for it.
    while (this.server && await this.#connections() > 0) await sleep(1);
    await Promise.all(this.#closing);
    for (let i = 0; i < 3; i++) await sleep(0);
    await new Promise((resolve) => {
      if (!this.server?.listening) return resolve();
      this.server.close(resolve);
    });
    // What follows the last callback.
    for (let i = 0; i < 3; i++) await sleep(0);
  }

  async run(fn) {
    const uncaught = (error) => this.log(`uncaught ${describe(error)}`);
    process.on('uncaughtException', uncaught);
    const limit = setTimeout(() => {
      console.log('TIMED OUT');
      this.print();
      process.exit(1);
    }, LIMIT_MS);
    try {
      await fn(this);
      await this.#end();
    } finally {
      clearTimeout(limit);
      process.off('uncaughtException', uncaught);
    }
    this.print();
  }

  print() {
    const clean = (text) => text.replaceAll(`:${this.port}`, ':PORT').replace(/Date: [^\r"\\]*GMT/g, 'Date: -')
      .replace(/"(date)"([,:])"[^"]*GMT"/gi, '"$1"$2"-"');
    const lines = (title, list) => {
      if (list.length) console.log(clean([title, ...list.map((line) => `  ${line}`)].join('\n')));
    };
    lines('server', this.serverLog.lines);
    lines('client', this.clientLog.lines);
    this.#raws.forEach((raw, i) => console.log(clean(`raw client ${i + 1}, ${raw.how}: ${JSON.stringify(raw.text)}`)));
  }
}

const scenarios = [];

// fn(t) gets a Scenario; what it awaits must not depend on time. only: variants where the scenario is deterministic.
function scenario(name, fn, { only = VARIANTS } = {}) {
  scenarios.push({ name, fn, only });
}

async function run() {
  const wanted = process.argv[2]; // by hand: the name of one
  for (const { name, fn, only } of scenarios.filter((one) => !wanted || one.name === wanted)) {
    for (const variant of only) {
      console.log(`\n## ${name} (${variant})`);
      await new Scenario(variant).run(fn);
    }
  }
}

module.exports = { Log, describe, run, scenario };
