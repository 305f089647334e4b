'use strict';
// stall.js PROGRAM [MB]: how late a timer of 1 ms is while a cached file of MB megabytes is read, on each back end.

const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const args = require('./common/args.js');
const { machine } = require('./common/lib.js');

const MB_MAX = 1024;
const [, , program] = process.argv;
const [given] = args.positionals(1, 'MB');
const megabytes = args.wholeNumber('MB', given ?? '64', 1, MB_MAX);
const dir = fs.mkdtempSync(path.join(process.env.TMPDIR || os.tmpdir(), 'torc-perf-'));
const file = path.join(dir, 'file');
try {
  fs.writeFileSync(file, Buffer.alloc(megabytes * 1024 * 1024, 'x'));
  console.log(machine());
  for (const io of ['uring', 'epoll']) {
    const { status } = spawnSync(program, [file], { env: { ...process.env, TORC_IO: io }, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  fs.rmSync(dir, { recursive: true });
}
