'use strict';
// The code cache only saves time: a program runs the same with one that is absent, cut, damaged, or made
// for another library, another V8 or another snapshot. Only the right one is used.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { dir } = require('../common/tmpdir');

const cache = fs.readFileSync(`${process.execPath}.codecache`);
const torc = path.join(dir, 'torc');
fs.copyFileSync(process.execPath, torc);
fs.copyFileSync(`${process.execPath}.snapshot`, `${torc}.snapshot`);
fs.writeFileSync('program.js', `
  const { internalBinding } = require('internal/test/binding');
  const builtins = internalBinding('builtins');
  const { compiledWithCache, compiledWithoutCache } = builtins.getCacheUsage();
  console.log(JSON.stringify({
    cached: builtins.hasCachedBuiltins(),
    hits: [...compiledWithCache].length,
    misses: [...compiledWithoutCache],
    sum: require('url').parse('http://a:80/b').port / 2 + 2,
  }));`);

// Runs the program with these bytes as the cache.
function run(bytes) {
  fs.rmSync(`${torc}.codecache`, { force: true });
  if (bytes) fs.writeFileSync(`${torc}.codecache`, bytes);
  // What is in the snapshot is not compiled at all.
  const args = ['--no-node-snapshot', '--expose-internals', '--no-warnings', 'program.js'];
  const child = spawnSync(torc, args, { encoding: 'utf8' });
  assert.strictEqual(child.status, 0, child.stderr);
  const result = JSON.parse(child.stdout);
  assert.strictEqual(result.sum, 42);
  return result;
}

function changed(off) {
  const bytes = Buffer.from(cache);
  bytes[off] ^= 1;
  return bytes;
}

const good = run(cache);
assert(good.cached && good.hits > 50, JSON.stringify(good));
assert.deepStrictEqual(good.misses, []);

const unusable = {
  'no file': null,
  'empty file': Buffer.alloc(0),
  'another format': Buffer.alloc(4096, 'x'),
  'another magic number': changed(0),
  "another V8's": changed(8),
  'another number of modules': changed(12),
  "another library's": changed(16),
  'damaged header': changed(24),
  'damaged table': changed(40),
  'cut in the table': cache.subarray(0, 100),
};
for (const [name, bytes] of Object.entries(unusable)) {
  const result = run(bytes);
  assert.strictEqual(result.cached, false, name);
  assert.strictEqual(result.hits, 0, name);
}

fs.renameSync(`${torc}.snapshot`, 'snapshot');
const alone = run(cache);
assert.strictEqual(alone.hits, 0);
assert.strictEqual(alone.misses.length, good.hits);
fs.renameSync('snapshot', `${torc}.snapshot`);

// Damage in the data costs the modules it hits.
const damaged = Buffer.from(cache);
for (let off = cache.length >> 1; off < cache.length; off += 512) damaged[off] ^= 1;
for (const bytes of [damaged, cache.subarray(0, cache.length >> 1)]) {
  const result = run(bytes);
  assert(result.hits > 0 && result.misses.length > 0, JSON.stringify(result));
  assert.strictEqual(result.hits + result.misses.length, good.hits);
}
