'use strict';
// CommonJS: require() of ES modules, import(), packages with exports, builtin loading.
const Module = require('module');
const path = require('path');
const fixtures = path.join(__dirname, '..', 'fixtures', 'modules');
const at = (name) => path.join(fixtures, name);

function attempt(label, fn) {
  try {
    console.log(label, fn());
  } catch (e) {
    console.log(label, 'throws', e.name, e.code, e.message.split('\n')[0]);
  }
}

attempt('esm', () => require(at('live.mjs')));
attempt('esm again', () => require(at('live.mjs')) === require(at('live.mjs')));
attempt('no default', () => require(at('cycle.mjs')));
attempt('default class', () => require(at('default-class.mjs')));
attempt('module.exports', () => require(at('module-exports.mjs')));
attempt('detected', () => require(at('detected.js')));
attempt('awaits', () => require(at('awaits.mjs')));
attempt('syntax', () => require(at('syntax.mjs')));
attempt('missing name', () => require(at('missing-name.mjs')));
attempt('throws', () => require(at('throws.mjs')));
attempt('throws again', () => require(at('throws.mjs')));
attempt('typed', () => require(at('typed/wrong.js')));
attempt('json', () => require(at('data.json')));
attempt('missing', () => require('./nope'));
attempt('package', () => require(at('pkg/lib/main.js')));
const inPackage = Module.createRequire(at('pkg/lib/main.js'));
for (const id of ['pkg', 'pkg/sub', 'pkg/x/esm', 'pkg/private', 'pkg/nope', '#self', '#dep', '#nope', 'dep'])
  attempt(id, () => inPackage(id));
attempt('resolve', () => path.relative(fixtures, inPackage.resolve('pkg/sub')));
attempt('builtin', () => require('node:fs') === require('fs'));
attempt('builtin only with scheme', () => require('test'));
attempt('unknown builtin', () => require('node:nope'));
attempt('wrapper', () => Module.wrap('x'));
attempt('_compile', () => {
  const m = new Module('made', module);
  m._compile('module.exports = [typeof require, __filename, this === exports]', '/made.js');
  return m.exports;
});
attempt('_compile syntax', () => new Module('made')._compile('a b', '/made.js'));
attempt('findPackageJSON', () => path.relative(fixtures, Module.findPackageJSON('.', at('pkg/lib/main.js'))));

(async () => {
  console.log('import()', (await import(at('names.cjs'))).default === require(at('names.cjs')));
  console.log('namespace', await import(at('reexport.cjs')));
  console.log('required first', (await import(at('live.mjs'))) === require(at('live.mjs')));
  await import(at('awaits.mjs')).then((ns) => console.log('awaited', ns));
  await import(at('throws.mjs')).catch((e) => console.log('caught', e.message));
  await import(at('nope.mjs')).catch((e) => console.log('missing', e.code));
  console.log(require.main === module, process.mainModule === module, module.children.length > 0);
})();
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('microtask'));
