'use strict';
// --enable-source-maps: the place of an error nobody caught is shown in the file that the script was made from.
const { command, file } = require('../common/command');

const map = (more) => Buffer.from(JSON.stringify({ version: 3, sources: ['original.ts'], names: [],
  mappings: 'AACA;AACE;AACF;AACA', ...more })).toString('base64');
const script = (mapping) => `function fail() {\nthrow new Error('mapped');\n}\nfail();\n${mapping}\n`;
const inline = (text) => `//# sourceMappingURL=data:application/json;base64,${text}`;
const original = "// first\nfunction fail() {\n\tthrow new Error('mapped'); // as written\n}\nfail();\n";

file('with-source.js', script(inline(map({ sourcesContent: [original] }))));
file('without-source.js', script(inline(map())));
file('broken-map.js', script(inline('bm90aGluZw==')));
file('no-map.js', script('// none'));
file('on-disk/original.ts', original);
file('on-disk/main.js', script(inline(map())));
for (const name of ['with-source.js', 'without-source.js', 'broken-map.js', 'no-map.js', 'on-disk/main.js']) {
  for (const flags of [['--enable-source-maps'], []]) command([...flags, name]);
}
command(['--enable-source-maps', '-e', "require('./with-source.js')"]);
command(['-e', "process.setSourceMapsEnabled(true); require('./with-source.js')"]);
