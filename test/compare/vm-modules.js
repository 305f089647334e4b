// Flags: --experimental-vm-modules --no-warnings
'use strict';
// vm.SourceTextModule and vm.SyntheticModule through their whole life.
const vm = require('vm');
const util = require('util');

async function attempt(label, fn) {
  try {
    console.log(label, util.inspect(await fn(), { depth: 1 }));
  } catch (e) {
    console.log(label, 'throws', e.name, e.code, e.message);
  }
}
const source = (text, options) => new vm.SourceTextModule(text, options);

(async () => {
  await attempt('life', async () => {
    const m = source('export let a = 1; export default a + 1', { identifier: 'm' });
    const states = [m.status];
    await m.link(() => {});
    states.push(m.status);
    states.push(await m.evaluate(), m.status, m.namespace, m.identifier, m.moduleRequests);
    return states;
  });
  await attempt('linked', async () => {
    const b = source('export const b = "b"; import { a } from "a"; export const readA = () => a;');
    const a = source('import { b, readA } from "b"; export const a = b + 1; export { readA }');
    const names = [];
    await a.link((specifier, referrer, { attributes }) => {
      names.push([specifier, referrer === a, { ...attributes }]);
      return specifier === 'b' ? b : a;
    });
    await a.evaluate();
    return [names, a.namespace.a, a.namespace.readA(), b.status];
  });
  await attempt('synthetic', async () => {
    const s = new vm.SyntheticModule(['x', 'default'], function() {
      this.setExport('x', 5);
      this.setExport('default', 'd');
    });
    const m = source('import d, { x } from "s"; export default [d, x]');
    await m.link(() => s);
    await m.evaluate();
    return [m.namespace.default, s.status, s.namespace];
  });
  await attempt('unknown export', async () => {
    const s = new vm.SyntheticModule(['x'], function() { this.setExport('y', 5); });
    await s.link(() => {});
    await s.evaluate();
  });
  await attempt('context', async () => {
    const context = vm.createContext({ out: [] });
    const m = source('out.push(typeof process, globalThis.out === out); export const c = 1', { context });
    await m.link(() => {});
    await m.evaluate();
    return [context.out, m.context === context];
  });
  await attempt('other context', async () => {
    const m = source('import "x"');
    await m.link(() => source('', { context: vm.createContext() }));
  });
  await attempt('not a module', async () => source('import "x"').link(() => ({})));
  await attempt('linker throws', async () => source('import "x"').link(() => { throw new Error('linker'); }));
  await attempt('missing name', async () => {
    const m = source('import { nope } from "x"', { identifier: 'm' });
    await m.link(() => source('export const yes = 1', { identifier: 'x' }));
  });
  await attempt('syntax', async () => source('a b'));
  await attempt('throws', async () => {
    const m = source('throw new Error("inside")');
    await m.link(() => {});
    await m.evaluate().catch((e) => console.log(e.message));
    return [m.status, m.error.message];
  });
  await attempt('awaits', async () => {
    const m = source('export let v = await new Promise((r) => globalThis.setTimeout(r, 1, 7))');
    await m.link(() => {});
    const p = m.evaluate();
    const before = m.status;
    await p;
    return [before, m.status, m.namespace.v, m.hasTopLevelAwait(), m.hasAsyncGraph()];
  });
  await attempt('timeout', async () => {
    const m = source('for (;;);');
    await m.link(() => {});
    await m.evaluate({ timeout: 10 });
  });
  await attempt('too early', async () => source('').evaluate());
  await attempt('namespace too early', async () => source('').namespace);
  await attempt('twice', async () => { const m = source(''); await m.link(() => {}); await m.link(() => {}); });
  await attempt('import.meta', async () => {
    const m = source('export default import.meta.note', { initializeImportMeta: (meta) => { meta.note = 'noted'; } });
    await m.link(() => {});
    await m.evaluate();
    return m.namespace.default;
  });
  await attempt('import()', async () => {
    const target = source('export const t = "target"');
    await target.link(() => {});
    await target.evaluate();
    const m = source('export default await import("t")', {
      importModuleDynamically: (specifier, referrer) => { console.log(specifier, referrer === m); return target; },
    });
    await m.link(() => {});
    await m.evaluate();
    return m.namespace.default;
  });
  await attempt('no importer', async () => {
    const m = source('await import("t")');
    await m.link(() => {});
    await m.evaluate();
  });
  await attempt('cached data', async () => {
    const data = source('export let a').createCachedData();
    return [Buffer.isBuffer(data), source('export let a', { cachedData: data }).status];
  });
  await attempt('rejected data', async () => source('export let a', { cachedData: Buffer.alloc(9) }));
  await attempt('inspect', async () => util.inspect(source('', { identifier: 'shown' })));
  await attempt('linkRequests', async () => {
    const m = source('import { n } from "n"; export default n');
    const n = source('export const n = 1');
    n.linkRequests([]);
    m.linkRequests([n]);
    m.instantiate();
    await m.evaluate();
    return m.namespace.default;
  });
})();
