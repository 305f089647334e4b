'use strict';
// Run once at build time (cmake/StartFiles.cmake): the library functions that this program makes V8
// compile are in the code cache, and later programs need not compile them again. It does what most
// programs do first, and should do nothing that is rare: what is in the cache takes time to read.

const fs = require('fs');
const path = require('path');

console.log('%s %d %o', path.basename(__filename), fs.readFileSync(__filename).length, { argv: process.argv });
console.error('');
setTimeout(() => {}, 1);
setImmediate(() => {});
process.nextTick(() => {});
Promise.resolve().then(() => import('node:events'));
fs.readFile(__filename, 'utf8', () => {});
