'use strict';
// How options are read: values, aliases, negation, where they end, and what is no option.
const { command, file } = require('../common/command');

file('args.js', 'console.log(JSON.stringify([process.argv.length, process.argv.slice(2), process.execArgv]))');

command(['args.js', 'x', '-v', '--foo']);
command(['--', 'args.js', '--foo']);
command(['-', 'a', 'b'], { input: 'console.log(process.argv.slice(1))' });
command(['--no-warnings', 'args.js']);
command(['--no_warnings', 'args.js']);
command(['--warnings=3', 'args.js']);
command(['--title', 'abc', 'args.js']);
command(['--title', '\\-x', '-p', 'process.title']);
command(['--conditions=a', '-C', 'b', 'args.js']);
command(['--max_old_space_size=100', 'args.js']);
command(['--stack_trace_limit=3', '-p', 'Error.stackTraceLimit']);
command(['--expose-gc', '-p', 'typeof gc']);
command(['--inspect-port=abc', 'args.js']);
command(['--debug-port', '[::1]', 'args.js']);
command(['--experimental-strip-types', 'args.js']);
command(['--node-memory-debug', 'args.js']);
command(['-e', 'console.log(process.argv.length, process.execArgv)', '--', 'x', 'y']);
command(['-pe', '[1, 2]']);
command(['-p', '1 + 1', '2']);

for (const bad of [
  ['--foo'], ['--foo', '--bar', 'args.js'], ['--no-foo'], ['-z'], ['-ab'], ['-ep', '1'], ['-x=3'],
  ['-e'], ['-e', '-p'], ['--eval='], ['-r'], ['--require'], ['--title'], ['--title='], ['--title', '-x', 'args.js'],
  ['--no-title', 'args.js'], ['--no-eval', '1'], ['--no-node-memory-debug', 'args.js'],
  ['--inspect-port=80', 'args.js'], ['--inspect-port=70000', 'args.js'], ['--inspect-port=1:2:3', 'args.js'],
]) command(bad);
command(['--stack-trace-limit=1', '-p', '[Error.stackTraceLimit, vm.runInNewContext("Error.stackTraceLimit")]']);
