'use strict';
// A test's main function, which may be async. A program whose callback never comes just ends, with exit code 0:
// here that is a failure.
module.exports = async (fn) => {
  let finished = false;
  process.on('exit', (code) => {
    if (finished || code) return;
    console.error('the test ended before its main function did');
    process.exitCode = 1;
  });
  await fn();
  finished = true;
};
