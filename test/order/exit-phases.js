'use strict';
// Alone
// Exit code: 7
// beforeExit restarts the loop, exit does not; what is queued in exit never runs.
let rounds = 0;
process.on('beforeExit', (code) => {
  console.log(`beforeExit ${code}`);
  if (rounds++ < 2) setTimeout(() => console.log('work after beforeExit'), 1);
});
process.on('exit', (code) => {
  console.log(`exit ${code} ${process.exitCode}`);
  process.exitCode = 7;
  setTimeout(() => console.log('never'), 0);
  process.nextTick(() => console.log('never'));
  Promise.resolve().then(() => console.log('never'));
});
setTimeout(() => console.log('unref never fires'), 60000).unref();
setImmediate(() => console.log('unref immediate fires only with the loop alive')).unref();
setTimeout(() => { process.exitCode = 3; }, 2);
