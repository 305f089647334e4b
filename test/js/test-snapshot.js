'use strict';
// The snapshot only saves time: a program runs the same with one that is absent, cut, damaged or made by
// another executable, and with options that it does not fit. Only the right one is used.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { dir } = require('../common/tmpdir');

const snapshot = fs.readFileSync(`${process.execPath}.snapshot`);
const torc = path.join(dir, 'torc');
fs.copyFileSync(process.execPath, torc);
fs.writeFileSync('program.js', `
  const { internalBinding } = require('internal/test/binding');
  const { compiledWithoutCache } = internalBinding('builtins').getCacheUsage();
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  const clone = structuredClone({ a: new Map([[1, new Date(5)]]), url: String(new URL('http://a/b?c#d')) });
  const fs = require('fs');
  console.log(JSON.stringify({
    booted: !compiledWithoutCache.has('internal/bootstrap/realm'),
    // State that C keeps for bindings of the bootstrap.
    clone: [clone.a.get(1).getTime(), clone.url],
    port: port1 instanceof MessagePort,
    decoded: new TextDecoder('utf-16le').decode(new Uint8Array([65, 0, 66, 0])),
    encoded: new TextEncoder().encodeInto('\\u20ac', new Uint8Array(3)),
    size: fs.statSync(__filename).size === fs.readFileSync(__filename).length,
    module: require('module').builtinModules.includes('fs'),
    context: require('vm').runInNewContext('[typeof process, Object.keys(this)]', { x: 1 }),
    time: process.hrtime()[0] > 0 && process.hrtime.bigint() > 0n,
    // What differs from process to process.
    pid: process.pid, argv: process.argv.slice(2), execArgv: process.execArgv, title: process.title,
    variable: process.env.TORC_TEST, origin: Date.now() - performance.timeOrigin,
  }));
  setTimeout(() => process.nextTick(() => setImmediate(() => Promise.resolve().then(() => {
    process.exitCode = 3;
  }))), 1);`);

// Runs the program with these bytes as the snapshot; true if it was used.
function run(bytes, options = []) {
  fs.rmSync(`${torc}.snapshot`, { force: true });
  if (bytes) fs.writeFileSync(`${torc}.snapshot`, bytes);
  const args = ['--expose-internals', '--no-warnings', '--title=T', ...options, 'program.js', 'argument'];
  const child = spawnSync(torc, args, { encoding: 'utf8', env: { ...process.env, TORC_TEST: String(options) } });
  assert.strictEqual(child.status, 3, child.stderr);
  const { booted, pid, origin, ...rest } = JSON.parse(child.stdout);
  assert.strictEqual(pid, child.pid);
  assert(origin >= 0 && origin < 60000, `time origin ${origin} ms ago`);
  assert.deepStrictEqual(rest, {
    clone: [5, 'http://a/b?c#d'],
    port: true,
    decoded: 'AB',
    encoded: { read: 1, written: 3 },
    size: true,
    module: true,
    context: ['undefined', ['x']],
    time: true,
    argv: ['argument'],
    execArgv: args.slice(0, -2),
    title: 'T',
    variable: String(options),
  });
  return booted;
}

function changed(off) {
  const bytes = Buffer.from(snapshot);
  bytes[off] ^= 1;
  return bytes;
}

assert(run(snapshot), 'the snapshot is used');
assert(!run(null), 'no file');
assert(!run(Buffer.alloc(0)), 'empty');
assert(!run(Buffer.alloc(4096, 'x')), 'another format');
for (const off of [0, 8, 12, 16, 24, 40, 60, 100, 1000, snapshot.length >> 2])
  assert(!run(changed(off)), `damaged at ${off}`);
for (const length of [100, snapshot.length >> 2])
  assert(!run(snapshot.subarray(0, length)), `cut at ${length}`);
assert(!run(snapshot, ['--no-node-snapshot']), 'not wanted');
assert(!run(snapshot, ['--stack-size=900']), 'other options of V8');
assert(run(snapshot, ['--stack-trace-limit=5']), 'an option that V8 does not get');

// A snapshot of another executable, whole and undamaged.
const other = fs.readFileSync(torc);
const id = other.indexOf(snapshot.subarray(snapshot.indexOf('TORCSNP1'))
  .subarray(8, 28));
assert(id > 0);
other[id] ^= 1;
fs.writeFileSync(torc, other);
assert(!run(snapshot), 'of another executable');
