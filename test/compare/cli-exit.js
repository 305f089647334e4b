'use strict';
// Exit codes and events: process.exit() in every phase, process.exitCode, signals, closing events.
const { command } = require('../common/command');

const events = 'process.on("exit", (c) => console.log("exit", c, process.exitCode));' +
  'process.on("beforeExit", (c) => console.log("beforeExit", c));';

for (const body of [
  '', 'process.exit()', 'process.exit(3)', 'process.exitCode = 4', 'process.exitCode = 4; process.exit()',
  'process.exitCode = 4; process.exit(5)', 'process.exitCode = "6"', 'process.exit("7")',
  'process.on("exit", () => { process.exitCode = 8 })', 'process.on("exit", () => process.exit(9))',
  'setTimeout(() => process.exit(10), 1)', 'setImmediate(() => process.exit(11))',
  'process.nextTick(() => process.exit(12))', 'Promise.resolve().then(() => process.exit(13))',
  'fs.stat(".", () => process.exit(14))', 'queueMicrotask(() => process.exit(15))',
  'process.once("beforeExit", () => setTimeout(() => console.log("again"), 1))',
  'process.once("beforeExit", () => process.exit(16))',
  'process.exit(256 + 17)', 'process.exit(-1)', 'process.reallyExit(18)',
  'process.on("exit", () => { throw new Error("in exit") })',
  'process.exit(1.5)', 'process.exitCode = {}', 'process.exitCode = "x"',
]) command(['-e', events + body]);

command(['-e', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)']);
command(['-e', 'process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 5000)']);
command(['-e', 'process.abort()'], { show: ['stdout'] });
command(['--input-type=module', '-e', 'await new Promise(() => {})']);
command(['--input-type=module', '-e', 'process.exitCode = 7; await new Promise(() => {})']);
