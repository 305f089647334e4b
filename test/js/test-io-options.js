'use strict';
// --io chooses the back end, --io-stats prints counters at exit, --io-trace writes what Perfetto reads.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
require('../common/tmpdir');

function run(...args) {
  const { TORC_IO, ...env } = process.env;
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

const epoll = run('--io=epoll', '--io-stats', '-p', 'process.torc.io().backend');
assert.strictEqual(epoll.stdout, 'epoll\n');
assert.match(epoll.stderr, /^I\/O by epoll\n/);
assert.match(epoll.stderr, /^ +polls +\d+$/m);
assert.strictEqual(epoll.status, 0);

assert.strictEqual(run('--io=kqueue', '-p', '1').status, 9);

const program = `
  const s = require('net').createServer((c) => c.end('x')).listen(0, () => {
    require('net').connect(s.address().port).resume().on('end', () => s.close());
  });`;
const traced = run('--io-trace=trace.json', '-e', program);
assert.strictEqual(traced.status, 0, traced.stderr);
assert.strictEqual(traced.stderr, '');
const events = JSON.parse(fs.readFileSync('trace.json', 'utf8')).traceEvents;
const open = new Map();
for (const e of events) {
  if (e.ph === 'b') open.set(e.id, e);
  if (e.ph === 'e') assert.ok(open.delete(e.id), `${e.name} ended and never began`);
}
assert.deepStrictEqual([...open.values()].map((e) => e.name), [], 'began and never ended');
for (const name of ['accept', 'connect', 'recv', 'close', 'poll', 'wait'])
  assert.ok(events.some((e) => e.name === name), name);
assert.ok(events.some((e) => e.ph === 'X' && e.dur > 0));

const failed = run('--io-trace=/nowhere/trace', '-p', '1');
assert.strictEqual(failed.status, 0);
assert.match(failed.stderr, /cannot write the trace '\/nowhere\/trace': No such file/);
