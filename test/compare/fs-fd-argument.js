'use strict';
// What is no descriptor is named in the same words, whichever function gets it.
const fs = require('fs');

function named() {}
const wrong = [Symbol('s'), Symbol(), () => {}, named, class {}, null, undefined, true, 10n, 'text', {}, [], new Map(),
               Object.create(null), 1.5, NaN, -1, 2 ** 31];
const uses = [
  (fd) => fs.fstatSync(fd), (fd) => fs.fstat(fd, () => {}), (fd) => fs.closeSync(fd), (fd) => fs.fsyncSync(fd),
  (fd) => fs.readSync(fd, Buffer.alloc(1)), (fd) => fs.writeSync(fd, 'x'), (fd) => fs.futimesSync(fd, 1, 1),
];
for (const fd of wrong) {
  for (const use of uses) {
    try {
      use(fd);
    } catch (error) {
      console.log(`${use}`, error.code, error.name, error.message);
    }
  }
}
