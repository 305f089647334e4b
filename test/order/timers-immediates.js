'use strict';
// Alone
// Timers, immediates, ticks and microtasks queued from the main script and from each other.
const log = (name) => console.log(name);

setTimeout(() => {
  log('timeout 1');
  process.nextTick(log, 'tick of timeout 1');
  Promise.resolve().then(() => log('microtask of timeout 1'));
  setImmediate(log, 'immediate of timeout 1');
}, 5);
setTimeout(() => log('timeout 2, same time'), 5);
setTimeout(() => log('timeout 3, earlier but inserted later'), 1);

setImmediate(() => {
  log('immediate 1');
  process.nextTick(() => {
    log('tick of immediate 1');
    Promise.resolve().then(() => {
      log('microtask of tick');
      process.nextTick(log, 'tick of microtask of tick');
    });
  });
  setImmediate(log, 'immediate of immediate 1 runs a turn later');
});
setImmediate(log, 'immediate 2');

process.nextTick(log, 'tick 1');
queueMicrotask(() => {
  log('microtask 1');
  process.nextTick(log, 'tick of microtask 1');
  queueMicrotask(() => log('microtask of microtask 1'));
});
process.nextTick(() => {
  log('tick 2');
  queueMicrotask(() => log('microtask of tick 2'));
  process.nextTick(log, 'tick of tick 2');
});
log('main script');

// A phase takes all timers that are due, then one round of immediates.
const busyUntil = Date.now() + 20;
while (Date.now() < busyUntil);
