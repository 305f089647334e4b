/* The async context of run() is that of what goes on after its job, whichever job or thread settles it. */
'use strict';
const assert = require('assert');
const path = require('path');
const { AsyncLocalStorage, createHook, executionAsyncId, triggerAsyncId } = require('async_hooks');
const { Pool } = require('torc:jobs');

const pool = new Pool(path.join(__dirname, '../fixtures/jobs/work.js'), { threads: 2 });
const storage = new AsyncLocalStorage();
const made = new Map(), destroyed = new Set(), entered = new Set();
const hook = createHook({
  init(id, type, trigger) { if (type === 'TorcJob') made.set(id, trigger); },
  before(id) { entered.add(id); },
  destroy(id) { destroyed.add(id); },
});

async function job(i) {
  const name = i % 3 === 2 ? 'fails' : 'default';
  await storage.run({ i }, async () => {
    await pool.run(i, { name }).catch((error) => assert.strictEqual(error.code, 'ERR_MINE'));
    assert.strictEqual(storage.getStore().i, i);
  });
}

(async () => {
  await Promise.all(Array.from({ length: 100 }, (_, i) => job(i)));
  assert.strictEqual(storage.getStore(), undefined);

  hook.enable();
  const trigger = executionAsyncId();
  await pool.run(1);
  assert.notStrictEqual(triggerAsyncId(), 0);
  await new Promise(setImmediate);
  hook.disable();
  const [[id, by]] = made;
  assert.strictEqual(made.size, 1);
  assert.strictEqual(by, trigger);
  assert(entered.has(id) && destroyed.has(id));
  await pool.close();
})();
