'use strict';
// A program can be run as soon as the one that wrote it has heard that it is closed, though a thread of the kernel may
// still hold the file; one that is really being written is "busy".
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn, spawnSync } = require('child_process');

const ROUNDS = 60;
const program = fs.readFileSync('/bin/true');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-test-'));

function exitCode(file) {
  return new Promise((resolve, reject) => spawn(file).on('error', reject).on('exit', resolve));
}

async function main() {
  for (let i = 0; i < ROUNDS; i++) {
    const file = path.join(dir, `program-${i}`);
    await fs.promises.writeFile(file, program, { mode: 0o700 });
    assert.strictEqual(i % 2 ? await exitCode(file) : spawnSync(file).status, 0);
  }
  const file = path.join(dir, 'busy');
  const fd = fs.openSync(file, 'w', 0o700);
  fs.writeSync(fd, program);
  await assert.rejects(exitCode(file), { code: 'ETXTBSY', syscall: 'spawn' });
  assert.strictEqual(spawnSync(file).error.code, 'ETXTBSY');
  fs.closeSync(fd);
  assert.strictEqual(await exitCode(file), 0);
}

main().finally(() => fs.rmSync(dir, { recursive: true }));
