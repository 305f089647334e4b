'use strict';
// A command line tool made with commander, called the way a shell would call it: sub-commands, options of all
// kinds, help, mistakes and their exit codes, a sub-command in a file of its own.

const { spawnSync } = require('node:child_process');

const calls = [
  '--help',
  '--version',
  'help add',
  'add --help',
  'add 1 2 3',
  'add 1 2 --round=1',
  'add',
  'add one',
  'list',
  'list --format json --tag a b -vv',
  'list --format xml',
  'list --no-colour',
  'lsit',
  '--unknown',
  'stored --key k value',
  'stored',
  'fails',
  'fails --later',
  'outside --name Zoë',
];
for (const call of calls) {
  const { status, signal, stdout, stderr } = spawnSync('node', ['tool.js', ...call.split(' ')], {
    encoding: 'utf8',
    env: { ...process.env, TOOL_KEY: 'from the environment' },
  });
  console.log(`$ tool ${call} -> ${signal ?? status}`);
  for (const [name, text] of Object.entries({ stdout, stderr }))
    if (text) console.log(text.trimEnd().replace(/^/gm, `  ${name}: `));
}
