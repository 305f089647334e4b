'use strict';
// Alone
// File completions come in the poll phase: before setImmediate() that was queued there, after timers.
const fs = require('fs');
const log = (s) => console.log(s);
// Until a timer of 1 ms is due: what comes before it does so because of its phase.
const busy = () => {
  const until = Date.now() + 5;
  while (Date.now() < until);
};

fs.stat(__filename, () => {
  log('stat');
  setTimeout(() => {
    log('timeout of stat');
    opened();
  }, 1);
  setImmediate(log, 'immediate of stat comes first');
  process.nextTick(log, 'tick of stat');
  Promise.resolve().then(() => log('microtask of stat'));
  busy();
});

function opened() {
  fs.open(__filename, 'r', (err, fd) => {
    log('open');
    setImmediate(log, 'immediate of open');
    const buf = Buffer.alloc(16);
    fs.read(fd, buf, 0, 16, 0, (e, n) => {
      log(`read ${n}`);
      setTimeout(log, 1, 'timeout of read');
      busy();
      setImmediate(() => {
        log('immediate of read');
        fs.close(fd, () => {
          log('close');
          promises();
        });
      });
      process.nextTick(log, 'tick of read');
    });
  });
}

async function promises() {
  const handle = await fs.promises.open(__filename);
  log('promises.open');
  process.nextTick(log, 'tick after promises.open');
  const { size } = await handle.stat();
  log(`handle.stat ${size > 0}`);
  setImmediate(log, 'immediate after handle.stat');
  await handle.close();
  log('handle.close');
}
log('main');
