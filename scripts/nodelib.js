// Run by scripts/nodelib under the pinned Node with --expose-internals: writes the sources of its
// built-in modules, and facts about its build, into the directory named by the argument.
'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { internalBinding } = require('internal/test/binding');

const dest = process.argv[2];

function write(name, text) {
  const file = join(dest, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const { natives } = internalBinding('builtins');
for (const id of Object.keys(natives))
  write(`${id}.js`, natives[id]);
write('config.json', `${JSON.stringify(process.config, null, 2)}\n`);
write('versions.json', `${JSON.stringify(process.versions, null, 2)}\n`);
