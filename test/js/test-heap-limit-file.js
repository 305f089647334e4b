'use strict';
// --heapsnapshot-near-heap-limit and v8.setHeapSnapshotNearHeapLimit(): a program that runs out of memory leaves at
// most so many snapshots, in the folder it names; so does a thread, which then ends as without them.
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const grow = `
  const kept = [];
  setImmediate(function grow() {
    for (let i = 0; i < 1000; i++) kept.push(new Array(100).fill(i));
    setImmediate(grow);
  });`;
const inThread = `
  const { Worker } = require('worker_threads');
  new Worker(${JSON.stringify(`require('v8').setHeapSnapshotNearHeapLimit(1); ${grow}`)},
             { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } })
    .on('error', (error) => console.log(error.code));`;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-test-'));
try {
  run('2', ['--max-old-space-size=16', '--heapsnapshot-near-heap-limit=2', `--diagnostic-dir=${dir}`, '-e', grow]);
  run('thread', [`--diagnostic-dir=${dir}`, '-e', inThread]);
  refuses('--heapsnapshot-near-heap-limit=-1');
} finally {
  fs.rmSync(dir, { recursive: true });
}

function run(name, args) {
  const { pid, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const files = fs.readdirSync(dir);
  const told = stderr.match(/^Wrote snapshot to (.*)$/gm) ?? [];
  assert.deepStrictEqual(told.map((line) => path.basename(line)).sort(), files.sort(), stderr);
  const thread = name === 'thread' ? 1 : 0;
  assert(files.length >= 1 && files.length <= 2 - thread, `${name}: ${files}`);
  for (const file of files) {
    assert.match(file, new RegExp(`^Heap\\.\\d{8}\\.\\d{6}\\.${pid}\\.${thread}\\.\\d{3}\\.heapsnapshot$`));
    const { nodes, snapshot } = JSON.parse(fs.readFileSync(path.join(dir, file)));
    assert(nodes.length / snapshot.meta.node_fields.length === snapshot.node_count && snapshot.node_count > 10_000);
    fs.rmSync(path.join(dir, file));
  }
  if (thread) {
    assert.strictEqual(stdout, 'ERR_WORKER_OUT_OF_MEMORY\n', stderr);
  } else {
    assert.strictEqual(signal, 'SIGABRT', stderr);
  }
}

function refuses(option) {
  const { status, stderr } = spawnSync(process.execPath, [option, '-e', '0'], { encoding: 'utf8' });
  assert.strictEqual(status, 9);
  assert.match(stderr, /--heapsnapshot-near-heap-limit must not be negative/);
}
