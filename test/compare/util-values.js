'use strict';
// What internalBinding('util') and ('types') answer: kinds of values, util.inspect's looks inside, parseEnv.
const util = require('util');
const vm = require('vm');
const { run, step } = require('../common/show');

const key = {}; // held, so that no collection empties the weak ones
class Sub extends Map {}
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const iterated = new Map([[1, { a: 2 }], ['k', [3]]]);
const values = {
  undefined, null: null, number: -0, bigint: 10n, string: 'x\u0007é\ud800', symbol: Symbol('s'), date: new Date(0),
  badDate: new Date(NaN), regexp: /a\/b/giu,
  map: iterated, set: new Set([1, { a: 1 }]), sub: new Sub([[1, 2]]), keys: iterated.keys(),
  entries: iterated.entries(), setValues: new Set([5]).values(),
  setEntries: new Set([5]).entries(), weakMap: new WeakMap([[key, 1]]), weakSet: new WeakSet([key]),
  weakRef: new WeakRef(key), proxy: new Proxy({ a: 1 }, { get: () => 5 }),
  functionProxy: new Proxy(function f() {}, {}), revoked: revoked.proxy, generator: function* g() {},
  generatorObject: (function* () {})(), async: async () => {},
  asyncGenerator: async function* ag() {}, promise: Promise.resolve(5), pending: new Promise(() => {}),
  args: (function () { return arguments; })(1, 2),
  boxed: [Object(1), Object('s'), Object(true), Object(2n), Object(Symbol('b')), Object(-0)], ab: new ArrayBuffer(3),
  sab: new SharedArrayBuffer(3), sharedView: new Uint8Array(new SharedArrayBuffer(2)),
  view: new DataView(new ArrayBuffer(2)),
  u8: new Uint8Array(3), big: new BigInt64Array(2), buffer: Buffer.from('abc'), module: null,
  error: new RangeError('bad'),
  nullProto: Object.create(null, { x: { value: 1, enumerable: true } }), klass: class A { static s = 1; },
  extended: class B extends Sub {}, nested: { a: { b: { c: { d: 1 } } } },
  array: [1, , 3], long: Array.from({ length: 120 }, (_, i) => i), extra: Object.assign([1], { x: 2, '-1': 3 }),
  getters: { get a() { return 1; }, set a(v) {}, get b() { return 2; } },
  symbols: { [Symbol('k')]: 1, [Symbol.toStringTag]: 'Tag' }, circular: null,
  instance: new (class Foo { #p = 1; q = 2; })(), anonymous: new (class {})(), foreign: vm.runInNewContext('({a:[1]})'),
  foreignError: vm.runInNewContext('new TypeError("t")'), wasm: new WebAssembly.Memory({ initial: 1 }),
  global: typeof globalThis, sparse: Object.assign([], { 5: 1 }),
  inherits: Object.create(new Sub()), aggregate: new AggregateError([new Error('x')], 'several'),
  cause: new Error('outer', { cause: 'why' }), url: new URL('http://a/'),
};
values.circular = { self: null, list: [] };
values.circular.self = values.circular;
values.circular.list.push(values.circular);
revoked.proxy2 = 0;

// Stacks name files of the runtime, which differ.
const withoutStacks = (text) => text.replace(/\n *(\u001b\[90m)? +at [^\n]*/g, '');
for (const [name, v] of Object.entries(values)) {
  for (const options of [{}, { showHidden: true }, { showProxy: true, depth: 0 }, { depth: Infinity, compact: false,
    sorted: true, getters: true, colors: true }]) {
    step(`inspect ${name} ${JSON.stringify(options)}`, () => withoutStacks(util.inspect(v, options)));
  }
  step(`types ${name}`, () => Object.keys(util.types).filter((k) => {
    try {
      return util.types[k](v);
    } catch (e) {
      return e.code;
    }
  }));
  step(`equal ${name}`, () => [util.isDeepStrictEqual(v, v), util.isDeepStrictEqual(v, values.map),
    util.inspect(util.types) === util.inspect(util.types)]);
}
step('width', () => ['あいう', 'e\u0301', '±', '👨‍👩‍👧', '\u200b', 'ﾊ', '🇩🇪', '❤️',
  '\u00ad', '①'].map((s) => util.inspect(new Array(8).fill(s), { breakLength: 40 })));

const texts = ['b=1\na=2', '=x\nA=1', 'A=1\r\nB=2\r\n', 'A="x"y\nB=2', 'A="x', 'A=\'x\\ny\'', 'A="a\\tb"', 'A=x#y',
  'A="x#y"#z', 'export A=1\nexport  B=2\nexport\tC=2', 'A B=2',
               'A=\'\nB=2', 'A=`x\'"y`', ' #x=1\nA=2', 'A=1 \t\nB=\t2', 'A="x" # c "d"\nB=1', 'a=1\na=2', 'A="x\r\ny"',
               'A= #c\nB=1', 'A="a"\\nB=3', '1=2\n0=1', '', 'A', 'A=\n\n\nB=1', 'A="a\\\\nb"', 'A=é\nß=2',
               'export =1', 'A="b\nC=d" e\nF=1', 'A="1"\n \n#\n\n  B = 3  \n', '__proto__=1', 'A=`a\nb`\nC=\'d\ne\'',
               'A==b', 'A=$B\nB=${A}'];
for (const text of texts) step(`parseEnv ${JSON.stringify(text)}`, () => util.parseEnv(text));
step('parseEnv of a number', () => util.parseEnv(1));

const here = (site) => [site.functionName, site.scriptName?.replace(/.*\//, ''), site.lineNumber, site.column,
  typeof site.scriptId];
function outer(count) {
  return util.getCallSites(count).map(here);
}
step('call sites', () => [outer(1), outer(2)]);
for (const bad of [0, 201, 1.5, 'x']) step(`call sites ${bad}`, () => util.getCallSites(bad));
step('lazy properties', () => {
  const names = ['TextDecoder', 'parseArgs', 'MIMEType'];
  const before = names.map((n) => Object.getOwnPropertyDescriptor(util, n)).map((d) => [typeof d.value, d.writable,
    d.enumerable, d.configurable]);
  return [before, new util.MIMEType('a/b').type];
});
step('errors by number', () => [util.getSystemErrorName(-2), util.getSystemErrorName(-2000),
  util.getSystemErrorMessage?.(-13), util.getSystemErrorMap().size, [...util.getSystemErrorMap()][5]]);
step('strings', () => [util.toUSVString('a\ud800b'), util.stripVTControlCharacters('\u001b[31mx\u001b[0m'),
  util.styleText('red', 'x')]);
run();
