/* The example of docs/jobs.md prints what it says. */
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');

const guide = fs.readFileSync(path.join(__dirname, '../../docs/jobs.md'), 'utf8');
const [work, main, output] = [...guide.matchAll(/^```(?:js)?\n([^]*?)^```$/gm)].map((m) => m[1]);

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-jobs-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true }));
for (const text of [work, main]) fs.writeFileSync(path.join(dir, /^\/\/ (.*)$/m.exec(text)[1]), text);
const { stdout, stderr, status } = spawnSync(process.execPath, ['main.js'], { cwd: dir, encoding: 'utf8' });
assert.deepStrictEqual({ stdout, stderr, status }, { stdout: output, stderr: '', status: 0 });
