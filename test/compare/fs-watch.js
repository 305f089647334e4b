'use strict';
// fs.watch() and fs.watchFile(): what is reported for one change after another.
const fs = require('fs');
require('../common/tmpdir');
const { run, step } = require('../common/show');

// Runs a change and collects the events until the one that is waited for has come.
const watch = (path, options, change, until) => new Promise((resolve, reject) => {
  const seen = [];
  const w = fs.watch(path, options, (type, name) => {
    const line = `${type} ${Buffer.isBuffer(name) ? name.toString('hex') : name}`;
    if (seen.at(-1) !== line) seen.push(line);
    if (line === until) {
      w.on('close', () => resolve(seen));
      w.close();
    }
  });
  w.on('error', reject);
  setTimeout(change, 20);
});
fs.mkdirSync('d');
step('a new file', () => watch('d', {}, () => fs.writeFileSync('d/n', 'x'), 'change n'));
step('a change', () => watch('d', {}, () => fs.appendFileSync('d/n', 'y'), 'change n'));
step('a rename', () => watch('d', {}, () => fs.renameSync('d/n', 'd/m'), 'rename m'));
step('a removal', () => watch('d', {}, () => fs.unlinkSync('d/m'), 'rename m'));
step('names as hex', () => watch('d', 'hex', () => fs.writeFileSync('d/é', ''), 'rename c3a9'));
step('names as buffers', () => watch('d', 'buffer', () => fs.unlinkSync('d/é'), 'rename c3a9'));
step('a file', () => {
  fs.writeFileSync('f', 'x');
  return watch('f', {}, () => fs.appendFileSync('f', 'y'), 'change f');
});
step('a file that goes', () => watch('f', {}, () => fs.unlinkSync('f'), 'rename f'));
step('recursive', async () => {
  fs.mkdirSync('d/deep/er', { recursive: true });
  return watch('d', { recursive: true }, () => fs.writeFileSync('d/deep/er/x', ''), 'rename deep/er/x');
});
step('two watchers of one directory', async () => {
  const both = [watch('d', {}, () => {}, 'rename q'), watch('d', {}, () => fs.mkdirSync('d/q'), 'rename q')];
  return Promise.all(both);
});
step('nothing there', () => fs.watch('none'));
step('promises.watch', async () => {
  const c = new AbortController();
  setTimeout(() => fs.writeFileSync('d/w', ''), 20);
  try {
    for await (const e of fs.promises.watch('d', { signal: c.signal })) {
      if (e.filename === 'w') c.abort(new Error('seen'));
    }
  } catch (e) {
    return [e.name, e.cause?.message];
  }
});
step('unref', () => {
  fs.watch('d', { persistent: false });
  fs.watch('d').unref();
  return 'the program ends';
});
// At once: never seen empty.
const appear = (name, text) => {
  fs.writeFileSync(`${name}.new`, text);
  fs.renameSync(`${name}.new`, name);
};
step('watchFile', () => new Promise((resolve) => {
  const seen = [];
  fs.writeFileSync('quiet', '');
  fs.watchFile('quiet', { interval: 5 }, () => seen.push('an event without a change'));
  fs.watchFile('wf', { interval: 20 }, (now, before) => {
    seen.push([now.size, before.size, now.isFile(), before.isFile()]);
    if (seen.length === 1) appear('wf', 'abc');
    if (seen.length === 2) fs.unlinkSync('wf');
    if (seen.length === 3) {
      fs.unwatchFile('wf');
      fs.unwatchFile('quiet');
      resolve(seen);
    }
  });
}));
step('watchFile with BigInts', () => new Promise((resolve) => {
  // What is not there is reported, so the first look has been taken.
  fs.watchFile('wf', { interval: 20, bigint: true }, (now, before) => {
    if (now.size === 0n) {
      appear('wf', 'abcdef');
      return;
    }
    fs.unwatchFile('wf');
    resolve([now.size, before.size, now.mtimeNs > before.mtimeNs]);
  });
}));
step('watchFile unref', () => {
  fs.watchFile('wf', { persistent: false, interval: 10 }, () => {});
  return 'the program ends';
});
run();
