// An ES module as the entry point: every kind of import, live bindings, import.meta, await.
import fs, { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'module';
import * as live from '../fixtures/modules/live.mjs';
import { x, increment } from '../fixtures/modules/live.mjs';
import { readX } from '../fixtures/modules/cycle.mjs';
import names, { foo, bar } from '../fixtures/modules/names.cjs';
import * as reexport from '../fixtures/modules/reexport.cjs';
import fn from '../fixtures/modules/function.cjs';
import data from '../fixtures/modules/data.json' with { type: 'json' };
import thing, { named } from '../fixtures/modules/default-class.mjs';
import pkg from '../fixtures/modules/pkg/lib/main.js';

const at = (name) => new URL(`../fixtures/modules/${name}`, import.meta.url).href;
const attempt = async (label, promise) => {
  try {
    console.log(label, await promise);
  } catch (e) {
    console.log(label, 'throws', e.name, e.code, e.message);
  }
};

console.log(fs.readFileSync === readFileSync, isBuiltin('fs'));
console.log(live, x, readX());
increment();
console.log(x, live.x, readX());
console.log(names, foo, bar, reexport, fn, data, thing, named, pkg);
console.log(Object.keys(import.meta), import.meta.main);
console.log([import.meta.url, import.meta.filename, import.meta.dirname, import.meta.resolve('./x.mjs')]);
console.log(this, typeof require, typeof module, typeof exports, typeof __filename);
console.log(Object.prototype.toString.call(live), Reflect.ownKeys(live), Object.isFrozen(live));
await attempt('assign', (async () => { live.x = 5; })());

const load = createRequire(import.meta.url);
console.log(load('../fixtures/modules/names.cjs') === names);
console.log(load('../fixtures/modules/live.mjs') === await import(at('live.mjs')));

await attempt('same', import(at('live.mjs')).then((ns) => ns === live));
await attempt('other query', import(at('live.mjs?1')).then((ns) => ns === live));
await attempt('data url', import('data:text/javascript,export default import.meta.url'));
await attempt('json url', import('data:application/json,{"a":1}', { with: { type: 'json' } }));
await attempt('no attribute', import(at('data.json')));
await attempt('wrong attribute', import(at('live.mjs'), { with: { type: 'json' } }));
await attempt('unknown attribute', import(at('live.mjs'), { with: { nope: 'x' } }));
await attempt('missing file', import('./nope.mjs'));
await attempt('missing package', import('nope-nope'));
await attempt('missing builtin', import('node:nope'));
await attempt('directory', import('../fixtures/modules/'));
await attempt('unknown scheme', import('foo:bar'));
await attempt('syntax error', import(at('syntax.mjs')));
await attempt('missing name', import(at('missing-name.mjs')));
await attempt('missing cjs name', import(at('missing-cjs-name.mjs')));
await attempt('throws', import(at('throws.mjs')));
await attempt('throws again', import(at('throws.mjs')));
await attempt('awaits', import(at('awaits.mjs')));
await attempt('detected', import(at('detected.js')));
await attempt('typed', import(at('typed/wrong.js')));
await attempt('symbol', (async () => import(Symbol('x')))());
await attempt('object', import({ toString: () => at('live.mjs') }).then((ns) => ns === live));
// eslint-disable-next-line no-eval
await attempt('eval', (0, eval)(`import(${JSON.stringify(at('live.mjs'))})`).then((ns) => ns === live));
await attempt('new Function', new Function('url', 'return import(url)')(at('live.mjs')).then((ns) => ns === live));
await new Promise((resolve) => setTimeout(resolve, 1));
console.log('after a timer');
await new Promise((resolve) => setImmediate(resolve));
console.log('after an immediate');
