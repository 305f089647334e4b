'use strict';
// opendir in every form, and walks over trees: readdir recursive, glob, rm, cp.
const fs = require('fs');
const path = require('path');
require('../common/tmpdir');
const { run, step } = require('../common/show');

const call = (fn, ...args) => new Promise((resolve, reject) => {
  fn(...args, (e, v) => (e ? reject(e) : resolve(v)));
});
process.umask(0o022);
fs.mkdirSync('t/a/b', { recursive: true });
for (const f of ['t/1.js', 't/2.txt', 't/a/3.js', 't/a/b/4.js', 't/é']) fs.writeFileSync(f, f);
fs.symlinkSync('1.js', 't/link');
fs.mkdirSync('many');
for (let i = 0; i < 100; i++) fs.writeFileSync(`many/${i}`, '');
const entry = (d) => (d ? [d.name, d.parentPath, d.isDirectory(), d.isSymbolicLink()] : d);

for (const options of [undefined, { bufferSize: 1 }, { bufferSize: 1000 }, { encoding: 'hex' }, { recursive: true }]) {
  step(`opendir ${JSON.stringify(options)}`, async () => {
    const all = [];
    for await (const d of await fs.promises.opendir('t', options)) all.push(entry(d));
    const dir = fs.opendirSync('t', options);
    const sync = [];
    for (let d; (d = dir.readSync()) !== null;) sync.push(entry(d));
    dir.closeSync();
    const cb = await call(fs.opendir, 't', options ?? {});
    const callbacks = [];
    for (let d; (d = await call(cb.read.bind(cb))) !== null;) callbacks.push(entry(d));
    await call(cb.close.bind(cb));
    return [all, sync, callbacks].map((l) => l.sort());
  });
}
step('many entries', async () => {
  const seen = new Set();
  for await (const d of fs.opendirSync('many', { bufferSize: 7 })) seen.add(d.name);
  return seen.size;
});
step('opendirSync of nothing', () => fs.opendirSync('none'));
step('opendir of nothing', () => call(fs.opendir, 'none'));
step('promises.opendir of a file', () => fs.promises.opendir('t/1.js'));
step('closed twice', () => {
  const d = fs.opendirSync('t');
  d.closeSync();
  d.closeSync();
});
step('read after close', async () => {
  const d = await fs.promises.opendir('t');
  await d.close();
  return d.read();
});
step('sync during async', async () => {
  const d = fs.opendirSync('t');
  const p = d.read();
  try {
    d.readSync();
  } catch (e) {
    await p;
    d.closeSync();
    return e;
  }
});
step('reads in a row', async () => {
  const d = fs.opendirSync('t');
  const names = await Promise.all([d.read(), d.read(), d.read()]);
  await d.close();
  return names.map((e) => typeof e.name);
});
step('readdir recursive', async () => [
  fs.readdirSync('t', { recursive: true }).sort(),
  (await fs.promises.readdir('t', { recursive: true, withFileTypes: true })).map(entry).sort(),
  (await call(fs.readdir, 't', { recursive: true })).sort(),
]);
step('glob', async () => {
  const all = [];
  for await (const f of fs.promises.glob('t/**/*.js')) all.push(f);
  return [all.sort(), fs.globSync('t/*').sort(), (await call(fs.glob, 't/**', { exclude: ['**/a'] })).sort()];
});

const content = (path, s) => {
  if (s.isSymbolicLink()) return fs.readlinkSync(path);
  return s.isFile() ? fs.readFileSync(path, 'utf8') : '';
};
const tree = (p) => fs.readdirSync(p, { recursive: true }).sort().map((f) => {
  const s = fs.lstatSync(`${p}/${f}`);
  return `${f} ${s.mode.toString(8)} ${content(`${p}/${f}`, s)}`;
});
fs.chmodSync('t/1.js', 0o700);
const copies = {
  plain: { recursive: true },
  again: { recursive: true },
  'no force': { recursive: true, force: false },
  'error on exist': { recursive: true, force: false, errorOnExist: true },
  verbatim: { recursive: true, verbatimSymlinks: true },
  filtered: { recursive: true, filter: (s) => !s.includes('2') },
  times: { recursive: true, preserveTimestamps: true },
  'not recursive': {},
};
for (const [name, options] of Object.entries(copies)) {
  step(`cpSync ${name}`, () => {
    fs.cpSync('t', 'c1', options);
    return tree('c1');
  });
  step(`cp ${name}`, async () => {
    await fs.promises.cp('t', 'c2', options);
    return tree('c2');
  });
}
const single = [
  ['t', 't', { recursive: true }],
  ['t', 't/a/x', { recursive: true }],
  ['t', 't/1.js', { recursive: true }],
  ['t/1.js', 'many', {}],
  ['none', 'x', {}],
  ['t/1.js', 'new/deep/1.js', {}],
  ['t/link', 'l2', {}],
  ['t/1.js', 't/1.js', {}],
  ['t/1.js', 't/2.txt', { force: false }],
  ['t/1.js', 't/2.txt', { force: false, errorOnExist: true }],
];
for (const [src, dest, options] of single) {
  step(`cpSync ${src} ${dest}`, () => fs.cpSync(src, dest, options));
  step(`cp ${src} ${dest}`, () => fs.promises.cp(src, dest, options));
}
step('cp over a file', async () => {
  const all = [];
  fs.utimesSync('t/1.js', 1000, 2000);
  for (const copy of [fs.cpSync, fs.promises.cp]) {
    for (const options of [{}, { preserveTimestamps: true }, { preserveTimestamps: true, recursive: true }]) {
      fs.writeFileSync('over', 'something else');
      await copy(options.recursive ? 't' : 't/1.js', options.recursive ? 'c1' : 'over', options);
      const name = options.recursive ? 'c1/1.js' : 'over';
      all.push(fs.readFileSync(name).equals(fs.readFileSync('t/1.js')), fs.statSync(name).mtimeMs === 2000_000);
    }
  }
  return all;
});
step('cp of a link over a link', async () => {
  const all = [];
  fs.mkdirSync('ln/a', { recursive: true });
  fs.writeFileSync('ln/target', '');
  fs.writeFileSync('ln/other', '');
  fs.symlinkSync('../target', 'ln/a/link');
  for (const copy of [fs.cpSync, fs.promises.cp]) {
    fs.mkdirSync('ln/b', { recursive: true });
    fs.symlinkSync('../other', 'ln/b/link');
    await copy('ln/a', 'ln/b', { recursive: true });
    all.push(path.relative('.', fs.readlinkSync('ln/b/link')));
    fs.rmSync('ln/b', { recursive: true });
  }
  fs.rmSync('ln', { recursive: true });
  return all;
});
step('rm', async () => {
  fs.rmSync('c1', { recursive: true });
  await fs.promises.rm('c2', { recursive: true });
  await call(fs.rm, 'many', { recursive: true, maxRetries: 1 });
  return fs.readdirSync('.');
});
step('rmSync of a directory', () => fs.rmSync('t'));
step('rm of a directory', () => fs.promises.rm('t'));
step('rmSync of nothing', () => fs.rmSync('none'));
step('rm does not follow links', () => {
  fs.mkdirSync('r');
  fs.symlinkSync('../t', 'r/out');
  fs.rmSync('r', { recursive: true });
  return [fs.existsSync('r'), fs.existsSync('t/1.js')];
});
step('mkdtemp', async () => {
  const all = [fs.mkdtempSync('x-'), await call(fs.mkdtemp, 'x-'), await fs.promises.mkdtemp('x-')];
  all.push(fs.mkdtempSync('x-', 'buffer').toString());
  return all.map((n) => [n.slice(0, 2), n.length, fs.statSync(n).mode.toString(8)]);
});
step('mkdtempSync in nothing', () => fs.mkdtempSync('none/x-'));
step('mkdtemp in nothing', () => fs.promises.mkdtemp('none/x-').catch((e) => [e.code, e.syscall, e.path.slice(0, 7)]));
run();
