'use strict';
// Options that exclude or need each other, and values that an option does not take.
const { command, file } = require('../common/command');

file('a.js', 'console.log("ran")');

for (const args of [
  ['-c', '-e', '1'], ['--test', '--eval', '1'], ['--test', '--check'], ['--test', '-i'], ['--watch', '--check', 'a.js'],
  ['--watch', '-e', '1'], ['--watch', '-i'], ['--watch', '--watch-path=x', '--test'],
  ['--use-openssl-ca', '--use-bundled-ca', 'a.js'], ['--use-openssl-ca', '--use-system-ca', 'a.js'],
  ['--tls-min-v1.3', '--tls-max-v1.2', 'a.js'],
  ['--cpu-prof-dir=x', 'a.js'], ['--cpu-prof-name=x', 'a.js'], ['--cpu-prof-interval=1', 'a.js'],
  ['--heap-prof-dir=x', 'a.js'], ['--heap-prof-name=x', 'a.js'], ['--heap-prof-interval=1', 'a.js'],
  ['--secure-heap=3', 'a.js'], ['--secure-heap=4', '--secure-heap-min=3', 'a.js'],
  ['--heapsnapshot-near-heap-limit=-1', 'a.js'],
  ['--unhandled-rejections=bad', 'a.js'], ['--input-type=bad', '-e', '1'], ['--trace-require-module=bad', 'a.js'],
  ['--use-largepages=bad', 'a.js'], ['--test', '--test-isolation=bad'], ['--disable-proto=bad', 'a.js'],
  ['--security-revert=x', 'a.js'], ['--debug', 'a.js'], ['--dns-result-order=bad', 'a.js'],
]) command(args);
