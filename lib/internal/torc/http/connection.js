'use strict';

// A connection of the engine, and what the engine calls: one call per request; for those with a body, more.

const { ArrayPrototypePush, ArrayPrototypeShift } = primordials;

const { hasObserver } = require('internal/perf/observe');
const { isTraceHTTPEnabled } = require('internal/http');
const { allMethods, HTTPParser } = internalBinding('http_parser');
const { UV_EOF } = internalBinding('uv');
const {
  async_hook_fields: hookFields, constants: { kInit, kBefore, kAfter, kDestroy },
} = internalBinding('async_wrap');
const { flags, parserIdle, setCallbacks, Connection: NativeConnection } = internalBinding('torc_http');
const AsyncContextFrame = require('internal/async_context_frame');
const { kFlow, server: names } = require('internal/torc/http/private');
const { Request, complete, receive } = require('internal/torc/http/request');
const { attach } = require('internal/torc/http/look');
const { fail } = require('internal/torc/http/flow');
const { Response, sent } = require('internal/torc/http/response');
const { takeOver } = require('internal/torc/http/takeover');

const { onRequestStartChannel, onResponseCreatedChannel, onResponseFinishChannel } = names;
const { requestKeepAlive: KEEP_ALIVE, requestHasBody: HAS_BODY } = flags;
const kOnMessageComplete = HTTPParser.kOnMessageComplete | 0;

class Connection extends NativeConnection {
  constructor(site, handle) {
    super(site.native, handle);
    this.site = site;
    this.handle = handle;
    // The async context of what is no request's.
    this.frame = AsyncContextFrame.current();
    // The response whose turn it is, and those behind it.
    this.current = null;
    this.later = null;
    // The response that has ended and whose 'finish' is next; those that have ended after it.
    this.ending = null;
    this.ended = null;
    // Responses that have ended whose bytes are not yet sent.
    this.waiting = null;
    // The request whose body is coming.
    this.reading = null;
    this.isPaused = false;
    // Nothing is in flight, and the time runs.
    this.isKept = false;
    // A response that has ended closes the connection.
    this.isLast = false;
    this.isClosed = false;
    // What a program that has asked for the socket got.
    this.look = null;
    // Once Node's code has it.
    this.socket = null;
    this.parser = null;
    // The write request that nobody else will tell of its failure.
    this.failed = null;
  }

  // The current response has ended. True: its 'finish' is next.
  advance() {
    const response = this.current;
    this.current = this.later === null ? null : ArrayPrototypeShift(this.later);
    if (this.later !== null && this.later.length === 0) this.later = null;
    if (this.ending === null) {
      this.ending = response;
      return true;
    }
    if (this.ended === null) this.ended = [response];
    else ArrayPrototypePush(this.ended, response);
    return false;
  }

  // The 'finish' of the one before it comes: the next whose turn it is, or null.
  nextEnding() {
    this.ending = this.ended === null ? null : ArrayPrototypeShift(this.ended);
    if (this.ended !== null && this.ended.length === 0) this.ended = null;
    return this.ending;
  }

  wait(response) {
    if (this.waiting === null) this.waiting = [response];
    else ArrayPrototypePush(this.waiting, response);
  }

  setPaused(on) {
    this.isPaused = on;
    this.pause(on);
  }

  // After the last response. What is left of a request is still told, and who listens may look at the socket.
  finish(isWatched) {
    if (isWatched || this.socket !== null || this.look !== null || this.reading !== null) takeOver(this).destroySoon();
    else this.shut();
  }

  hasNothingToAnswer() {
    return this.current === null && this.ending === null;
  }

  // Whether its end is nobody's business.
  isForgotten() {
    return this.hasNothingToAnswer() && this.look === null;
  }

  takeOver() {
    return takeOver(this);
  }

  // Instead of an answer: nobody asked for one.
  refuse(statusLine) {
    this.respond(statusLine, undefined, 0, -1);
    this.shut();
  }

  shut() {
    if (this.isClosed) return;
    const { server } = this.site;
    this.isClosed = true;
    this.close();
    server._connections--;
    server._emitCloseIfDrained();
  }
}

// Whether nobody watches how requests are handled.
function isUnwatched() {
  return hookFields[kInit] === 0 && hookFields[kBefore] === 0 && hookFields[kAfter] === 0 &&
         hookFields[kDestroy] === 0 && !onRequestStartChannel.hasSubscribers &&
         !onResponseCreatedChannel.hasSubscribers && !onResponseFinishChannel.hasSubscribers &&
         !hasObserver('http') && !isTraceHTTPEnabled();
}

function onRequest(connection, head, url, method, bits) {
  const { server } = connection.site;
  const req = new Request(connection, head, url, allMethods[method]);
  const res = new Response(connection, req, (bits & KEEP_ALIVE) !== 0);
  connection.isKept = false;
  // Node stops reading then.
  const isBehind = connection.current !== null && connection.current[kFlow]?.needDrain === true;
  if (connection.look !== null && connection.hasNothingToAnswer()) attach(connection.look);
  if (connection.current === null) connection.current = res;
  else if (connection.later === null) connection.later = [res];
  else ArrayPrototypePush(connection.later, res);
  const hasBody = (bits & HAS_BODY) !== 0;
  if (hasBody) connection.reading = req;
  connection.site.requests++;
  if (isBehind || !isUnwatched()) takeOver(connection);
  server.emit('request', req, res);
  if (!hasBody) requestComplete(connection, req);
}

function requestComplete(connection, req) {
  const { parser, socket } = connection;
  if (parser === null || socket.parser !== parser || parser.incoming !== req) {
    complete(req);
  } else {
    parser[kOnMessageComplete]();
    parserIdle(parser);
  }
}

function onBody(connection, chunk) {
  receive(connection.reading, chunk);
}

function onComplete(connection) {
  const req = connection.reading;
  connection.reading = null;
  complete(req);
}

function onEnd(connection, code) {
  // A peer that has nothing more to ask, and nothing to get.
  if (code === UV_EOF && connection.isForgotten() && connection.isIdle())
    connection.shut();
  else
    fail(connection, code);
}

function onSent(connection, count) {
  const { waiting } = connection;
  for (; count > 0; count--) sent(connection, ArrayPrototypeShift(waiting));
  if (waiting.length === 0) connection.waiting = null;
}

function onIdle(connection) {
  const { server } = connection.site;
  if (server.listenerCount('timeout') > 0 || connection.look !== null) takeOver(connection).emit('timeout');
  else connection.shut();
}

setCallbacks(onRequest, onBody, onComplete, takeOver, onEnd, onSent, onIdle);

module.exports = { Connection, isUnwatched };
