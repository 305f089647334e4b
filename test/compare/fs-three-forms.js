'use strict';
// Operations on names and descriptors, each synchronous, with a callback and as a promise.
const fs = require('fs');
require('../common/tmpdir');
const { run, show } = require('../common/show');

process.umask(0o022);
const make = () => {
  fs.rmSync('w', { recursive: true, force: true });
  fs.mkdirSync('w/dir/sub', { recursive: true });
  fs.writeFileSync('w/file', 'hello world');
  fs.symlinkSync('file', 'w/link');
  fs.symlinkSync('nowhere', 'w/dangling');
};
const mode = (p) => (fs.lstatSync(p).mode & 0o7777).toString(8);

// Name, arguments, and what to look at afterwards.
const cases = [
  ['access', ['w/file']],
  ['access', ['w/file', fs.constants.R_OK]],
  ['access', ['w/none']],
  ['appendFile', ['w/file', ' more'], () => fs.readFileSync('w/file', 'utf8')],
  ['appendFile', ['w/new', Buffer.from([1, 2])], () => fs.readFileSync('w/new')],
  ['chmod', ['w/file', 0o640], () => mode('w/file')],
  ['chmod', ['w/none', 0o640]],
  ['chown', ['w/none', 0, 0]],
  ['lchown', ['w/none', 0, 0]],
  ['copyFile', ['w/file', 'w/copy'], () => fs.readFileSync('w/copy', 'utf8')],
  ['copyFile', ['w/file', 'w/link', fs.constants.COPYFILE_EXCL]],
  ['copyFile', ['w/none', 'w/copy']],
  ['copyFile', ['w/file', 'w/none/copy']],
  ['copyFile', ['w/dir', 'w/copy'], () => fs.existsSync('w/copy')],
  ['link', ['w/file', 'w/hard'], () => fs.statSync('w/file').nlink],
  ['link', ['w/none', 'w/hard']],
  ['lutimes', ['w/link', 1.5, 2.25], () => [fs.lstatSync('w/link').mtimeMs, fs.statSync('w/file').mtimeMs > 1e6]],
  ['mkdir', ['w/made'], () => mode('w/made')],
  ['mkdir', ['w/made', 0o700], () => mode('w/made')],
  ['mkdir', ['w/dir']],
  ['mkdir', ['w/a/b']],
  ['mkdir', ['w/a/b/c', { recursive: true }], () => fs.existsSync('w/a/b/c')],
  ['mkdir', ['w/dir/sub', { recursive: true }]],
  ['mkdir', ['w/file/x/y', { recursive: true }]],
  ['mkdir', ['w/file', { recursive: true }]],
  ['readdir', ['w']],
  ['readdir', ['w', { encoding: 'hex' }]],
  ['readdir', ['w', { encoding: 'buffer' }]],
  ['readdir', ['w', { recursive: true }]],
  ['readdir', ['w/none']],
  ['readdir', ['w/file']],
  ['readFile', ['w/file', 'utf8']],
  ['readFile', ['w/file']],
  ['readFile', ['w/file', 'base64']],
  ['readFile', ['w/none']],
  ['readFile', ['w/none', 'utf8']],
  ['readFile', ['w/dir']],
  ['readFile', ['w/dir', 'utf8']],
  ['readlink', ['w/link']],
  ['readlink', ['w/link', 'buffer']],
  ['readlink', ['w/file']],
  ['realpath', ['w/link']],
  ['realpath', ['w/dangling']],
  ['realpath', ['w/dir/../dir/sub/']],
  ['rename', ['w/file', 'w/moved'], () => fs.readdirSync('w')],
  ['rename', ['w/none', 'w/moved']],
  ['rename', ['w/file', 'w/dir']],
  ['rm', ['w/file'], () => fs.readdirSync('w')],
  ['rm', ['w/none']],
  ['rm', ['w/none', { force: true }]],
  ['rm', ['w/dir', { recursive: true }], () => fs.readdirSync('w')],
  ['rmdir', ['w/dir/sub'], () => fs.readdirSync('w/dir')],
  ['rmdir', ['w/dir']],
  ['rmdir', ['w/file']],
  ['rmdir', ['w/none']],
  ['symlink', ['target', 'w/sym'], () => fs.readlinkSync('w/sym')],
  ['symlink', ['target', 'w/file']],
  ['truncate', ['w/file', 5], () => fs.readFileSync('w/file', 'utf8')],
  ['truncate', ['w/file', 14], () => fs.readFileSync('w/file')],
  ['truncate', ['w/none', 5]],
  ['unlink', ['w/link'], () => fs.readdirSync('w')],
  ['unlink', ['w/dir']],
  ['unlink', ['w/none']],
  ['utimes', ['w/file', 1000.5, 2000.25], () => fs.statSync('w/file').mtimeMs],
  ['utimes', ['w/file', new Date(5000), '7'], () => [fs.statSync('w/file').atimeMs, fs.statSync('w/file').mtimeMs]],
  ['utimes', ['w/none', 1, 2]],
  ['writeFile', ['w/file', 'text'], () => fs.readFileSync('w/file', 'utf8')],
  ['writeFile', ['w/file', 'text', { flag: 'wx' }]],
  ['writeFile', ['w/none/x', 'text']],
  ['writeFile', ['w/new', 'h\u00e9', 'latin1'], () => [mode('w/new'), fs.readFileSync('w/new')]],
  ['writeFile', ['w/new', 'é', { mode: 0o600 }], () => [mode('w/new'), fs.readFileSync('w/new')]],
  ['writeFile', ['w/dir', 'x']],
];

const forms = {
  sync: async (name, args) => fs[`${name}Sync`](...args),
  callback: (name, args) => new Promise((resolve, reject) => {
    fs[name](...args, (...result) => {
      const [err, value] = result;
      if (err) return reject(err);
      resolve(result.length > 2 ? result : value);
    });
  }),
  promise: (name, args) => fs.promises[name](...args),
};

(async () => {
  for (const [name, args, after] of cases) {
    for (const [form, call] of Object.entries(forms)) {
      make();
      let line;
      try {
        line = show(await call(name, args));
      } catch (e) {
        line = `throws ${show(e)}`;
      }
      console.log(name, show(args), form, line, after ? show(after()) : '');
    }
  }
  await run();
})();
