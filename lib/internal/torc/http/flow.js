'use strict';

// An answer in pieces. What Node gives to the socket's stream is kept here until the same tick at which that stream
// would write it, and then given to the engine in one call; lengths, needDrain and callbacks go as in Writable. When
// Node's code takes the connection over its socket gets what is left, written or not.

const { ArrayPrototypePush } = primordials;

const { Buffer } = require('buffer');
const AsyncContextFrame = require('internal/async_context_frame');
const { kNeedDrain } = require('internal/http');
const { flags } = internalBinding('torc_http');
const { kBytesWritten, kLastWriteWasAsync, streamBaseState } = internalBinding('stream_wrap');
const { keepAliveSeconds, kBits, kLines } = require('internal/torc/http/private');
const { takeOver } = require('internal/torc/http/takeover');

const { replyChunked: CHUNKED } = flags;
const EMPTY_LAST_CHUNK = '0\r\n\r\n';

function lengthOf(chunk) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
}

// What is written by one operation.
class Batch {
  constructor() {
    this.chunks = [];
    // The trailer lines, if the last chunk comes after those.
    this.trailer = null;
    this.callbacks = null;
    // In units of Writable: characters of strings.
    this.length = 0;
  }

  addCallback(callback) {
    if (this.callbacks === null) this.callbacks = [callback];
    else ArrayPrototypePush(this.callbacks, callback);
  }
}

function call(callbacks, error) {
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

class Flow {
  // headLength: of the head that the first batch begins with.
  constructor(connection, response, headLength) {
    this.connection = connection;
    this.response = response;
    this.highWaterMark = connection.site.server.highWaterMark;
    this.headLength = headLength;
    // What writableLength is: of the batches that are not written yet.
    this.length = 0;
    this.needDrain = false;
    this.isCorked = false;
    this.isHeadWritten = false;
    // A tick for afterWrite() is on its way.
    this.isTicking = false;
    // The batch that grows, and the one whose end the engine will tell.
    this.batch = null;
    this.inFlight = null;
    // The async context of that one.
    this.frame = undefined;
    // Once Node's code has the connection.
    this.socket = null;
  }

  get isChunked() {
    return (this.response[kBits] & CHUNKED) !== 0;
  }

  // Until the next tick.
  cork() {
    if (this.isCorked) return;
    this.isCorked = true;
    process.nextTick(uncork, this);
  }

  // False: the writer should wait for 'drain'.
  add(length, callback) {
    const { batch } = this;
    if (this.headLength > 0) {
      length += this.headLength;
      this.headLength = 0;
      this.response._headerSent = true;
    }
    batch.length += length;
    this.length += length;
    if (callback) batch.addCallback(callback);
    const isBelow = this.length < this.highWaterMark || this.length === 0;
    if (!isBelow) this.needDrain = true;
    return isBelow;
  }

  push(chunk, callback) {
    this.batch ??= new Batch();
    ArrayPrototypePush(this.batch.chunks, chunk);
    let { length } = chunk;
    if (length > 0 && this.isChunked) length += lengthOf(chunk).toString(16).length + 4;
    return this.add(length, callback);
  }

  // The end, after chunk. finished is called when everything is written.
  end(chunk, finished) {
    const { response } = this;
    if (this.isChunked) {
      if (chunk) this.push(chunk);
      this.batch ??= new Batch();
      this.batch.trailer = response._trailer;
      this.add(EMPTY_LAST_CHUNK.length + response._trailer.length, finished);
    } else if (chunk && response._hasBody) {
      this.push(chunk, finished);
    } else if (this.length > 0 || this.headLength > 0 || chunk) {
      this.push('', finished);
    } else {
      process.nextTick(finished);
    }
    this.isCorked = false;
    this.flush();
  }

  // Gives the batch to the engine, if it is its turn.
  flush() {
    const { batch, connection, response } = this;
    if (this.isCorked || this.inFlight !== null || batch === null) return;
    this.batch = null;
    const head = this.isHeadWritten ? undefined : response[kLines];
    const seconds = keepAliveSeconds(connection.site.server);
    const result = connection.send(head, batch.chunks, response[kBits], seconds, batch.trailer);
    if (result === 0) {
      this.isHeadWritten = true;
      this.length -= batch.length;
      if (batch.callbacks === null && (this.isTicking || !this.needDrain)) return;
      this.isTicking = true;
      process.nextTick(afterWrite, this, batch.callbacks);
      return;
    }
    this.inFlight = batch;
    this.frame = AsyncContextFrame.current();
    if (result > 0) connection.wait(response);
    else process.nextTick(fail, connection, result);
  }

  // The engine has sent the batch.
  written() {
    const { callbacks, length } = this.inFlight;
    this.inFlight = null;
    this.isHeadWritten = true;
    this.length -= length;
    AsyncContextFrame.set(this.frame);
    this.flush();
    afterWrite(this, callbacks);
  }

  drain() {
    const { response, socket } = this;
    if (socket !== null) {
      const state = socket._writableState;
      if (!state.needDrain || state.ending || state.destroyed || state.length > 0) return;
      state.needDrain = false;
      socket.emit('drain');
    } else if (this.needDrain && this.length === 0) {
      this.needDrain = false;
      if (response.finished || !response[kNeedDrain]) return;
      response[kNeedDrain] = false;
      response.emit('drain');
    }
  }

  // Node's code has the connection: its socket is what this was.
  leave() {
    const { batch, connection, inFlight } = this;
    const { handle, socket } = connection;
    this.socket = socket;
    if (inFlight !== null) {
      handle.writev = (req) => {
        streamBaseState[kBytesWritten] = inFlight.length;
        streamBaseState[kLastWriteWasAsync] = 1;
        if (!connection.adopt(req)) connection.failed = req;
        return 0;
      };
      socket.cork();
      this.rewrite(inFlight);
      socket.uncork();
      delete handle.writev;
    }
    if (this.isCorked) socket.cork();
    if (batch !== null) this.rewrite(batch);
    if (this.needDrain) socket._writableState.needDrain = true;
  }

  rewrite({ callbacks, chunks, trailer }) {
    const { isChunked, response, socket } = this;
    if (!this.isHeadWritten) socket.write(response._header, 'latin1');
    this.isHeadWritten = true;
    for (let i = 0; i < chunks.length; i++) {
      const framed = isChunked && chunks[i].length > 0;
      if (framed) socket.write(`${lengthOf(chunks[i]).toString(16)}\r\n`, 'latin1');
      socket.write(chunks[i]);
      if (framed) socket.write('\r\n', 'latin1');
    }
    if (trailer !== null) socket.write(`0\r\n${trailer}\r\n`, 'latin1');
    if (callbacks === null) socket.write('', 'latin1');
    else socket.write('', 'latin1', (error) => call(callbacks, error));
  }
}

function uncork(flow) {
  if (flow.socket !== null) {
    flow.socket.uncork();
  } else if (flow.isCorked) {
    flow.isCorked = false;
    flow.flush();
  }
}

function afterWrite(flow, callbacks) {
  flow.isTicking = false;
  flow.drain();
  if (callbacks !== null) call(callbacks, null);
}

// A batch could not be sent: that is for Node's code to tell.
function fail(connection, code) {
  takeOver(connection);
  const { failed, handle } = connection;
  if (failed === null) return;
  connection.failed = null;
  failed.oncomplete(code, handle, undefined);
}

module.exports = { Flow, fail };
