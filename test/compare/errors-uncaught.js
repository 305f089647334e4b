'use strict';
// What an uncaught exception of any kind looks like on stderr.
const { command, file } = require('../common/command');

file('object.js', 'throw { toString() { return "text"; } };\n');
file('getter.js', 'throw { get stack() { throw new Error("no stack"); } };\n');
file('lib.mjs', 'export const a = 1;\nnull.x;\n');
file('require.js', 'require("./lib.mjs");\n');
file('symbol.js', 'throw Symbol("s");\n');
for (const name of ['object.js', 'getter.js', 'require.js', 'symbol.js']) command([name]);
command(['--trace-uncaught', '-e', 'throw { get stack() { throw new Error("no stack"); } };']);
command(['-e', 'f(await 1); function f() { console.log("awaited"); }']);
command(['-e', 'if (await 1) console.log("awaited");']);
file('cycle.cjs', 'require("./cycle.mjs");\n');
file('cycle.mjs', 'import "./cycle.cjs";\n');
command(['cycle.cjs']);
