'use strict';
// A directory of the test's own: it is the working directory, and gone when the test ends.
const fs = require('fs');
const path = require('path');

const dir = fs.realpathSync(fs.mkdtempSync(path.join(process.env.TMPDIR || '/tmp', 'torc-test-')));
process.chdir(dir);
process.on('exit', () => {
  process.chdir('/');
  fs.rmSync(dir, { recursive: true, force: true });
});

// What is printed must not name the directory.
const hide = (text) => String(text).replaceAll(dir, 'DIR');

module.exports = { dir, hide };
