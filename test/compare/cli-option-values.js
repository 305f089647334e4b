'use strict';
// Flags: --expose-internals --no-warnings
// Every option with its type, default and place in NODE_OPTIONS, as the library sees them.
const { internalBinding } = require('internal/test/binding');
const options = internalBinding('options');

// torc's own.
const isOurs = (name) => /^--(no-)?(io|threads)/.test(name);
// Node makes "--no" forms of names in brackets by mistake.
const isMistake = (name) => /^--no[a-z_]+\]$/.test(name);
const print = (title, entries) => {
  console.log(title);
  const shown = entries.filter(([name]) => !isOurs(name) && !isMistake(name));
  for (const [name, v] of shown.sort(([a], [b]) => (a < b ? -1 : 1))) console.log(name, JSON.stringify(v));
};

const { options: infos, aliases } = options.getCLIOptionsInfo();
print('info', [...infos].map(([name, { type, envVarSettings, defaultIsTrue }]) =>
  [name, [type, envVarSettings, defaultIsTrue]]));
print('aliases', [...aliases]);
print('values', Object.entries(options.getCLIOptionsValues()));
print('types', Object.entries(options.types));
print('settings', Object.entries(options.envSettings));
print('embedder', Object.entries(options.getEmbedderOptions()));
print('environment', Object.entries(options.getEnvOptionsInputType()).map(([name, { type }]) => [name, type]));
for (const [section, types] of [...options.getNamespaceOptionsInputType()].sort()) {
  print(section, Object.entries(types).map(([name, { type }]) => [name, type]));
}
print('flags', options.getOptionsAsFlags().map((flag) => [flag, null]));
print('allowed', [...process.allowedNodeEnvironmentFlags].map((flag) => [flag, null]));
