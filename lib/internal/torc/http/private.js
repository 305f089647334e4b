'use strict';

// What is private in Node's _http_*.js, put here by lib/_http_*.after.js when those are loaded; and the names that the
// files of this folder share.

const { ArrayIsArray, MathFloor, ObjectDefineProperty, Symbol } = primordials;

const EventEmitter = require('events');

// Of a request or a response: its connection, as long as it is served by the engine; undefined: Node's code has it.
const kConnection = Symbol('torc.connection');
// Of a request whose response had ended, but not finished, when Node's code took its connection over: that connection.
const kTakenFrom = Symbol('torc.takenFrom');
// Of a request: the text of its head.
const kHead = Symbol('torc.head');
// Of a message: its headers as an object; null: nobody has asked for them. Named as what Node's code has it under.
const kHeadersMade = Symbol('kHeaders');
// Of a request: whether it has a _readableState.
const kStarted = Symbol('torc.started');
// Of a response: status line and header lines as writeHead() was told; null: not yet.
const kLines = Symbol('torc.lines');
// Of a response: enum bits of response.js.
const kBits = Symbol('torc.bits');
// Of a response that is sent in pieces: its Flow (flow.js); else null.
const kFlow = Symbol('torc.flow');

class Same {
  constructor(object) { return object; }
}

// What gives an object a property of this name as a field of its class: defineProperty() takes ten times as long.
function definerOf(key) {
  let next;
  class Field extends Same {
    [key] = next;
  }
  return (object, value) => {
    next = value;
    new Field(object);
    next = undefined;
  };
}

const definers = { __proto__: null };

// Makes a property that the prototype answers for (lazy) an own one, as assigning does where there is no accessor.
function own(object, key, value) {
  const define = definers[key] ??= definerOf(key);
  define(object, value);
}

// An accessor for what objects of the engine do not have until somebody asks. Assigning makes an own property.
function lazy(prototype, key, get) {
  const define = definers[key] ??= definerOf(key);
  ObjectDefineProperty(prototype, key, {
    __proto__: null, configurable: true, enumerable: false, get,
    set(value) { define(this, value); },
  });
}

// What an emitter has as its listeners for an event: those of first, then those of later; a function or an Array each.
function joinListeners(first, later) {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  for (const list of [first, later]) {
    if (!ArrayIsArray(list)) emitter.on('x', list);
    else for (let i = 0; i < list.length; i++) emitter.on('x', list[i]);
  }
  const joined = emitter._events.x;
  joined.warned = first.warned || later.warned;
  return joined;
}

// What "Keep-Alive: timeout=" says; below 0: there is no such line.
function keepAliveSeconds(server) {
  const timeout = server?.keepAliveTimeout;
  return timeout ? MathFloor(timeout / 1000) : -1;
}

module.exports = {
  agent: null,
  incoming: null,
  outgoing: null,
  server: null,
  // Of response.js, for takeover.js, which it needs.
  finish: null,
  kConnection,
  kTakenFrom,
  kHead,
  kHeadersMade,
  kStarted,
  kLines,
  kBits,
  kFlow,
  joinListeners,
  keepAliveSeconds,
  own,
  lazy,
};
