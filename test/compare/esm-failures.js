'use strict';
// What a program that fails as a module prints, and its exit code.
const { spawnSync } = require('child_process');
const path = require('path');
const fixtures = path.join(__dirname, '..', 'fixtures', 'modules');

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: fixtures, encoding: 'utf8' });
  // Frames inside the library are not what this is about.
  const text = stderr.replace(/^ {4}at .*\n/gm, '').replace(/\(node:\d+\)|`(node|torc) /g, '');
  console.log(args.join(' '), '->', status, stdout, text);
}

for (const file of ['syntax.mjs', 'missing-name.mjs', 'missing-cjs-name.mjs', 'throws.mjs', 'never.mjs',
                    'no-require.mjs', 'ambiguous.js', 'nope.mjs', 'detected.js', 'commonjs.js',
                    'typed/wrong.js', 'pkg/lib/main.js'])
  run(file);
run('--input-type=module', '-e', 'import fs from "fs"; console.log(typeof fs.readFileSync, import.meta.url)');
run('--input-type=module', '-e', 'a b');
run('-e', 'import fs from "fs"; console.log(typeof fs.readFileSync)');
run('-e', 'await 1; console.log("awaited")');
run('-p', '1 + 1');
run('-e', 'import("./live.mjs").then((ns) => console.log(ns.x))');
run('--check', 'syntax.mjs');
run('--check', 'live.mjs');
run('--import', './detected.js', 'commonjs.js');
run('--require', './names.cjs', 'commonjs.js');
