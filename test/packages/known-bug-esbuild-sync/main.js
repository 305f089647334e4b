'use strict';
// issue 6: esbuild's synchronous calls keep their child process in a worker thread, and torc has none yet.

const esbuild = require('esbuild');

for (let i = 0; i < 3; i++) console.log(esbuild.transformSync(`let n: number = ${i}`, { loader: 'ts' }).code);
