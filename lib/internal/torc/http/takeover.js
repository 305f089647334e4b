'use strict';

// How a connection leaves the engine: Node's own code gets its handle, makes a socket and a parser of it as for every
// connection, and is told of the requests in flight. Their objects stay, and become what Node would have made.

const {
  FunctionPrototypeCall,
  NumberIsFinite,
  ObjectPrototypeHasOwnProperty,
  ReflectOwnKeys,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const net = require('net');
const { owner_symbol } = internalBinding('symbols');
const AsyncContextFrame = require('internal/async_context_frame');
const shared = require('internal/torc/http/private');
const { askerOf, become, rejoin } = require('internal/torc/http/look');
const { holdParser, setSocket } = require('internal/torc/http/request');

const { kConnection, kTakenFrom, kLines, kBits, kFlow, joinListeners, own, server: names } = shared;
const { ServerResponse, kServerResponse } = names;

// The socket of a connection that the engine has closed.
function closedSocket() {
  const socket = new net.Socket();
  socket.destroy();
  return socket;
}

// [name, value, ...] of the lines after the status line.
function pairsOf(lines) {
  const pairs = [];
  const all = StringPrototypeSplit(lines, '\r\n');
  for (let i = 1; i < all.length - 1; i++) {
    const colon = StringPrototypeIndexOf(all[i], ': ');
    pairs.push(StringPrototypeSlice(all[i], 0, colon), StringPrototypeSlice(all[i], colon + 2));
  }
  return pairs;
}

// Node's listener for the end of a response comes before those of the program.
function putFirst(response, listeners) {
  if (listeners === undefined) return;
  const events = response._events;
  events.finish = joinListeners(events.finish, listeners);
  response._eventsCount--;
}

// What parserOnIncoming() of Node's server does, with the objects that there are.
function adopt(connection, response, parser) {
  const { server } = connection.site;
  const request = response.req;
  const keys = ReflectOwnKeys(response);
  const before = { __proto__: null };
  for (const key of keys) before[key] = response[key];
  const lines = response[kLines];
  const header = before.finished ? response._header : null;
  const listeners = response._events?.finish;
  if (listeners !== undefined) response._events.finish = undefined;
  response[kConnection] = request[kConnection] = undefined;
  setSocket(request, connection.socket);

  const hadEmit = ObjectPrototypeHasOwnProperty(server, 'emit');
  const { emit, requireHostHeader, maxRequestsPerSocket } = server;
  // Was looked at when the request came; the program may have changed the headers since.
  server.requireHostHeader = false;
  server.maxRequestsPerSocket = 0;
  server[kServerResponse] = function(...args) {
    FunctionPrototypeCall(ServerResponse, response, ...args);
    return response;
  };
  server.emit = () => false;
  // 'socket' comes before a program can listen to it.
  const seesSocket = response.emit !== ServerResponse.prototype.emit || response._events?.socket !== undefined;
  if (seesSocket) own(response, 'emit', () => false);
  parser.incoming = request;
  try {
    parser.onIncoming(request, before.shouldKeepAlive);
  } finally {
    server[kServerResponse] = ServerResponse;
    server.requireHostHeader = requireHostHeader;
    server.maxRequestsPerSocket = maxRequestsPerSocket;
    if (hadEmit) server.emit = emit;
    else delete server.emit;
    if (seesSocket) delete response.emit;
  }
  for (const key of keys) {
    if (key !== kConnection && key !== kLines && key !== kBits && key !== '_events' && key !== '_eventsCount')
      response[key] = before[key];
  }
  putFirst(response, listeners);
  response[kLines] = null;
  if (header !== null)
    own(response, '_header', header);
  else if (lines !== null)
    response._storeHeader(StringPrototypeSlice(lines, 0, StringPrototypeIndexOf(lines, '\n') + 1), pairsOf(lines));
  if (before[kFlow] !== undefined) {
    response._headerSent = before._headerSent;
    before[kFlow].leave();
  }
}

// In the order of their requests: those that have ended, and wait for their 'finish', come first.
function adoptAll(connection, parser) {
  const { ending, ended, current, later, reading } = connection;
  connection.current = connection.later = connection.reading = null;
  for (const list of [[ending], ended, [current], later]) {
    if (list === null) continue;
    for (const response of list) {
      if (response === null) continue;
      if (response.finished) response.req[kTakenFrom] = connection;
      adopt(connection, response, parser);
    }
  }
  // Its response is complete, its body is not.
  if (reading !== null && reading[kConnection] !== undefined) {
    reading[kConnection] = undefined;
    setSocket(reading, connection.socket);
    parser.incoming = reading;
  }
  // Nobody will tell when they are sent.
  const { waiting } = connection;
  connection.waiting = null;
  const isTold = ending !== null && (ending[kFlow] !== null || waiting === null || waiting[0] !== ending);
  if (ending !== null && !isTold) process.nextTick(shared.finish, ending);
}

// The time that an idle connection has, in ms; 0: any.
function keepAliveTime({ keepAliveTimeout: timeout, keepAliveTimeoutBuffer: buffer }) {
  if (!NumberIsFinite(timeout) || timeout <= 0) return 0;
  return timeout + (NumberIsFinite(buffer) && buffer >= 0 ? buffer : 1000);
}

// Every response is complete.
function keepAlive(connection) {
  const { socket, parser, site: { server } } = connection;
  const time = keepAliveTime(server);
  if (socket === null) {
    connection.isKept = true;
    if (time) connection.idle(time);
  } else if (time && parser !== null && socket.parser === parser) {
    // Node's code does not know that this was set: it is undone here.
    const { onIncoming } = parser;
    socket.setTimeout(time);
    parser.onIncoming = (request, shouldKeepAlive) => {
      parser.onIncoming = onIncoming;
      socket.setTimeout(server.timeout || 0);
      return onIncoming(request, shouldKeepAlive);
    };
  }
}

// Has Node's server code make a socket of the handle.
function accept({ handle, site }) {
  site.server._connections--;
  site.accept.call(site.handle, null, handle);
}

// The program knows the socket.
function meet({ look, parser }) {
  const request = askerOf(look);
  if (request !== null) holdParser(request, parser);
  rejoin(look);
}

// The socket of a connection; from the first call on it is Node's.
function takeOver(connection) {
  if (connection.socket !== null) return connection.socket;
  if (connection.isClosed) return connection.socket = closedSocket();
  const { handle, look } = connection;
  const frame = AsyncContextFrame.current();
  AsyncContextFrame.set(connection.frame);
  connection.site.takenOver++;
  connection.leave();
  try {
    if (look === null) accept(connection);
    else become(look, connection);
    const socket = connection.socket = handle[owner_symbol];
    const parser = connection.parser = socket.parser;
    if (parser) adoptAll(connection, parser);
    if (look !== null) meet(connection);
    if (connection.isKept) keepAlive(connection);
    return socket;
  } finally {
    connection.transfer(connection.parser);
    AsyncContextFrame.set(frame);
  }
}

module.exports = { keepAlive, takeOver };
