'use strict';
// What may stand in a transfer list, and how the rest is refused.

const { MessageChannel, markAsUntransferable } = require('worker_threads');

const attempt = (what, fn) => {
  try {
    fn();
    console.log(what, 'passes');
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
};
const move = (value, ...list) => structuredClone(value, { transfer: list });

const blob = new Blob([]);
attempt('a blob', () => move(blob, blob));
const error = new DOMException('x');
attempt('an error', () => move(error, error));
attempt('an object', () => move({}, {}));
attempt('a number', () => move({}, 1));
attempt('a view', () => move({}, new Uint8Array(1)));
const buffer = new ArrayBuffer(1);
attempt('a buffer twice', () => move({}, buffer, buffer));
attempt('a buffer', () => move(buffer, buffer));
attempt('the buffer again', () => move(buffer, buffer));
const { port1, port2 } = new MessageChannel();
attempt('a port, not listed', () => structuredClone(port1));
attempt('a port twice', () => move({}, port1, port1));
attempt('a port over itself', () => port1.postMessage(port1, [port1]));
attempt('a port', () => move(port1, port1).close());
attempt('the port again', () => move(port1, port1));
port2.close();
const stream = new TransformStream();
attempt('a stream', () => move(stream, stream));
const kept = new ArrayBuffer(1);
markAsUntransferable(kept);
attempt('a kept buffer', () => move(kept, kept));
