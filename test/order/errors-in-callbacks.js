'use strict';
// Alone
// After an error that 'uncaughtException' handles, the other timers, immediates and ticks still run, in order.
process.on('uncaughtException', (e) => console.log(`handled ${e.message}`));
const fail = (m) => { throw new Error(m); };

setTimeout(fail, 1, 'timeout 1');
setTimeout(() => console.log('timeout 2'), 1);
setTimeout(() => {
  process.nextTick(fail, 'tick of timeout 3');
  process.nextTick(() => console.log('next tick of timeout 3'));
}, 1);
setTimeout(() => console.log('timeout 4'), 1);
const until = Date.now() + 10;
while (Date.now() < until);

setImmediate(() => {
  setTimeout(() => console.log('timeout due in immediate 1, after the other immediates'), 1);
  const due = Date.now() + 10;
  while (Date.now() < due);
  fail('immediate 1');
});
setImmediate(() => console.log('immediate 2'));
setImmediate(() => {
  Promise.reject(new Error('rejection'));
  console.log('immediate 3');
});
process.on('unhandledRejection', (e) => console.log(`unhandled ${e.message}`));
process.nextTick(fail, 'tick');
process.nextTick(() => console.log('tick 2'));
queueMicrotask(() => fail('microtask'));
queueMicrotask(() => console.log('microtask 2'));
process.on('exit', (code) => console.log(`exit ${code}`));
