'use strict';
// vm.Script and vm.compileFunction: results, code cache, errors with their source lines.
const vm = require('vm');
const util = require('util');

function attempt(label, fn) {
  try {
    console.log(label, util.inspect(fn(), { depth: 1 }));
  } catch (e) {
    const head = typeof e?.stack === 'string' ? e.stack.split('\n    at ')[0] : String(e);
    console.log(label, 'throws', e?.code, head);
  }
}

attempt('value', () => new vm.Script('1 + 1').runInThisContext());
attempt('twice', () => {
  const s = new vm.Script('n = (globalThis.n ?? 0) + 1');
  return [s.runInThisContext(), s.runInThisContext()];
});
attempt('own properties', () => Object.keys(new vm.Script('1\n//# sourceMappingURL=x.map')));
attempt('source map', () => new vm.Script('1\n//# sourceMappingURL=x.map').sourceMapURL);
const source = 'function add(a, b) { return a + b; } add(1, 2)';
const made = new vm.Script(source, { produceCachedData: true });
attempt('produced', () => [made.cachedDataProduced, Buffer.isBuffer(made.cachedData), made.cachedData.length > 0]);
const cachedData = new vm.Script(source).createCachedData();
attempt('accepted', () => {
  const s = new vm.Script(source, { cachedData });
  return [s.cachedDataRejected, s.runInThisContext()];
});
attempt('other source', () => new vm.Script(`${source};`, { cachedData }).cachedDataRejected);
attempt('damaged', () => new vm.Script(source, { cachedData: Buffer.from('nonsense') }).cachedDataRejected);
attempt('empty', () => new vm.Script(source, { cachedData: Buffer.alloc(0) }).cachedDataRejected);
attempt('view', () => {
  const view = new DataView(cachedData.buffer, cachedData.byteOffset, cachedData.length);
  return new vm.Script(source, { cachedData: view }).cachedDataRejected;
});

attempt('syntax', () => new vm.Script('a b', { filename: 'f.js' }));
attempt('syntax, offsets', () => new vm.Script('\n  a b', { filename: 'f.js', lineOffset: 10, columnOffset: 5 }));
attempt('early error', () => new vm.Script('let a; let a', 'f.js'));
attempt('throws', () => vm.runInThisContext('\nthrow new TypeError("boom")', 'f.js'));
attempt('no display', () => vm.runInThisContext('throw new Error("boom")', { filename: 'f.js', displayErrors: false }));
attempt('throws 5', () => vm.runInThisContext('throw 5', 'f.js'));
attempt('throws null', () => vm.runInThisContext('throw null', 'f.js'));
attempt('hidden line', () => vm.runInThisContext('throw new Error("x") // node-do-not-add-exception-line', 'f.js'));
attempt('timeout', () => vm.runInThisContext('for (;;);', { timeout: 10 }));
attempt('bad options', () => new vm.Script('1', { cachedData: 5 }));
attempt('bad name', () => new vm.Script('1', { filename: 5 }));
attempt('unbound receiver', () => vm.Script.prototype.runInContext.call({}, vm.createContext()));

attempt('function', () => vm.compileFunction('return a + b', ['a', 'b'])(1, 2));
attempt('function text', () => vm.compileFunction('return a', ['a']).toString());
attempt('extensions', () =>
  vm.compileFunction('return [x, y]', [], { contextExtensions: [{ x: 1 }, { x: 2, y: 3 }] })());
attempt('parsing context', () =>
  vm.compileFunction('return typeof inner', [], { parsingContext: vm.createContext({ inner: 1 }) })());
attempt('function syntax', () => vm.compileFunction('a b', [], { filename: 'f.js' }));
attempt('function cache', () => {
  const f = vm.compileFunction('return 1', [], { produceCachedData: true });
  const again = vm.compileFunction('return 1', [], { cachedData: f.cachedData });
  return [f.cachedDataProduced, again.cachedDataRejected, again()];
});

const importer = (specifier) => { console.log('asked for', specifier); return import(specifier); };
(async () => {
  const run = (code, options) => vm.runInThisContext(code, options).then(
    (ns) => console.log(Object.keys(ns).length > 0), (e) => console.log(e.code, e.message));
  await run('import("path")', {});
  await run('import("path")', { importModuleDynamically: importer });
  await run('import("path")', { importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
  await vm.measureMemory({ execution: 'eager' }).then((m) => console.log(Object.keys(m), m.total.jsMemoryEstimate > 0));
})();
