'use strict';
// The compile cache only saves time: with files that are cut, damaged or of another text a program runs the
// same, and they are replaced. It holds the functions that have run, and what lies in a directory of another
// user is left alone.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { dir } = require('../common/tmpdir');

const base = path.join(dir, 'cache');

function run(file, flags = []) {
  const env = { ...process.env, NODE_COMPILE_CACHE: base, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file], { env, encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
  return { stdout, stderr };
}

function cacheFiles() {
  const [sub] = fs.readdirSync(base);
  return fs.readdirSync(path.join(base, sub)).map((name) => path.join(base, sub, name));
}

function writes(stderr) {
  return stderr.split('\n').filter((line) => /writing cache .*success$/.test(line)).length;
}

// As long a text as makes a difference if its code is in the cache.
const body = Array.from({ length: 200 }, (_, i) => `x = x * ${i} + ${i};`).join('\n');
fs.writeFileSync('used.js', `exports.used = function used(x) {\n${body}\nreturn x; };`);
fs.writeFileSync('main.mjs', `import { used } from './used.js';\nconsole.log(used(1) !== 0);`);
const first = run('main.mjs');
assert.strictEqual(first.stdout, 'true\n');
assert.strictEqual(writes(first.stderr), 2);
const files = cacheFiles();
assert.strictEqual(files.length, 2);
const full = Math.max(...files.map((file) => fs.statSync(file).size));
fs.writeFileSync('idle.js', `exports.used = function used(x) {\n${body}\nreturn x; };`);
run('idle.js');
const idle = cacheFiles().find((file) => !files.includes(file));
assert(fs.statSync(idle).size * 2 < full);

assert.strictEqual(writes(run('main.mjs').stderr), 0);
for (const damage of [
  (data) => data.subarray(0, data.length >> 1),
  (data) => Buffer.alloc(0),
  (data) => { data[data.length - 9] ^= 1; return data; },
  (data) => { data[0] ^= 1; return data; },
]) {
  for (const file of files) fs.writeFileSync(file, damage(fs.readFileSync(file)));
  const { stdout, stderr } = run('main.mjs');
  assert.strictEqual(stdout, 'true\n');
  assert.strictEqual(writes(stderr), 2);
  assert.strictEqual(writes(run('main.mjs').stderr), 0);
}

// V8 may have thrown away the code of what it will not need again.
fs.rmSync(base, { recursive: true });
fs.writeFileSync('flushed.js', `require('./used.js').used(1);\nfor (let i = 0; i < 9; i++) gc();\nconsole.log(1);`);
const flags = ['--expose-gc', '--stress-flush-code', '--flush-bytecode'];
assert.strictEqual(writes(run('flushed.js', flags).stderr), 2);
assert.match(run('flushed.js', flags).stderr, /used\.js was accepted/);
assert.strictEqual(run('flushed.js', flags).stdout, '1\n');

if (process.getuid() === 0) {
  const [sub] = fs.readdirSync(base);
  fs.chownSync(path.join(base, sub), 1, 1);
  const { stdout, stderr } = run('main.mjs', flags);
  assert.strictEqual(stdout, 'true\n');
  assert.match(stderr, /creating cache directory .*operation not permitted/);
}
