/* --threads says what is wrong with it; torc:threads is there without it, too. */
'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const threads = require('torc:threads');

const run = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8', input: '' });

for (const [args, text] of [
  [['--threads=0', __filename], /--threads must be a whole number from 1 to 1024, not '0'/],
  [['--threads=two', __filename], /not 'two'/],
  [['--threads=2000', __filename], /not '2000'/],
  [['--threads=1.5', __filename], /not '1\.5'/],
  [['--threads=-1', __filename], /not '-1'/],
  [['--threads', '2'], /--threads needs the file of a script/],
  [['--threads=2', '-'], /--threads needs the file of a script/],
  [['--threads=2', '-e', '1'], /either --threads or --eval can be used, not both/],
  [['--threads=2', '--test'], /either --threads or --test can be used, not both/],
  [['--threads=2', '--watch', __filename], /either --threads or --watch can be used, not both/],
  [['--threads=2', '--check', __filename], /either --threads or --check can be used, not both/],
  [['--threads=2', '-i'], /either --threads or --interactive can be used, not both/],
  [['--threads=2', '--run', 'x'], /either --threads or --run can be used, not both/],
]) {
  const { status, stderr } = run(...args);
  assert.match(stderr, text);
  assert.strictEqual(stderr.trim().split('\n').length, 1);
  assert.strictEqual(status, 9);
}
assert.deepStrictEqual({ ...threads }, { number: 0, count: 0 });
assert.match(run('--threads=2', '/no/such/file.js').stderr, /Cannot find module/);
