'use strict';

// What an Agent does for every request that a kept connection takes: the same as Node's own code, without the objects
// that only a new connection needs. The rest is Node's.

const {
  ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeShift, MathMax, NumberParseInt, ObjectGetPrototypeOf,
  ReflectApply, RegExpPrototypeExec,
} = primordials;

const { kEmptyObject } = require('internal/util');
const { IncomingMessage } = require('_http_incoming');
const {
  agent: { Agent, asyncResetHandle, setRequestSocket }, incoming: { kHeaders, kHeadersCount },
} = require('internal/torc/http/private');

const { prototype } = Agent;
const classic = {
  addRequest: prototype.addRequest,
  getName: prototype.getName,
  keepSocketAlive: prototype.keepSocketAlive,
};

// ---- names ----

// The name made last, and what of. Nearly all requests of a program go to one place, and each asks four times.
const last = { host: undefined, port: undefined, localAddress: undefined, family: undefined, socketPath: undefined,
               name: 'localhost::' };

const isPlain = (value) => value === null || typeof value !== 'object' && typeof value !== 'function';

prototype.getName = function getName(options = kEmptyObject) {
  const host = options.host;
  const { port, localAddress, family, socketPath } = options;
  if (host === last.host && port === last.port && localAddress === last.localAddress && family === last.family &&
      socketPath === last.socketPath) {
    return last.name;
  }
  const name = ReflectApply(classic.getName, this, [options]);
  if (isPlain(host) && isPlain(port) && isPlain(localAddress) && isPlain(family) && isPlain(socketPath)) {
    last.host = host;
    last.port = port;
    last.localAddress = localAddress;
    last.family = family;
    last.socketPath = socketPath;
    last.name = name;
  }
  return name;
};
const ourGetName = prototype.getName;

// ---- requests ----

// Whether the agent's options have something to say about a request on a connection that is there.
function overrides(options) {
  return 'host' in options || 'port' in options || 'localAddress' in options || 'family' in options ||
         'socketPath' in options || 'servername' in options || 'highWaterMark' in options;
}

// The list of idle connections that the request may take one of, or undefined: Node's code decides.
function idleFor(agent, req, options) {
  if (agent.getName !== ourGetName || options === null || typeof options !== 'object' ||
      ObjectGetPrototypeOf(options) !== null || options.highWaterMark != null || overrides(agent.options)) {
    return undefined;
  }
  const idle = agent.freeSockets[agent.getName(options)];
  if (idle === undefined || idle.length === 0 || idle[0].destroyed) return undefined;
  // A connection that is there has its server name; but what Node would make one of must be a string.
  const host = req.getHeader('host');
  return !host || typeof host === 'string' ? idle : undefined;
}

prototype.addRequest = function addRequest(req, options, port, localAddress) {
  const idle = idleFor(this, req, options);
  if (idle === undefined) return ReflectApply(classic.addRequest, this, [req, options, port, localAddress]);
  const name = this.getName(options);
  this.sockets[name] ||= [];
  const socket = this.scheduling === 'fifo' ? ArrayPrototypeShift(idle) : ArrayPrototypePop(idle);
  if (idle.length === 0) delete this.freeSockets[name];
  asyncResetHandle(socket);
  this.reuseSocket(socket, req);
  setRequestSocket(this, req, socket);
  ArrayPrototypePush(this.sockets[name], socket);
};

// ---- keeping ----

// The Keep-Alive header of a response, for which its other headers need not be made. Of several the first decides.
function keepAliveOf(res) {
  if (ObjectGetPrototypeOf(res) !== IncomingMessage.prototype || res[kHeaders] !== null)
    return res.headers['keep-alive'];
  const { rawHeaders, [kHeadersCount]: count } = res;
  for (let i = 0; i < count; i += 2) {
    const name = rawHeaders[i];
    if (name === 'Keep-Alive' || name.length === 10 && name.toLowerCase() === 'keep-alive') return rawHeaders[i + 1];
  }
  return undefined;
}

// The milliseconds that the server said it waits for another request, 0: it did not say.
function announced(hint) {
  const seconds = hint ? RegExpPrototypeExec(/^timeout=(\d+)/, hint)?.[1] : undefined;
  return seconds ? NumberParseInt(seconds) * 1000 : undefined;
}

prototype.keepSocketAlive = function keepSocketAlive(socket) {
  let timeout = this.options.timeout || 0;
  let isSafe = true;
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  const res = socket._httpMessage?.res;
  const wait = res ? announced(keepAliveOf(res)) : undefined;
  if (wait !== undefined) {
    // Early enough that no request meets the server's end.
    const ours = MathMax(wait - this.agentKeepAliveTimeoutBuffer, 0);
    if (ours === 0) isSafe = false;
    else if (ours < timeout) timeout = ours;
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return isSafe;
};
