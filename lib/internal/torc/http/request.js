'use strict';

// IncomingMessage objects of the engine: the class is Node's, what they consist of is made when somebody asks for it.

const { FunctionPrototypeCall, ObjectDefineProperty, ObjectKeys } = primordials;

const { Readable } = require('stream');
const { headerPairs, headersObject } = internalBinding('torc_http');
const { kConnection, kHead, kHeadersMade, kStarted, lazy, own, incoming } = require('internal/torc/http/private');
const { socketOf: socketOfConnection } = require('internal/torc/http/look');

const {
  IncomingMessage, kAbortController, kAbortSignalDetached, kAbortSignalListener, kAbortSignalSocket, kHeaders,
  kHeadersCount, kTrailers, kTrailersCount, onError,
} = incoming;
const { prototype } = IncomingMessage;
const classic = {
  _addHeaderLine: prototype._addHeaderLine,
  _read: prototype._read,
  _destroy: prototype._destroy,
};

function Request(connection, head, url, method) {
  this[kConnection] = connection;
  this[kHead] = head;
  this[kStarted] = false;
  this[kHeadersMade] = null;
  this.url = url;
  this.method = method;
  this.complete = false;
}
Request.prototype = prototype;

const DEFAULTS = {
  httpVersionMajor: 1,
  httpVersionMinor: 1,
  httpVersion: '1.1',
  joinDuplicateHeaders: false,
  aborted: false,
  upgrade: false,
  statusCode: null,
  statusMessage: null,
  _consuming: false,
  _dumped: false,
};
for (const key of ObjectKeys(DEFAULTS))
  prototype[key] = DEFAULTS[key];
prototype[kAbortController] = null;
prototype[kAbortSignalDetached] = false;
prototype[kAbortSignalListener] = null;
prototype[kAbortSignalSocket] = null;
prototype[kTrailers] = null;
prototype[kTrailersCount] = 0;

function isOurs(request) {
  return request[kHead] !== undefined;
}

// ---- head ----

lazy(prototype, 'rawHeaders', function() {
  if (!isOurs(this)) return undefined;
  const pairs = headerPairs(this[kHead]);
  own(this, 'rawHeaders', pairs);
  return pairs;
});

// Who adds the lines of a message that the server has told of: it has looked at its headers before.
const SERVERS = { joinDuplicateHeaders: false };

function headersOf(head) {
  const object = headersObject(head);
  if (object !== undefined) return object;
  const headers = {};
  const pairs = headerPairs(head);
  for (let n = 0; n < pairs.length; n += 2)
    FunctionPrototypeCall(classic._addHeaderLine, SERVERS, pairs[n], pairs[n + 1], headers);
  return headers;
}

// Where the getter of 'headers' looks for the object that it has made, and puts it.
ObjectDefineProperty(prototype, kHeaders, {
  __proto__: null,
  configurable: true,
  enumerable: false,
  get() {
    const made = this[kHeadersMade];
    if (made !== null || !isOurs(this) || prototype._addHeaderLine !== classic._addHeaderLine) return made;
    return this[kHeadersMade] = headersOf(this[kHead]);
  },
  set(value) { this[kHeadersMade] = value; },
});

lazy(prototype, kHeadersCount, function() { return isOurs(this) ? this.rawHeaders.length : undefined; });

lazy(prototype, 'rawTrailers', function() {
  if (!isOurs(this)) return undefined;
  const none = [];
  own(this, 'rawTrailers', none);
  return none;
});

// ---- socket ----

function socketOf(request) {
  const connection = request[kConnection];
  if (connection === undefined) return undefined;
  const socket = socketOfConnection(connection, request);
  if (connection.socket === null) return socket;
  setSocket(request, socket);
  holdParser(request, connection.parser);
  return socket;
}

// Until a request has ended it is what its parser has.
function holdParser(request, parser) {
  if (parser === null || parser.incoming !== null || !request[kStarted] || request.destroyed) return;
  const letGo = () => {
    if (parser.incoming === request) parser.incoming = null;
  };
  parser.incoming = request;
  if (request.readableEnded) process.nextTick(letGo);
  else request.on('end', letGo);
}

function setSocket(request, socket) {
  own(request, 'socket', socket);
  own(request, 'client', socket);
}

lazy(prototype, 'socket', function() { return socketOf(this); });
lazy(prototype, 'client', function() { return socketOf(this); });

// ---- body ----

lazy(prototype, '_readableState', function() {
  if (!isOurs(this)) return undefined;
  const connection = this[kConnection];
  this[kStarted] = true;
  Readable.call(this, {
    highWaterMark: connection === undefined ? this.socket?.readableHighWaterMark : connection.site.server.highWaterMark,
  });
  const state = this._readableState;
  state.readingMore = true;
  if (this._dumped) {
    // The response is complete, and nobody has asked for the request: its events are over.
    state.ended = state.endEmitted = state.destroyed = state.closed = state.closeEmitted = true;
  } else if (this.complete) {
    state.ended = true;
  }
  return state;
});

prototype._read = function _read(n) {
  const connection = this[kConnection];
  if (connection === undefined) return classic._read.call(this, n);
  if (!this._consuming) {
    this._readableState.readingMore = false;
    this._consuming = true;
  }
  if (connection.isPaused) connection.setPaused(false);
};

prototype._destroy = function _destroy(error, callback) {
  if (this[kConnection] !== undefined && this.readableEnded && this.complete)
    process.nextTick(onError, this, error, callback);
  else
    classic._destroy.call(this, error, callback);
};

// A piece of the body has come.
function receive(request, chunk) {
  if (!request._dumped && !request.push(chunk)) request[kConnection]?.setPaused(true);
}

// All of it has come.
function complete(request) {
  request.complete = true;
  if (request[kStarted]) request.push(null);
}

// The response is complete: what is left of the request is nobody's.
function dump(request) {
  const connection = request[kConnection];
  if (!request[kStarted])
    request._dumped = true;
  else if (!request._consuming && !request._readableState.resumeScheduled)
    request._dump();
  if (connection !== undefined && connection.isPaused) connection.setPaused(false);
}

module.exports = { Request, complete, dump, holdParser, receive, setSocket };
