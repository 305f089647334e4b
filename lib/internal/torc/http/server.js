'use strict';

// Which connections of which servers the engine gets: those that are accepted while nothing about the server is
// unusual.

const { ReflectApply, SafeWeakMap } = primordials;

const net = require('net');
const dc = require('diagnostics_channel');
const EventEmitter = require('events');
const { kIncomingMessage, isLenient } = require('_http_common');
const { setImmediate } = require('timers');
const { getOptionValue } = require('internal/options');
const { IncomingMessage } = require('_http_incoming');
const { ConnectionsList } = internalBinding('http_parser');
const { Server: NativeServer } = internalBinding('torc_http');
const { outgoing: { kUniqueHeaders }, server: names } = require('internal/torc/http/private');
const { Connection, isUnwatched } = require('internal/torc/http/connection');
const { takeOver } = require('internal/torc/http/takeover');

const { Server, ServerResponse, kConnections, kOptimizeEmptyRequests, kServerResponse } = names;
const socketChannel = dc.channel('net.server.socket');

const REQUEST_TIMEOUT = 'HTTP/1.1 408 Request Timeout\r\n';
const REFUSED_AT_ONCE = 64;

// A server most of whose requests end up in Node's own code goes there at once.
const TAKEN_OVER_MIN = 64;

class Site {
  constructor(server, handle) {
    this.server = server;
    this.handle = handle;
    // What makes a socket of a handle.
    this.accept = handle.onconnection;
    this.native = new NativeServer(server.maxHeaderSize || getOptionValue('--max-http-header-size'));
    this.requests = 0;
    this.takenOver = 0;
    this.watchesConnections = false;
    // Whether the connections that the handle accepts have it from the beginning.
    this.noDelay = server.noDelay && handle.setNoDelay?.(true) === 0;
  }

  isWorthwhile() {
    return this.takenOver < TAKEN_OVER_MIN || this.takenOver * 2 < this.requests;
  }
}

function isUsual(server) {
  return server[kIncomingMessage] === IncomingMessage && server[kServerResponse] === ServerResponse &&
         server.listenerCount('connection') === 1 && !server.timeout && server.maxHeadersCount === null &&
         !server.maxRequestsPerSocket && server.insecureHTTPParser === undefined &&
         server.httpValidation === undefined && server.requireHostHeader && !server.joinDuplicateHeaders &&
         !server.rejectNonStandardBodyWrites && !server[kOptimizeEmptyRequests] && server[kUniqueHeaders] === null &&
         !server.keepAlive && !server.pauseOnConnect && !server.blockList && !server.httpAllowHalfOpen &&
         (server.maxConnections == null || server._connections < server.maxConnections) &&
         !socketChannel.hasSubscribers && !EventEmitter.usingDomains && !isLenient();
}

// Whether a request that did not come in time is refused here: where nobody hears of it nobody sees the socket by which
// Node would answer.
function isForRefusal(connection) {
  const { server } = connection.site;
  return connection.isForgotten() && connection.reading === null &&
         server.listenerCount('clientError') === 0 && server.emit === EventEmitter.prototype.emit && isUnwatched();
}

// Some at a time: others are served in between.
function refuseLate(site, headersTimeout, requestTimeout) {
  const late = site.native.expired(headersTimeout, requestTimeout, REFUSED_AT_ONCE);
  for (const connection of late) {
    // Since the last look at it a listener may have come: then the next check takes it over.
    if (isForRefusal(connection)) connection.refuse(REQUEST_TIMEOUT);
  }
  if (late.length === REFUSED_AT_ONCE && late[0].isClosed)
    setImmediate(refuseLate, site, headersTimeout, requestTimeout);
}

// Node's check for late requests knows parsers: what is late and not refused here gets one.
function watchConnections(site) {
  const list = site.server[kConnections];
  if (site.watchesConnections || list === undefined) return;
  site.watchesConnections = true;
  list.expired = function expired(headersTimeout, requestTimeout) {
    for (const connection of site.native.expired(headersTimeout, requestTimeout, 0)) {
      if (!isForRefusal(connection)) takeOver(connection);
    }
    refuseLate(site, headersTimeout, requestTimeout);
    return ConnectionsList.prototype.expired.call(this, headersTimeout, requestTimeout);
  };
}

function onConnection(site, error, client) {
  const { server } = site;
  if (error || !site.isWorthwhile() || !isUsual(server) || !isUnwatched()) return false;
  watchConnections(site);
  server._connections++;
  new Connection(site, client);
  return true;
}

const sites = new SafeWeakMap();

Server.prototype._listen2 = function(...args) {
  ReflectApply(net.Server.prototype._listen2, this, args);
  const handle = this._handle;
  if (!handle?.onconnection) return;
  const server = this;
  const site = new Site(server, handle);
  sites.set(server, site);
  handle.onconnection = function onconnection(error, client) {
    if (client && server.noDelay !== site.noDelay) client.setNoDelay?.(server.noDelay);
    if (!onConnection(site, error, client)) site.accept.call(this, error, client);
  };
};

function connectionsOf(server) {
  const site = sites.get(server);
  return site === undefined ? [] : site.native.connections();
}

const { closeAllConnections, closeIdleConnections } = Server.prototype;

Server.prototype.closeAllConnections = function() {
  for (const connection of connectionsOf(this)) {
    if (connection.isForgotten()) connection.shut();
    else takeOver(connection);
  }
  closeAllConnections.call(this);
};

Server.prototype.closeIdleConnections = function() {
  for (const connection of connectionsOf(this)) {
    if (!connection.hasNothingToAnswer() || !connection.isIdle()) continue;
    if (connection.isForgotten()) connection.shut();
    else takeOver(connection);
  }
  closeIdleConnections.call(this);
};
