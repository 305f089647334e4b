'use strict';
// v8.serialize() and deserialize(), and Serializer and Deserializer with methods of their own.
const v8 = require('v8');
const { inspect } = require('util');
const { run, step } = require('../common/show');

const { Serializer, Deserializer } = v8;
const deserializer = (hex) => new Deserializer(Buffer.from(hex, 'hex'));

const values = [
  1, -0, NaN, 2 ** 40, 12n, -5n, '', 'abc', 'é', '€😀', true, null, undefined, [1, , 3], { a: { b: [] } },
  new Map([[1, new Set([2n])]]), new Date(0), new Date(NaN), /x/gi, Object(1), Object('s'), Object(true), Object(2n),
  Buffer.from('x'), new Uint8Array(3), new Float64Array([1.5]), new BigUint64Array([5n]),
  new DataView(new ArrayBuffer(3)),
  new ArrayBuffer(4), Buffer.from('abcdef').subarray(1, 4), Object.create({ inherited: 1 }, { own: { value: 1,
    enumerable: true } }),
  Object.assign([1], { extra: 2 }), 'x'.repeat(1000),
];
values.push(values.slice());
for (const [i, v] of values.entries()) {
  step(`value ${i}`, () => [v8.serialize(v).toString('hex'), inspect(v8.deserialize(v8.serialize(v)))]);
}
step('cycle', () => {
  const o = {};
  o.self = o;
  return inspect(v8.deserialize(v8.serialize(o)));
});
for (const v of [() => {}, Symbol('s'), new SharedArrayBuffer(1), new WeakMap(), Promise.resolve(), { f() {} }]) {
  step(`refused ${typeof v}`, () => v8.serialize(v));
}
step('refused error of its own', () => {
  const s = new Serializer();
  s._getDataCloneError = RangeError;
  s.writeValue(() => {});
});
step('pieces', () => {
  const s = new Serializer();
  return [s.writeHeader(), s.writeValue({ a: 1 }), s.writeUint32(5), s.writeUint64(1, 2), s.writeDouble(1.5),
          s.writeRawBytes(Buffer.from('ab')), s.releaseBuffer().toString('hex'), s.releaseBuffer().length];
});
step('host objects', () => {
  const s = new Serializer();
  s._setTreatArrayBufferViewsAsHostObjects(true);
  const seen = [];
  s._writeHostObject = function(o) {
    seen.push(o.length, this === s);
    this.writeUint32(7);
  };
  s.writeHeader();
  s.writeValue([new Uint8Array(2)]);
  const d = new Deserializer(s.releaseBuffer());
  d._readHostObject = function() {
    return { read: this.readUint32(), self: this === d };
  };
  return [seen, d.readHeader(), d.readValue(), d.getWireFormatVersion()];
});
step('host objects refused', () => {
  const s = new Serializer();
  s._setTreatArrayBufferViewsAsHostObjects(true);
  s.writeValue(new Uint8Array(2));
});
step('host object method throws', () => {
  const s = new Serializer();
  s._setTreatArrayBufferViewsAsHostObjects(true);
  s._writeHostObject = () => { throw new Error('mine'); };
  s.writeValue(new Uint8Array(2));
});
step('shared', () => {
  const s = new Serializer();
  s._getSharedArrayBufferId = () => 7;
  s.writeValue(new SharedArrayBuffer(3));
  return s.releaseBuffer();
});
step('transfer', () => {
  const s = new Serializer();
  const buffer = new ArrayBuffer(4);
  s.transferArrayBuffer(3, buffer);
  s.writeHeader();
  s.writeValue(buffer);
  const d = new Deserializer(s.releaseBuffer());
  const other = new ArrayBuffer(5);
  d.transferArrayBuffer(3, other);
  d.readHeader();
  return [d.readValue() === other, buffer.byteLength];
});
for (const [name, ...args] of [['transferArrayBuffer', 3, {}], ['writeRawBytes', 'x'], ['writeRawBytes',
  new ArrayBuffer(2)], ['writeUint32', '5']]) {
  step(`${name} ${typeof args[0]}`, () => new Serializer()[name](...args));
}
for (const hex of ['', 'ff', 'ff0f', 'ffff01', 'ff0f5c07', 'ff0f6f', 'ff0f49', '7a7a7a', 'ff0f7507']) {
  step(`damaged ${hex}`, () => v8.deserialize(Buffer.from(hex, 'hex')));
}
for (const method of ['readUint32', 'readUint64', 'readDouble']) step(`${method} at the end`,
  () => deserializer('')[method]());
step('raw bytes', () => [deserializer('aabbcc').readRawBytes(2).toString('hex'),
  deserializer('aabb')._readRawBytes(2)]);
step('raw bytes past the end', () => deserializer('aabb').readRawBytes(3));
step('numbers', () => [deserializer('05').readUint32(), deserializer('8280808010').readUint64(),
  deserializer('000000000000f83f').readDouble()]);
for (const bad of [undefined, 1, new ArrayBuffer(3)]) step(`new Deserializer ${typeof bad}`,
  () => new Deserializer(bad));
step('without new', () => Serializer());

step('statistics', () => [Object.keys(v8.getHeapStatistics()), v8.getHeapSpaceStatistics().map((s) => [s.space_name,
  s.space_size >= 0]),
                          Object.keys(v8.getHeapCodeStatistics()), v8.getHeapStatistics().used_heap_size > 1e6]);
step('odds and ends', () => [v8.cachedDataVersionTag() > 0, v8.setFlagsFromString('--no-opt'),
  v8.isStringOneByteRepresentation('é'),
                             v8.isStringOneByteRepresentation('€')]);
step('C++ heap', () => Object.keys(v8.getCppHeapStatistics('brief')));
step('query', () => {
  class Wanted {}
  globalThis.kept = [new Wanted(), new Wanted(), new (class extends Wanted {})()];
  return v8.queryObjects(Wanted) - v8.queryObjects(class Other {});
});
step('snapshot', () => {
  const path = v8.writeHeapSnapshot('x.heapsnapshot');
  const { snapshot, nodes } = JSON.parse(require('fs').readFileSync(path, 'utf8'));
  return [path, Object.keys(snapshot), nodes.length > 1000];
});
step('snapshot nowhere', () => v8.writeHeapSnapshot('none/x.heapsnapshot'));
run();
