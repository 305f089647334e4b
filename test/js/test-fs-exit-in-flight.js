'use strict';
// process.exit() and an uncaught error with operations in flight: no hang, no crash, the right code.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');

const start = () => {
  require('../common/tmpdir');
  fs.writeFileSync('big', Buffer.alloc(4 << 20));
  for (let i = 0; i < 200; i++) {
    fs.readFile('big', () => {});
    fs.promises.writeFile(`w${i}`, Buffer.alloc(100000)).catch(() => {});
    fs.promises.readdir('.').catch(() => {});
    fs.createReadStream('big').pipe(fs.createWriteStream(`c${i}`));
    fs.promises.open('big').catch(() => {});
    fs.promises.stat(`none${i}`).catch(() => {});
  }
  fs.watch('.');
  fs.watchFile('big', () => {});
};
const ways = {
  'now': () => process.exit(3),
  'from a callback': () => fs.stat('big', () => process.exit(3)),
  'from a promise': () => fs.promises.readFile('big').then(() => process.exit(3)),
  'later': () => setTimeout(() => process.exit(3), 20),
  'by an error': () => {
    process.exitCode = 3;
    fs.stat('big', () => { throw new Error('as it should'); });
  },
};

if (process.argv[2]) {
  start();
  ways[process.argv[2]]();
} else {
  for (const way of Object.keys(ways)) {
    const r = spawnSync(process.execPath, [__filename, way], { encoding: 'utf8', timeout: 100_000 });
    const expected = way === 'by an error' ? [3, 1] : [3];
    assert(expected.includes(r.status), `${way}: status ${r.status}, signal ${r.signal}\n${r.stderr}`);
  }
}
