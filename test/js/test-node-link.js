'use strict';
// Programs that start `node` get torc where a link of that name comes first in PATH: scripts with a shebang, shells,
// child processes by name, and what they start by process.execPath.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { dir } = require('../common/tmpdir');

fs.mkdirSync('bin');
fs.symlinkSync(process.execPath, 'bin/node');
const env = { ...process.env, PATH: `${path.join(dir, 'bin')}:${process.env.PATH}` };

fs.writeFileSync('tool', `#!/usr/bin/env node
const { execFileSync } = require('child_process');
const script = 'process.versions.torc + process.argv[1]';
const again = execFileSync(process.execPath, ['-p', script, '--', 'path'], { encoding: 'utf8' });
const byName = execFileSync('node', ['-p', script, '--', 'name'], { encoding: 'utf8' });
console.log(JSON.stringify({ execPath: process.execPath, argv0: process.argv0, argv: process.argv, again, byName }));
`, { mode: 0o755 });

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  assert.strictEqual(status, 0, stderr);
  return JSON.parse(stdout);
}

const { torc } = process.versions;
for (const result of [
  run(path.join(dir, 'tool'), ['argument']),
  run('node', ['tool', 'argument']),
  run('/bin/sh', ['-c', 'node ./tool argument']),
]) {
  assert.strictEqual(result.execPath, process.execPath);
  assert.strictEqual(result.argv0, 'node');
  assert.deepStrictEqual(result.argv, [process.execPath, path.join(dir, 'tool'), 'argument']);
  assert.strictEqual(result.again, `${torc}path\n`);
  assert.strictEqual(result.byName, `${torc}name\n`);
}
