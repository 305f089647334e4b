'use strict';

// What a program gets when it asks for the socket of a connection in the engine: a net.Socket that has no state of its
// own. Who only looks (addresses, counters, whether it is open, listeners for its end) is answered here, and the engine
// serves on. Whatever else is read, called or set has Node's code take the connection over first: the same object
// becomes that socket. Nothing ends such a connection but Node's code, so all events are that code's.

const {
  ArrayIsArray,
  ArrayPrototypeFilter,
  ArrayPrototypeIncludes,
  FunctionPrototypeCall,
  ObjectAssign,
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  ObjectPrototype,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectOwnKeys,
  SafeSet,
  Symbol,
} = primordials;

const EventEmitter = require('events');
const { inspect } = require('internal/util/inspect');
const { Socket } = require('net');
const { kDetachAbortSignal } = require('_http_incoming');
const { joinListeners, kConnection, kFlow, server: names } = require('internal/torc/http/private');

const { connectionListener, onServerResponseClose } = names;
const { ref, setKeepAlive, setNoDelay, unref } = Socket.prototype;

// Of a Look: an emitter with the listeners; null: there are none yet.
const kHeard = Symbol('torc.heard');
// The request that it was last asked of, while that may be its connection's current one.
const kAsker = Symbol('torc.asker');
// Settings of the handle, as Node's code remembers them in a socket; null: the program has changed none.
const kSettings = Symbol('torc.settings');

// Events that come only when Node's code has the connection.
const QUIET = { __proto__: null, close: true, end: true, error: true, finish: true, timeout: true };
// At most so many listeners of one of these does Node's code have itself.
const NODES_LISTENERS_MAX = 2;

function Look(connection) {
  this[kConnection] = connection;
  this[kHeard] = null;
  this[kAsker] = null;
  this[kSettings] = null;
}
Look.prototype = ObjectCreate(Socket.prototype);
let isDefined = false;

// The socket of a connection, as this request's.
function socketOf(connection, request) {
  if (connection.socket !== null) return connection.socket;
  if (connection.isClosed || EventEmitter.usingDomains) return connection.takeOver();
  if (!isDefined) defineAll();
  isDefined = true;
  const look = connection.look ??= new Look(connection);
  look[kAsker] = request;
  return look;
}

// The request that it was last asked of, or null.
const askerOf = (look) => look[kAsker];

// ---- what is answered here ----

// Bytes of an answer that wait here would count, and be seen.
function hasSentAll({ current, ending, waiting }) {
  return waiting === null && (current === null || current[kFlow] === null) &&
         (ending === null || ending[kFlow] === null);
}

const always = (value) => () => value;

// Each gets the connection and the name.
const properties = {
  __proto__: null,
  _bytesDispatched: written,
  _httpMessage: ({ current, ending }) => ending ?? current,
  _server: ({ site }) => site.server,
  bytesRead: ({ handle }) => handle.bytesRead,
  bytesWritten: written,
  closed: always(false),
  connecting: always(false),
  destroyed: always(false),
  errored: always(null),
  pending: always(false),
  readable: always(true),
  readableEnded: always(false),
  server: ({ site }) => site.server,
  writable: always(true),
  writableEnded: always(false),
  writableFinished: always(false),
  writableLength: (connection, key) => (hasSentAll(connection) ? 0 : connection.takeOver()[key]),
};

function written(connection, key) {
  if (!hasSentAll(connection)) return connection.takeOver()[key];
  connection.flush();
  return connection.handle.bytesWritten;
}

// Where Node's getters have addresses from, and keep them.
const addresses = { __proto__: null, _getpeername: '_peername', _getsockname: '_sockname' };

function addressGetter(method, key) {
  const native = method.slice(1);
  return function() {
    if (this[key]) return this[key];
    const { handle } = this[kConnection];
    const out = {};
    if (!handle[native] || handle[native](out)) return out;
    return this[key] = out;
  };
}

// Node's code warns of too many.
function isCrowded(heard, type) {
  const max = EventEmitter.defaultMaxListeners;
  return max > 0 && heard.listenerCount(type) + NODES_LISTENERS_MAX >= max;
}

function listen(type, listener) {
  const connection = this[kConnection];
  if (connection !== undefined && QUIET[type] && !isCrowded(this[kHeard] ??= new EventEmitter(), type)) {
    this[kHeard].on(type, listener);
    return this;
  }
  connection?.takeOver();
  return this.on(type, listener);
}

function unlisten(type, listener) {
  const connection = this[kConnection];
  if (connection !== undefined && QUIET[type]) {
    this[kHeard]?.removeListener(type, listener);
    return this;
  }
  connection?.takeOver();
  return this.removeListener(type, listener);
}

// Settings of the handle. Node's code remembers them, here in an object that stands for the socket.
function setting(apply) {
  return function(...args) {
    if (this[kConnection] === undefined) return ReflectApply(apply, this, args);
    this[kSettings] ??= { __proto__: null, _handle: this[kConnection].handle };
    ReflectApply(apply, this[kSettings], args);
    return this;
  };
}

const methods = {
  __proto__: null,
  addListener: listen,
  on: listen,
  off: unlisten,
  removeListener: unlisten,
  ref: setting(ref),
  setKeepAlive: setting(setKeepAlive),
  setNoDelay: setting(setNoDelay),
  unref: setting(unref),
};

// What does nothing but ask for others of these.
const INHERITED = [
  '_connecting', '_sockname', 'address', 'constructor', 'localAddress', 'localFamily', 'localPort', 'once',
  'readyState', 'remoteAddress', 'remoteFamily', 'remotePort',
];
// What else is asked for.
const MORE = ['parser', 'timeout', inspect.custom];

// ---- the prototype ----

function define(key, get) {
  ObjectDefineProperty(Look.prototype, key, {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get,
    set(value) {
      this[kConnection].takeOver();
      this[key] = value;
    },
  });
}

function getterOf(key) {
  if (properties[key] !== undefined) {
    const get = properties[key];
    return function() { return get(this[kConnection], key); };
  }
  const method = methods[key] ?? (addresses[key] && addressGetter(key, addresses[key]));
  if (method !== undefined) return () => method;
  return function() {
    this[kConnection].takeOver();
    return this[key];
  };
}

// At the first look: programs that never look should not start later for it.
function defineAll() {
  const keys = new SafeSet([...ReflectOwnKeys(new Socket()), ...ReflectOwnKeys(properties), ...MORE]);
  for (let proto = Socket.prototype; proto !== ObjectPrototype; proto = ObjectGetPrototypeOf(proto)) {
    for (const key of ReflectOwnKeys(proto)) keys.add(key);
  }
  for (const key of INHERITED) keys.delete(key);
  for (const key of keys) define(key, getterOf(key));
}

// ---- Node's listener for the end of the socket, among those of the program ----

// It is there for the response whose turn it is, behind the listeners that there were when its turn came.
function attach(look) {
  const heard = look[kHeard];
  look[kAsker] = null;
  if (heard !== null && heard._events.close !== undefined) heard.on('close', onServerResponseClose);
}

// The response has finished.
function detach(look, request) {
  look[kAsker] = null;
  look[kHeard]?.removeListener('close', onServerResponseClose);
  request[kDetachAbortSignal]();
}

// ---- Node's code takes over ----

// Makes it what Node's server makes of the handle that it accepts.
function become(look, { handle, site: { server } }) {
  const settings = look[kSettings];
  look[kConnection] = undefined;
  ObjectSetPrototypeOf(look, Socket.prototype);
  FunctionPrototypeCall(Socket, look, {
    handle,
    allowHalfOpen: server.allowHalfOpen,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay) look.setNoDelay(true);
  if (settings !== null) ObjectAssign(look, settings);
  look.server = look._server = server;
  FunctionPrototypeCall(connectionListener, server, look);
}

// Afterwards: the program's listeners come behind Node's own.
function rejoin(look) {
  const heard = look[kHeard]?._events;
  const events = look._events;
  for (const type in heard) {
    const later = heard[type];
    let first = events[type];
    // Node's listener that attach() has put among them is there again.
    if (ArrayIsArray(first) && ArrayIsArray(later) && ArrayPrototypeIncludes(later, onServerResponseClose))
      first = ArrayPrototypeFilter(first, (listener) => listener !== onServerResponseClose);
    if (first === undefined) look._eventsCount++;
    events[type] = first === undefined ? later : joinListeners(first, later);
  }
  look[kHeard] = look[kAsker] = look[kSettings] = null;
}

module.exports = { askerOf, attach, become, detach, rejoin, socketOf };
