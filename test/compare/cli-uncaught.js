'use strict';
// Exceptions that nobody catches: source line, caret, stack, exit code; handlers of them.
const { command, file } = require('../common/command');

file('deep.js', 'function g() {\n  throw new RangeError("deep");\n}\nexports.f = () => g();\n');
file('thrower.js', 'const { f } = require("./deep");\n\nf();\n');
file('in-timer.js', 'setTimeout(function later() {\n  null.x;\n}, 1);\n');
file('properties.js', 'throw Object.assign(new Error("with properties"), { code: "ECODE", list: [1, 2] });\n');
file('cause.js', 'throw new Error("outer", { cause: new Error("inner") });\n');
file('long-line.js', `${'/* filler */ '.repeat(20)} throw new Error("far right");\n`);
file('class.js', 'class MyError extends Error {}\nthrow new MyError("mine");\n');

for (const name of ['thrower', 'in-timer', 'properties', 'cause', 'long-line', 'class']) command([`${name}.js`]);

for (const body of [
  'throw 5', 'throw null', 'throw undefined', 'throw "text"', 'throw { a: 1 }', 'throw [1]', 'throw Symbol("s")',
  'throw function f() {}', 'throw new Error("")', 'const e = new Error("m"); e.stack = undefined; throw e',
  'const e = new Error("m"); e.stack = "my stack"; throw e', 'const e = new Error("m"); e.name = "N"; throw e',
  'throw { toString() { throw 1 } }', 'throw new Proxy({}, {})', 'throw Object.create(null)',
  'process.nextTick(() => { throw new Error("tick") })', 'setImmediate(() => { throw new Error("immediate") })',
  'fs.stat(".", () => { throw new Error("callback") })',
  'new (require("events"))().emit("error", new Error("emitted"))',
  'new (require("events"))().emit("error", 5)',
  'process.on("uncaughtException", (e, o) => console.log(e.message, o)); setTimeout(() => console.log("later"), 1); ' +
    'throw new Error("handled")',
  'process.on("uncaughtException", () => { throw new Error("in handler") }); throw new Error("first")',
  'process.on("uncaughtExceptionMonitor", (e, o) => console.log("monitor", e.message, o)); throw new Error("m")',
  'process.setUncaughtExceptionCaptureCallback((e) => console.log("captured", e.message)); throw new Error("c")',
  'process.on("uncaughtException", () => process.exit(7)); throw 1', 'process.exitCode = 9; throw new Error("code")',
  'process._fatalException = 1; throw new Error("no handler")',
]) command(['-e', body]);

command(['--trace-uncaught', '-e', 'throw { a: 1 }']);
command(['--no-extra-info-on-fatal-exception', '-e', 'throw new Error("short")']);
command(['--stack-trace-limit=1', 'thrower.js']);
command(['--enable-source-maps', 'thrower.js']);
