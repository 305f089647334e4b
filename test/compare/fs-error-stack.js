'use strict';
// Where an error of each form points to.
const fs = require('fs');
const { hide } = require('../common/tmpdir');

const top = (e) => hide(e.stack.split('\n').slice(0, 2).join('|')).replace(/\(.*[/\\]/, '(').replace(/:\d+:\d+/g, '');
function inSync() {
  try {
    fs.openSync('none');
  } catch (e) {
    console.log(top(e), Object.keys(e));
  }
}
async function inPromise() {
  try {
    await fs.promises.readdir('none');
  } catch (e) {
    console.log(top(e), Object.keys(e));
  }
}
inSync();
inPromise().then(() => fs.stat('none', (e) => {
  console.log(top(e), Object.keys(e));
  try {
    fs.writeSync(9999, 'x');
  } catch (err) {
    console.log(top(err), Object.keys(err));
  }
}));
