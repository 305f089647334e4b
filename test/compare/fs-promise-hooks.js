'use strict';
// The resource behind a promise of fs, for hooks that are there when it starts, and for those that come later.
const { createHook, executionAsyncResource } = require('async_hooks');
const fs = require('fs');

const log = [];
const name = (resource) => resource?.constructor?.name;

async function early() {
  const ids = new Map();
  const hook = createHook({
    init(id, type, trigger, resource) {
      if (!type.startsWith('FSREQPROMISE')) return;
      ids.set(id, true);
      log.push(`init ${type} ${name(resource)}`);
    },
    before(id) { if (ids.has(id)) log.push('before'); },
    after(id) { if (ids.has(id)) log.push('after'); },
    destroy(id) { if (ids.has(id)) log.push('destroy'); },
  }).enable();
  await fs.promises.stat(__filename);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  hook.disable();
}

async function late() {
  const pending = fs.promises.stat(__filename);
  const hook = createHook({
    promiseResolve() { log.push(`resolved in ${name(executionAsyncResource())}`); },
  }).enable();
  await pending;
  hook.disable();
}

(async () => {
  await early();
  await late();
  console.log(log.join('\n'));
})();
