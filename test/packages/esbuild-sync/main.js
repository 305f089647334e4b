'use strict';
// esbuild's synchronous calls keep their child process in a worker thread.

const esbuild = require('esbuild');

for (let i = 0; i < 3; i++) console.log(esbuild.transformSync(`let n: number = ${i}`, { loader: 'ts' }).code);
