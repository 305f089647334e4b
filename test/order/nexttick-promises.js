'use strict';
// Interleaving of ticks and microtasks, async functions and thenables.
const out = [];
const log = (s) => out.push(s);

async function walker(name, steps) {
  for (let i = 0; i < steps; i++) {
    log(`${name} ${i}`);
    await null;
  }
}

walker('a', 4);
walker('b', 3);
process.nextTick(() => walker('tick', 3));
queueMicrotask(() => process.nextTick(() => log('tick from microtask')));
new Promise((resolve) => resolve({ then(ok) { log('thenable'); ok(); } })).then(() => log('after thenable'));
Promise.reject(new Error('x')).catch(() => log('caught')).finally(() => log('finally'));
(async () => {
  try {
    await Promise.all([walker('all', 2), Promise.reject(new Error('y'))]);
  } catch (e) {
    log(`all rejected: ${e.message}`);
  }
})();
setImmediate(() => {
  log('immediate');
  console.log(out.join('\n'));
});
