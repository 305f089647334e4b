'use strict';
// --run: scripts of package.json.
const { command, file } = require('../common/command');
const fs = require('fs');
const path = require('path');
const { dir } = require('../common/tmpdir');

const scripts = {
  'hello': 'echo hello',
  'fails': 'exit 1',
  'args': 'printf "[%s]\\n"',
  'tool': 'tool from-script',
  'variables': 'echo "$NODE_RUN_SCRIPT_NAME $NODE_RUN_PACKAGE_JSON_PATH"; pwd',
  'odd': { a: ['}'] },
};
file('package.json', JSON.stringify({ name: 'p', bin: { x: 'y' }, scripts, main: './a' }));
file('node_modules/.bin/tool', '#!/bin/sh\necho outer tool "$@"');
file('sub/deep/node_modules/.bin/tool', '#!/bin/sh\necho inner tool "$@"');
for (const name of ['', 'sub/deep/']) fs.chmodSync(path.join(dir, `${name}node_modules/.bin/tool`), 0o755);

for (const name of Object.keys(scripts)) command(['--run', name]);
command(['--run=hello']);
command(['--run', 'hello', 'ignored']);
command(['--run', 'args', '--', 'a b', "it's", '$HOME', '', '-x', '*', 'plain-./:@,+=']);
command(['--run', 'hello', '--no-warnings']);
command(['--run', 'none']);
command(['--run']);
for (const text of ['{', '{}', '{"scripts": 1}', '{"scripts": {}}']) {
  file('package.json', text);
  command(['--run', 'hello']);
}
