'use strict';
// structuredClone(): what is cloned, what is transferred, and the words for what is not.
const util = require('util');
const { BlockList } = require('net');

function attempt(label, fn) {
  try {
    console.log(label, util.inspect(fn(), { depth: 4 }));
  } catch (e) {
    console.log(label, 'throws', e?.name, e?.code, e?.message, e instanceof DOMException);
  }
}
class Point { constructor() { this.x = 1; } get y() { return 2; } }
const cyclic = { name: 'c' };
cyclic.self = cyclic;

const values = {
  'primitives': [undefined, null, true, 1, -0, NaN, 2n ** 70n, 'é\u{1F600}\ud800'],
  'boxed': [Object(1), Object('s'), Object(true), Object(1n)],
  'date': [new Date(0), new Date(NaN)],
  'regexp': /a\/b/giu,
  'map and set': new Map([[{ a: 1 }, new Set([1, 'x'])]]),
  'array': Object.assign([1, , 3], { extra: 1 }),
  'errors': [new RangeError('r', { cause: 1 }).cause, new Error('m').message, new TypeError('t').name],
  'buffer': Buffer.from('abc'),
  'views': [new Float64Array([1.5]), new DataView(new ArrayBuffer(2)), new BigInt64Array(1), new Uint8Array(0)],
  'class': new Point(),
  'null prototype': Object.assign({ __proto__: null }, { a: 1 }),
  'getter': { get a() { return 'read'; } },
  'symbol key': { [Symbol('s')]: 1, b: 2 },
  'hidden': Object.defineProperty({}, 'a', { value: 1 }),
  'shared memory': new SharedArrayBuffer(2),
  'dom exception': new DOMException('m', 'AbortError').name,
  'blob': new Blob(['ab'], { type: 'text/plain' }),
  'block list': new BlockList(),
  'function': () => {},
  'symbol': Symbol('s'),
  'weak map': new WeakMap(),
  'promise': Promise.resolve(),
  'proxy': new Proxy({}, {}),
  'url': new URL('http://x/'),
  'port': new MessageChannel().port1,
  'abort signal': new AbortController().signal,
  'event': new Event('e'),
  'nested function': { a: [() => {}] },
  'throwing getter': { get a() { throw new Error('getter'); } },
};
for (const [label, value] of Object.entries(values)) attempt(label, () => structuredClone(value));
attempt('identity', () => { const o = {}; const c = structuredClone([o, o]); return [c[0] === c[1], c[0] !== o]; });
attempt('cycle', () => { const c = structuredClone(cyclic); return c.self === c; });
attempt('same buffer', () => {
  const ab = new ArrayBuffer(4);
  const c = structuredClone([new Uint8Array(ab), new Uint8Array(ab, 2)]);
  return c[0].buffer === c[1].buffer;
});
attempt('error properties', () => {
  const e = structuredClone(Object.assign(new TypeError('x'), { code: 'C' }));
  return [e instanceof TypeError, e.message, e.code, typeof e.stack];
});
attempt('process.env', () => typeof structuredClone(process.env).PATH);
attempt('no argument', () => structuredClone());
attempt('bad options', () => structuredClone(1, 5));
attempt('bad transfer', () => structuredClone(1, { transfer: 5 }));
attempt('bad entry', () => structuredClone(1, { transfer: [1] }));
attempt('object entry', () => structuredClone(1, { transfer: [{}] }));

attempt('transfer', () => {
  const ab = new ArrayBuffer(5);
  return [structuredClone(ab, { transfer: [ab] }), ab.byteLength, ab.detached];
});
attempt('transfer a view', () => {
  const v = new Uint8Array([1, 2]);
  return [structuredClone(v, { transfer: [v.buffer] }), v.length];
});
attempt('transfer twice', () => { const ab = new ArrayBuffer(5); structuredClone(ab, { transfer: [ab, ab] }); });
attempt('transfer detached', () => {
  const ab = new ArrayBuffer(5);
  structuredClone(ab, { transfer: [ab] });
  structuredClone(1, { transfer: [ab] });
});
attempt('clone detached', () => {
  const ab = new ArrayBuffer(5);
  structuredClone(ab, { transfer: [ab] });
  structuredClone(ab);
});
attempt('kept on failure', () => {
  const ab = new ArrayBuffer(5);
  try { structuredClone(() => {}, { transfer: [ab] }); } catch { return ab.byteLength; }
});
attempt('unused transfer', () => {
  const ab = new ArrayBuffer(5);
  structuredClone(1, { transfer: [ab] });
  return ab.byteLength;
});
attempt('pooled buffer', () => structuredClone(1, { transfer: [Buffer.from('pool').buffer] }));
attempt('port', () => {
  const { port1 } = new MessageChannel();
  return structuredClone({ p: port1, q: port1 }, { transfer: [port1] }).p instanceof MessagePort;
});
attempt('port twice', () => {
  const { port1 } = new MessageChannel();
  structuredClone(port1, { transfer: [port1, port1] });
});
attempt('closed port', () => {
  const { port1 } = new MessageChannel();
  port1.close();
  structuredClone(port1, { transfer: [port1] });
});
attempt('many', () => structuredClone(Array.from({ length: 300 }, (_, i) => new Blob([`${i}`]))).length);
attempt('streams', () => {
  const r = new ReadableStream();
  return structuredClone(r, { transfer: [r] }) instanceof ReadableStream;
});
process.exit();
