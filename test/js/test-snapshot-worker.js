'use strict';
// Workers have a snapshot of their own in the same file. They start from it, wherever they come from, and
// know who they are; without it they do the same, only slower.
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
  const { Worker, isMainThread, isInternalThread, threadId, threadName, resourceLimits, parentPort } =
    require('worker_threads');
  const { compiledWithoutCache } = internalBinding('builtins').getCacheUsage();
  const self = {
    booted: !compiledWithoutCache.has('internal/bootstrap/realm'),
    isMainThread, isInternalThread, threadId, threadName, limit: resourceLimits.maxOldGenerationSizeMb,
    chdir: process.chdir.name, title: Object.hasOwn(Object.getOwnPropertyDescriptor(process, 'title'), 'value'),
    decoded: new TextDecoder('utf-16le').decode(new Uint8Array([65, 0, 66, 0])),
    size: require('fs').statSync(__filename).size > 0, variable: process.env.TORC_TEST, pid: process.pid,
    argv: process.argv.slice(2), origin: Date.now() - performance.timeOrigin < 60000,
  };
  if (threadId === 2) {
    parentPort.postMessage([self]);
  } else {
    new Worker(__filename, { argv: ['of worker'], name: 'deep', resourceLimits: { maxOldGenerationSizeMb: 60 } })
      .on('message', (inner) => {
        if (isMainThread) console.log(JSON.stringify(inner));
        else parentPort.postMessage([self, ...inner]);
      });
  }`);

// Runs the program with these bytes as the snapshot; true if its two workers used it.
function run(bytes, options = []) {
  fs.rmSync(`${torc}.snapshot`, { force: true });
  if (bytes) fs.writeFileSync(`${torc}.snapshot`, bytes);
  const child = spawnSync(torc, ['--expose-internals', '--no-warnings', ...options, 'program.js'],
                          { encoding: 'utf8', env: { ...process.env, TORC_TEST: 'given' } });
  assert.strictEqual(child.status, 0, child.stderr);
  const selves = JSON.parse(child.stdout);
  for (const [index, { booted, ...rest }] of selves.entries()) {
    assert.strictEqual(booted, selves[0].booted);
    assert.deepStrictEqual(rest, {
      isMainThread: false, isInternalThread: false, threadId: index + 1, threadName: 'deep', limit: 60,
      chdir: 'unavailableInWorker', title: true, decoded: 'AB', size: true, variable: 'given', pid: child.pid,
      argv: ['of worker'], origin: true,
    });
  }
  assert.strictEqual(selves.length, 2);
  return selves[0].booted;
}

assert(run(snapshot), 'the snapshot is used');
assert(run(snapshot, ['--stack-trace-limit=5']), 'an option that V8 does not get');
const damaged = Buffer.from(snapshot);
damaged[snapshot.length - 1] ^= 1;
assert(!run(damaged), "the workers' part is damaged");
assert(!run(snapshot.subarray(0, snapshot.length - 1)), 'cut');
assert(!run(null), 'no file');
assert(!run(snapshot, ['--no-node-snapshot']), 'not wanted');
