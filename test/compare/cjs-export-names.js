'use strict';
// Export names of a CommonJS module that are written with escapes: halves of surrogate pairs make one
// character; a half alone is no name.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-names-'));
const file = path.join(dir, 'names.cjs');
fs.writeFileSync(file, String.raw`
  exports['\u{D83C}'] = 1;
  exports['\uDF10'] = 1;
  exports['\u{D83C}\u{DF10}'] = 2;
  exports['\uD83C\uDF12'] = 4;
  exports['\u{1F313}'] = 5;
  exports['π\x41\u0042'] = 6;
`);
import(file).then((names) => {
  for (const name of Object.keys(names)) console.log(Buffer.from(name).toString('hex'));
  fs.rmSync(dir, { recursive: true });
});
