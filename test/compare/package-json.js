// Flags: --expose-internals --no-warnings
'use strict';
// What the module loaders learn from package.json files, good and bad.
const fs = require('fs');
const path = require('path');
require('../common/tmpdir');
const { internalBinding } = require('internal/test/binding');
const modules = internalBinding('modules');

function attempt(label, fn) {
  try {
    console.log(label, fn());
  } catch (e) {
    console.log(label, 'throws', e.name, e.code, e.message.replaceAll(process.cwd(), '.'));
  }
}
const shown = (r) => (Array.isArray(r) ?
  r.slice(0, 5).concat(path.relative('.', r[5])) :
  r?.replace(process.cwd(), '.'));
const texts = [
  '{}', '', '[1]', 'null', '"s"', '{"name":"n","main":"./m.js","type":"module"}',
  '{"type":"commonjs"}', '{"type":"odd"}',
  '{"type":5}', '{"name":5}', '{"name":null}', '{"main":false}', '{"main":{"a":1}}', '{"exports":"./a.js"}',
  '{"exports":{".": "./a.js",  "./b" : ["c", null]}}', '{"exports":null}', '{"exports":5}', '{"exports":true}',
  '{"exports":"[x"}', '{"imports":{"#a":"./b.js"}}', '{"imports":[]}', '{"imports":"x"}', '{"name":"a","name":"b"}',
  '{"name":"x",}', '{"name":"x"} trailing', '{"name":"x"', '{name:1}', '{"name" "x"}',
  '{"scripts":{"a":"}"},"name":"q"}',
  '{"x":[1,{"y":"]"}],"name":"q"}',
  '{"name":"\\u00e9\\ud83d\\ude00\\n\\"\\\\"}', '{"name":"\\u00zz"}', '{"exports":{"a":}}',
  '\ufeff{"name":"bom"}', '  \n{ "name" : "spaced" }\n',
  '{"x":1e5,"y":-0.5,"z":true,"w":null,"name":"k"}', '{"exports":{}}',
];
texts.forEach((text, i) => {
  fs.mkdirSync(`p${i}`);
  fs.writeFileSync(`p${i}/package.json`, text);
  attempt(JSON.stringify(text), () =>
    shown(modules.readPackageJSON(path.resolve(`p${i}/package.json`), false, undefined, undefined)));
});
fs.mkdirSync('latin');
fs.writeFileSync('latin/package.json', Buffer.from('{"name":"\xff"}', 'latin1'));
attempt('not UTF-8', () => modules.readPackageJSON(path.resolve('latin/package.json'), false, undefined, undefined));
attempt('importer', () => modules.readPackageJSON(path.resolve('p1/package.json'), true, 'file:///base/x.js', 'spec'));
attempt('absent', () => modules.readPackageJSON(path.resolve('nope/package.json'), false, undefined, undefined));
attempt('directory', () => {
  fs.mkdirSync('d/package.json', { recursive: true });
  return modules.readPackageJSON(path.resolve('d/package.json'), false, undefined, undefined);
});

fs.mkdirSync('tree/a b/node_modules/x', { recursive: true });
fs.writeFileSync('tree/package.json', '{"name":"tree","type":"module"}');
for (const name of ['tree/f.js', 'tree/a b/f.js', 'tree/a b/', 'tree/a b/node_modules/x/f.js',
                    'tree/a b/node_modules/f.js', 'tree']) {
  const full = path.resolve(name) + (name.endsWith('/') ? '/' : '');
  attempt(name, () => shown(modules.getNearestParentPackageJSON(full)));
  attempt(name, () => modules.getNearestParentPackageJSONType(full));
  const url = `file://${encodeURI(full)}`;
  attempt(name, () => shown(modules.getPackageScopeConfig(url)));
  attempt(name, () => modules.getPackageType(`${url}?query#hash`));
}
attempt('not a file', () => modules.getPackageScopeConfig('http://x/y'));
attempt('not a URL', () => modules.getPackageScopeConfig('nope'));
