'use strict';
// A vm context's global object and the sandbox behind it: every way to read, write and define.
const vm = require('vm');
const util = require('util');

function attempt(label, fn) {
  try {
    console.log(label, util.inspect(fn(), { depth: 1 }));
  } catch (e) {
    console.log(label, 'throws', e.name, e.code, e.message);
  }
}
const inContext = (code, sandbox = {}) => {
  const context = vm.createContext(sandbox);
  const value = vm.runInContext(code, context);
  return [value, Object.getOwnPropertyDescriptors(sandbox)];
};

for (const code of [
  'a = 1', 'var a = 1', 'let a = 1; a', 'function f() {} typeof f', 'this.a = 1', 'globalThis.a = 1; a',
  '"use strict"; a = 1', '"use strict"; var a = 1; a', '"use strict"; this.a = 1', 'class A {}; typeof A',
  'a = 1; delete a', 'var a = 1; delete a', 'Object.defineProperty(this, "a", { value: 1 }); a',
  'Object.defineProperty(this, "a", { get() { return 5; }, configurable: true }); a',
  'Object.defineProperty(this, "a", { value: 1, writable: true, enumerable: true }); a = 2; a',
  'Object.keys(globalThis)', 'Object.getOwnPropertyNames(globalThis).length > 50', '"x" in globalThis',
  'this[0] = 1; this[1] = 2; [this[0], Object.keys(this)]', 'this[Symbol.for("s")] = 1; this[Symbol.for("s")]',
  'typeof nope', 'nope', 'Array === [].constructor', 'typeof require', 'typeof console.log',
  'for (var i in globalThis) i; i', 'globalThis === this', 'undefined = 1; undefined', 'NaN = 1; NaN',
  'Object.freeze(globalThis)', 'eval("var e = 1"); e', 'new Function("return this")() === globalThis',
  'var a; Object.getOwnPropertyDescriptor(globalThis, "a")', 'JSON = 5; JSON', 'delete JSON; typeof JSON',
  'Object.hasOwn(globalThis, "Array")', 'globalThis.hasOwnProperty("a")', 'a; var a',
]) attempt(code, () => inContext(code));

const filled = () => Object.defineProperty({ a: 1, b: 2, 5: 3, [Symbol.for('q')]: 4 }, 'hidden', { value: 5 });
for (const code of ['Object.keys(globalThis)', 'const all = []; for (const key in this) all.push(key); all',
                    '["a", "hidden", "5", Symbol.for("q")].map((key) => Reflect.ownKeys(this).includes(key))'])
  attempt(`filled ${code}`, () => inContext(code, filled()));

const withAccessors = () => ({
  get g() { return 'got'; },
  set s(v) { this.stored = v; },
  get both() { return this.kept; },
  set both(v) { this.kept = v; },
});
for (const code of ['g', 'g = 1; g', '"use strict"; g = 1', 's = 1; s', 'both = 3; both', 'both = 3; kept',
                    'delete g; typeof g', 'Object.getOwnPropertyDescriptor(this, "g").get !== undefined'])
  attempt(code, () => inContext(code, withAccessors()));

const frozen = () => Object.freeze({ a: 1 });
for (const code of ['a = 2; a', '"use strict"; a = 2', 'b = 1; typeof b', 'delete a', 'var a = 5; a'])
  attempt(`frozen ${code}`, () => inContext(code, frozen()));
attempt('inherited', () => inContext('[a, "a" in this, Object.keys(this)]', Object.create({ a: 1 })));
attempt('own property of proto', () => inContext('a = 2; a', Object.create({ a: 1 })));
attempt('proxy', () => inContext('a', new Proxy({}, { get: (t, k) => (k === 'a' ? 'trapped' : t[k]) })));
attempt('self', () => {
  const sandbox = {};
  sandbox.self = sandbox;
  return inContext('self === globalThis', sandbox)[0];
});
attempt('shared objects', () => {
  const sandbox = { list: [] };
  inContext('list.push(1); inner = [2]', sandbox);
  const { inner } = sandbox;
  return [sandbox, inner instanceof Array, Array.isArray(inner), util.isDeepStrictEqual(sandbox.list, [1])];
});
attempt('isContext', () => [vm.isContext({}), vm.isContext(vm.createContext({})), vm.isContext(vm.createContext())]);
attempt('same object', () => { const o = {}; return vm.createContext(o) === o && vm.createContext(o) === o; });
attempt('not an object', () => vm.createContext(5));
attempt('no contextify', () => {
  const global = vm.createContext(vm.constants.DONT_CONTEXTIFY);
  return [vm.runInContext('globalThis', global) === global, vm.runInContext('x = 1; this.x', global), global.x];
});
attempt('no strings', () => vm.runInNewContext('eval("1")', {}, { contextCodeGeneration: { strings: false } }));
attempt('no wasm', () => vm.runInNewContext(
  'new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))', {},
  { contextCodeGeneration: { wasm: false } }));
attempt('own microtasks', () => {
  const log = [];
  vm.runInNewContext('Promise.resolve().then(() => log("inside"))', { log: (s) => log.push(s) },
                     { microtaskMode: 'afterEvaluate' });
  return log;
});
attempt('import()', () => vm.runInNewContext('import("fs")').catch((e) => console.log(e.code)));
attempt('timeout', () => vm.runInNewContext('for (;;);', {}, { timeout: 10 }));
attempt('timeout of microtasks', () => vm.runInNewContext(
  'Promise.resolve().then(() => { for (;;); })', {}, { timeout: 10, microtaskMode: 'afterEvaluate' }));
attempt('nested timeout', () => vm.runInNewContext(
  'run("for (;;);", {}, { timeout: 10 })', { run: vm.runInNewContext }, { timeout: 10000 }));
attempt('after a timeout', () => vm.runInNewContext('1 + 1', {}, { timeout: 1000 }));

let weak = 0;
for (let i = 0; i < 50; i++) {
  vm.runInNewContext('x = new Array(1000)', {});
  weak++;
}
console.log('made', weak);
