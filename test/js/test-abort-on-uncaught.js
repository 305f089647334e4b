'use strict';
// --abort-on-uncaught-exception: what a program handles does not abort it, what nothing handles does.

const assert = require('assert');
const { spawnSync } = require('child_process');

function run(program) {
  const { status, signal } = spawnSync(process.execPath, ['--abort-on-uncaught-exception', '-e', program]);
  return signal ?? status;
}

const PASSES = [
  "try { throw new Error('x') } catch {}",
  "try { new (require('vm').Script)('[') } catch {}",
  "process.setUncaughtExceptionCaptureCallback(() => {}); throw new Error('x')",
];
for (const program of PASSES) assert.strictEqual(run(program), 0, program);

const ABORTS = [
  "throw new Error('x')",
  "setTimeout(() => { throw new Error('x') })",
  "process.on('uncaughtException', () => {}); throw new Error('x')",
];
for (const program of ABORTS) assert.strictEqual(typeof run(program), 'string', program);

const inDomain = (handler) => `const d = require('domain').create(); d.on('error', () => { ${handler} });
  d.run(() => process.nextTick(() => { throw new Error('x') }));`;
assert.strictEqual(run(inDomain('')), 0);
assert.strictEqual(typeof run(inDomain("throw new Error('y')")), 'string');
