'use strict';

// ServerResponse objects of the engine: setHeader(), writeHead(), write() and end() as the class is Node's, without the
// state that only few need. Whatever else is asked of one makes Node's own of it (takeover.js).

const {
  ArrayIsArray,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  SafeMap,
  StringPrototypeToLowerCase,
} = primordials;

const { Buffer } = require('buffer');
const { ERR_STREAM_DESTROYED } = require('internal/errors').codes;
const { isUint8Array } = require('internal/util/types');
const { kOutHeaders, kNeedDrain, utcDate } = require('internal/http');
const { _checkInvalidHeaderChar: checkInvalidHeaderChar } = require('_http_common');
const { validateHeaderName, validateHeaderValue } = require('_http_outgoing');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { flags } = internalBinding('torc_http');
const shared = require('internal/torc/http/private');

const {
  kConnection, kLines, kBits, kFlow, kTakenFrom, keepAliveSeconds, lazy, own, outgoing, server: names,
} = shared;
const { keepAlive, takeOver } = require('internal/torc/http/takeover');
const { attach, detach, socketOf } = require('internal/torc/http/look');
const { Flow } = require('internal/torc/http/flow');
const { dump } = require('internal/torc/http/request');

const {
  OutgoingMessage, nop, kSocket, kBytesWritten, kChunkedBuffer, kChunkedLength, kCorked, kEndCallbacks, kErrored,
  kFlushError, kHighWaterMark, kRejectNonStandardBodyWrites, kUniqueHeaders, kWritableFinished,
} = outgoing;
const { ServerResponse, STATUS_CODES, emitCloseNT } = names;
const { prototype } = ServerResponse;
// Who has another sees each event, and when: also those that only Node's own code emits.
const { emit } = prototype;
const {
  replyDate: DATE, replyKeepAlive: KEEP_ALIVE, replyLength: LENGTH, replyChunked: CHUNKED, replyLatin1: LATIN1,
  replyNoBody: NO_BODY, replyOwnCoding: OWN_CODING, replyOwnConnection: OWN_CONNECTION,
} = flags;

// Bits of kBits beside those of the reply: the lines of writeHead() have these; it has ended, but is not sent.
const HAS_DATE = 1 << 16;
const HAS_LENGTH = 1 << 17;
const UNSENT = 1 << 18;
const HAS_TRAILER = 1 << 19;

function Response(connection, req, keepAlive) {
  this[kConnection] = connection;
  this.req = req;
  this[kOutHeaders] = null;
  this[kLines] = null;
  this[kBits] = 0;
  this.shouldKeepAlive = keepAlive;
  this.sendDate = true;
  this._hasBody = req.method !== 'HEAD';
  this._contentLength = null;
  this._last = false;
  this._headerSent = false;
  this.finished = false;
  this.destroyed = false;
  this._closed = false;
  this[kWritableFinished] = false;
}
Response.prototype = prototype;

// What every response begins with.
const DEFAULTS = {
  outputSize: 0,
  writable: true,
  chunkedEncoding: false,
  maxRequestsOnConnectionReached: false,
  _defaultKeepAlive: true,
  useChunkedEncodingByDefault: true,
  _removedConnection: false,
  _removedContLen: false,
  _removedTE: false,
  strictContentLength: false,
  _trailer: '',
  _keepAliveTimeout: 0,
  _onPendingData: nop,
  _sent100: false,
  _expect_continue: false,
};
for (const key of ObjectKeys(DEFAULTS))
  prototype[key] = DEFAULTS[key];
prototype[kFlow] = null;
prototype[kBytesWritten] = 0;
prototype[kChunkedLength] = 0;
prototype[kCorked] = 0;
prototype[kEndCallbacks] = null;
prototype[kErrored] = null;
prototype[kFlushError] = null;
prototype[kHighWaterMark] = getDefaultHighWaterMark();
prototype[kNeedDrain] = false;
prototype[kRejectNonStandardBodyWrites] = false;
prototype[kUniqueHeaders] = null;

lazy(prototype, 'outputData', function() {
  const list = [];
  own(this, 'outputData', list);
  return list;
});

lazy(prototype, kChunkedBuffer, function() {
  const list = [];
  own(this, kChunkedBuffer, list);
  return list;
});

lazy(prototype, kSocket, function() {
  const connection = this[kConnection];
  if (connection === undefined) return null;
  // Behind others it has none yet.
  return (connection.ending ?? connection.current) === this ? socketOf(connection, this.req) : null;
});

// The head as Node would have written it; programs look at whether there is one, and at its length.
lazy(prototype, '_header', function() {
  const lines = this[kLines];
  if (lines === null || lines === undefined) return null;
  return headText(this, lines, this[kBits]);
});

// The lines that the engine adds, in its order.
function headText(response, lines, bits) {
  let text = lines;
  if (bits & DATE) text += `Date: ${utcDate()}\r\n`;
  if ((bits & OWN_CONNECTION) === 0) {
    text += bits & KEEP_ALIVE ? 'Connection: keep-alive\r\n' : 'Connection: close\r\n';
    if (bits & KEEP_ALIVE) {
      const seconds = keepAliveSeconds(response.req[kConnection]?.site.server);
      if (seconds >= 0) text += `Keep-Alive: timeout=${seconds}\r\n`;
    }
  }
  if (bits & LENGTH) text += `Content-Length: ${response._contentLength}\r\n`;
  if ((bits & CHUNKED) !== 0 && (bits & OWN_CODING) === 0) text += 'Transfer-Encoding: chunked\r\n';
  return text + '\r\n';
}

// ---- Node's methods that send: the response becomes Node's first ----

const SENDING = [
  '_flush', '_flushOutput', '_send', '_storeHeader', '_writeRaw', 'assignSocket', 'cork', 'destroy', 'detachSocket',
  'pipe', 'setTimeout', 'uncork', 'writeContinue', 'writeEarlyHints', 'writeInformation', 'writeProcessing',
];
for (const name of SENDING) {
  const classic = prototype[name];
  own(prototype, name, {
    [name](...args) {
      const connection = this[kConnection];
      if (connection !== undefined && !this.finished) takeOver(connection);
      return classic.apply(this, args);
    },
  }[name]);
}

const classicLenient = prototype._isLenientHeaderValidation;
prototype._isLenientHeaderValidation = function() {
  return this[kConnection] === undefined ? classicLenient.call(this) : false;
};

// ---- the head ----

const PLAIN = 0;
const IS_LENGTH = 1;
const IS_DATE = 2;
const IS_TRAILER = 3;
const IS_CODING = 4;
const IS_CONNECTION = 5;
const UNUSUAL = 6;
const KINDS_MAX = 1000;
// The kind of each header name seen, in the case it was written: names that are here are valid.
const kinds = new SafeMap();

function kindOf(name) {
  let kind = kinds.get(name);
  if (kind !== undefined) return kind;
  validateHeaderName(name);
  switch (StringPrototypeToLowerCase(name)) {
    case 'content-length': kind = IS_LENGTH; break;
    case 'date': kind = IS_DATE; break;
    case 'trailer': kind = IS_TRAILER; break;
    case 'transfer-encoding': kind = IS_CODING; break;
    case 'connection': kind = IS_CONNECTION; break;
    case 'content-disposition':
    case 'expect':
    case 'keep-alive': kind = UNUSUAL; break;
    default: kind = PLAIN;
  }
  if (kinds.size < KINDS_MAX) kinds.set(name, kind);
  return kind;
}

// The lower case of each valid name that was set, in the case it was written.
const lowerNames = new SafeMap();

const classicSetHeader = OutgoingMessage.prototype.setHeader;
OutgoingMessage.prototype.setHeader = function setHeader(name, value) {
  const lower = lowerNames.get(name);
  if (lower === undefined || this[kConnection] === undefined || this[kLines] !== null || typeof value !== 'string' ||
      checkInvalidHeaderChar(value)) {
    FunctionPrototypeCall(classicSetHeader, this, name, value);
    if (lowerNames.size < KINDS_MAX) lowerNames.set(name, StringPrototypeToLowerCase(name));
    return this;
  }
  const headers = this[kOutHeaders] ??= { __proto__: null };
  headers[lower] = [name, value];
  return this;
};

const statusLines = { __proto__: null };

function statusLine(response, code) {
  const message = response.statusMessage;
  if (message === STATUS_CODES[code])
    return statusLines[code] ??= `HTTP/1.1 ${code} ${message}\r\n`;
  return `HTTP/1.1 ${code} ${message}\r\n`;
}

// Builds the lines of one head.
class Lines {
  constructor(text, response) {
    this.text = text;
    this.bits = 0;
    this.response = response;
  }

  // False: not for the engine.
  add(name, value, validate) {
    const kind = kindOf(name);
    if (kind === UNUSUAL) return false;
    if (typeof value !== 'string') {
      if (ArrayIsArray(value)) return this.addEach(name, value, validate);
      if (typeof value !== 'number') return false;
      value = `${value}`;
    } else if (validate && checkInvalidHeaderChar(value)) {
      validateHeaderValue(name, value);
    }
    this.text += name + ': ' + value + '\r\n';
    return kind === PLAIN || this.note(kind, value);
  }

  note(kind, value) {
    const { response } = this;
    switch (kind) {
      case IS_LENGTH:
        this.bits |= HAS_LENGTH;
        response._contentLength = +value;
        break;
      case IS_DATE: this.bits |= HAS_DATE; break;
      case IS_TRAILER: this.bits |= HAS_TRAILER; break;
      case IS_CODING:
        if (value !== 'chunked') return false;
        this.bits |= OWN_CODING;
        break;
      case IS_CONNECTION:
        this.bits |= OWN_CONNECTION;
        if (value === 'close') response._last = true;
        else if (value === 'keep-alive') response.shouldKeepAlive = true;
        else return false;
    }
    return true;
  }

  addEach(name, values, validate) {
    if (name.length === 6 && StringPrototypeToLowerCase(name) === 'cookie') return false;
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] !== 'string' || !this.add(name, values[i], validate)) return false;
    }
    return true;
  }
}

function addHeaders(lines, response, headers) {
  if (!headers) return true;
  if (headers === response[kOutHeaders]) {
    for (const key in headers) {
      const entry = headers[key];
      if (!lines.add(entry[0], entry[1], false)) return false;
    }
    return true;
  }
  if (ArrayIsArray(headers)) {
    if (headers.length % 2 !== 0 || ArrayIsArray(headers[0])) return false;
    for (let n = 0; n < headers.length; n += 2) {
      if (!lines.add(headers[n], headers[n + 1], true)) return false;
    }
    return true;
  }
  for (const key in headers) {
    if (ObjectPrototypeHasOwnProperty(headers, key) && !lines.add(key, headers[key], true)) return false;
  }
  return true;
}

// Records the head. False: nothing is recorded, and it is not for the engine.
function recordHead(response, code, headers) {
  const lines = new Lines(statusLine(response, code), response);
  if (response._removedConnection || response._removedContLen || response._removedTE ||
      response.strictContentLength || !addHeaders(lines, response, headers)) return false;
  let { bits } = lines;
  if (code === 204 || code === 304) response._hasBody = false;
  if (!response._hasBody) {
    // That says something of a body, and there is none.
    if (bits & OWN_CODING) return false;
    bits |= NO_BODY;
  } else if (bits & OWN_CODING) {
    bits |= CHUNKED;
  } else if ((bits & HAS_LENGTH) === 0) {
    bits |= (bits & HAS_TRAILER) === 0 && typeof response._contentLength === 'number' ? LENGTH : CHUNKED;
  }
  if ((bits & HAS_TRAILER) !== 0 && (bits & CHUNKED) === 0) return false;
  if (response.sendDate && (bits & HAS_DATE) === 0) bits |= DATE;
  if (response.shouldKeepAlive) bits |= KEEP_ALIVE;
  else if ((bits & OWN_CONNECTION) === 0) response._last = true;
  response[kBits] = bits;
  response[kLines] = lines.text;
  return true;
}

const classicWriteHead = prototype.writeHead;
function writeHead(statusCode, reason, obj) {
  const connection = this[kConnection];
  if (connection === undefined || this[kLines] !== null)
    return FunctionPrototypeCall(classicWriteHead, this, statusCode, reason, obj);
  const code = statusCode | 0;
  let headers = typeof reason === 'string' ? obj : obj ?? reason;
  if (code >= 200 && code <= 999 && !(headers && this[kOutHeaders] !== null && ArrayIsArray(headers))) {
    if (typeof reason === 'string') this.statusMessage = reason;
    else this.statusMessage ||= STATUS_CODES[code] || 'unknown';
    this.statusCode = code;
    if (this[kOutHeaders] !== null) {
      if (headers) {
        const keys = ObjectKeys(headers);
        for (let i = 0; i < keys.length; i++) {
          if (keys[i]) this.setHeader(keys[i], headers[keys[i]]);
        }
      }
      headers = this[kOutHeaders];
    }
    if (!checkInvalidHeaderChar(this.statusMessage) && recordHead(this, code, headers)) return this;
  }
  takeOver(connection);
  return FunctionPrototypeCall(classicWriteHead, this, statusCode, reason, obj);
}
prototype.writeHead = writeHead;
prototype.writeHeader = writeHead;

// What the engine sends as a body: a string of text or bytes, a Uint8Array, or nothing.
function isPlainBody(chunk, encoding) {
  if (!chunk) return chunk === undefined || chunk === null || chunk === '';
  if (typeof chunk === 'string') {
    return !encoding || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'latin1' ||
           encoding === 'binary';
  }
  return isUint8Array(chunk);
}

function lengthOf(chunk, encoding) {
  if (!chunk) return 0;
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
}

function isLatin1(encoding) {
  return encoding === 'latin1' || encoding === 'binary';
}

// ---- pieces ----

function headLength(response) {
  return headText(response, response[kLines], response[kBits]).length;
}

// The flow of a response that its connection's socket would take. Else Node's code has it now: null.
function flowOf(response, connection) {
  if (response[kFlow] !== null) return response[kFlow];
  if (connection.current !== response || connection.ending !== null || response.emit !== emit) {
    takeOver(connection);
    return null;
  }
  if (response[kLines] === null) response._implicitHeader();
  if (response[kConnection] === undefined) return null;
  if (response[kBits] & CHUNKED) response.chunkedEncoding = true;
  return response[kFlow] = new Flow(connection, response, headLength(response));
}

const classicWrite = prototype.write;
own(prototype, 'write', function write(chunk, encoding, callback) {
  const connection = this[kConnection];
  if (connection === undefined || this.finished)
    return FunctionPrototypeCall(classicWrite, this, chunk, encoding, callback);
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (chunk === undefined || chunk === null || !isPlainBody(chunk, encoding) || this.strictContentLength)
    takeOver(connection);
  const flow = this[kConnection] === undefined ? null : flowOf(this, connection);
  if (flow === null) return FunctionPrototypeCall(classicWrite, this, chunk, encoding, callback);

  if (typeof callback !== 'function') callback = undefined;
  if (!this._hasBody) {
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }
  flow.cork();
  const isBelow = flow.push(isLatin1(encoding) ? Buffer.from(chunk, 'latin1') : chunk, callback);
  if (!isBelow) this[kNeedDrain] = true;
  return isBelow;
});

const classicFlushHeaders = prototype.flushHeaders;
own(prototype, 'flushHeaders', function flushHeaders() {
  const connection = this[kConnection];
  const flow = connection === undefined || this.finished ? null : flowOf(this, connection);
  if (flow === null) {
    FunctionPrototypeCall(classicFlushHeaders, this);
  } else if (flow.headLength > 0) {
    flow.push('');
    flow.flush();
  }
});

// What the socket says of itself.
function insteadOfSocket(key, get) {
  const { get: classic } = ObjectGetOwnPropertyDescriptor(OutgoingMessage.prototype, key);
  ObjectDefineProperty(prototype, key, {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get() {
      const connection = this[kConnection];
      return connection === undefined ? FunctionPrototypeCall(classic, this) : get(this, connection);
    },
  });
}
insteadOfSocket('writableLength', (response) => (response[kFlow] === null ? 0 : response[kFlow].length));
insteadOfSocket('writableHighWaterMark', (response, connection) => connection.site.server.highWaterMark);

// ---- the end ----

// The result of the engine: 0, or 1 when what is sent will be told. Below 0: Node's code is to end it.
function respond(response, connection, chunk, encoding) {
  if (response[kFlow] !== null || (response._trailer !== '' && (response[kBits] & CHUNKED) !== 0)) {
    const flow = flowOf(response, connection);
    if (flow === null) return -1;
    flow.end(chunk && isLatin1(encoding) ? Buffer.from(chunk, 'latin1') : chunk,
             (error) => finish(response, error));
    return 1;
  }
  const bits = isLatin1(encoding) ? response[kBits] | LATIN1 : response[kBits];
  const result = connection.respond(response[kLines], chunk, bits, keepAliveSeconds(connection.site.server));
  if (result < 0) takeOver(connection);
  if (result > 0) connection.wait(response);
  return result;
}

const classicEnd = prototype.end;
prototype.end = function end(chunk, encoding, callback) {
  const connection = this[kConnection];
  if (connection === undefined || this.finished)
    return FunctionPrototypeCall(classicEnd, this, chunk, encoding, callback);
  if (typeof chunk === 'function') {
    callback = chunk;
    chunk = encoding = null;
  } else if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  // An answer that is sent in pieces may have some left, and after the last one nothing is sent.
  const isFree = connection.current === this && !connection.isLast &&
                 (connection.ending === null || connection.ending[kFlow] === null);
  if (!isFree || this.emit !== emit || this.strictContentLength || !isPlainBody(chunk, encoding)) takeOver(connection);
  if (this[kConnection] !== undefined && this[kLines] === null) {
    this._contentLength = lengthOf(chunk, encoding);
    this._implicitHeader();
  }
  const result = this[kConnection] === undefined ? -1 : respond(this, connection, chunk, encoding);
  if (result < 0) return FunctionPrototypeCall(classicEnd, this, chunk, encoding, callback);

  if (typeof callback === 'function') {
    if (this[kEndCallbacks] === null) this[kEndCallbacks] = [callback];
    else this[kEndCallbacks].push(callback);
  }
  this._headerSent = true;
  this.finished = true;
  if (result !== 0) this[kBits] |= UNSENT;
  if (this._last) connection.isLast = true;
  if (connection.advance()) beginFinish(this);
  return this;
};

// Responses finish one by one, each in a tick of its own.
function beginFinish(response) {
  if ((response[kBits] & UNSENT) === 0) process.nextTick(finish, response);
  if (response._events !== undefined) response.emit('prefinish');
}

// The bytes of a response that had to wait are sent.
function sent(connection, response) {
  if (response[kFlow] !== null) {
    response[kFlow].written();
    return;
  }
  response[kBits] &= ~UNSENT;
  if (connection.ending === response) finish(response);
}

function callEndCallbacks(response, error) {
  const callbacks = response[kEndCallbacks];
  response[kEndCallbacks] = null;
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

// Of a connection that has been looked at: its socket is no longer this response's.
function passOn(look, response, next) {
  detach(look, response.req);
  if (next !== null && !response._last) attach(look);
}

// What Node's first 'finish' listener does, and then the program's.
function finish(response, failure) {
  const connection = response[kConnection];
  if (connection === undefined) {
    finishTakenOver(response, failure);
    return;
  }
  response[kWritableFinished] = true;
  if (response[kEndCallbacks] !== null) callEndCallbacks(response, null);
  dump(response.req);
  response[kConnection] = undefined;
  const listened = response._events !== undefined;
  if (listened) process.nextTick(emitCloseNT, response);
  else response.destroyed = response._closed = true;
  const next = connection.nextEnding();
  if (connection.look !== null) passOn(connection.look, response, next ?? connection.current);
  if (response._last) connection.finish(listened);
  else if (next !== null) beginFinish(next);
  else if (connection.current === null) keepAlive(connection);
  if (listened) response.emit('finish');
}

// Its connection left the engine between the end and now.
function finishTakenOver(response, failure) {
  const connection = response.req[kTakenFrom];
  const socket = response[kSocket];
  if (failure || response[kErrored] || socket?.errored || socket?._hadError) {
    const error = response[kFlushError] =
      failure ?? response[kErrored] ?? socket?.errored ?? new ERR_STREAM_DESTROYED('end');
    if (response[kEndCallbacks] !== null) callEndCallbacks(response, error);
    return;
  }
  response[kWritableFinished] = true;
  if (response[kEndCallbacks] !== null) callEndCallbacks(response, null);
  response.emit('finish');
  const next = connection.nextEnding();
  if (next !== null) process.nextTick(finish, next);
}

shared.finish = finish;
module.exports = { Response, sent };
