/* torc:jobs gives a job's data to the function of its name, and its result or error to run(). */
'use strict';
const assert = require('assert');
const path = require('path');
const { pathToFileURL } = require('url');
const { Pool } = require('torc:jobs');

const fixture = (name) => path.join(__dirname, '../fixtures/jobs', name);

async function results(pool) {
  assert.deepStrictEqual(await pool.run({ a: [1, new Map([[2, 3]])] }), { a: [1, new Map([[2, 3]])] });
  assert.strictEqual(await pool.run(undefined), undefined);
  assert.strictEqual(await pool.run({ a: 1, b: 2 }, { name: 'add' }), 3);
  assert.strictEqual(await pool.run(1, { name: 'later' }), 'later');
  const bytes = new Uint8Array([1, 2, 3]);
  const back = await pool.run(bytes, { name: 'moves', transfer: [bytes.buffer] });
  assert.strictEqual(bytes.length, 0); // it is there
  assert.deepStrictEqual(back, new Uint8Array([1, 2, 3]));
  assert.deepStrictEqual(await pool.run(null, { name: 'given' }), { workerData: { own: 1 }, argv: ['x'], env: 'y' });
  const many = await Promise.all(Array.from({ length: 1000 }, (_, i) => pool.run(i)));
  assert.deepStrictEqual(many, Array.from({ length: 1000 }, (_, i) => i));
}

async function errors(pool) {
  await assert.rejects(pool.run(1, { name: 'fails' }), (error) => {
    assert(error instanceof RangeError);
    assert.strictEqual(error.message, 'out of range');
    assert.strictEqual(error.code, 'ERR_MINE');
    assert.deepStrictEqual(error.detail, { n: 1 });
    assert.match(error.stack, /fixtures\/jobs\/work\.js:12:/);
    return true;
  });
  await assert.rejects(pool.run(1, { name: 'rejects' }), { name: 'TypeError', message: 'rejected' });
  assert.strictEqual(await pool.run(1, { name: 'throwsNumber' }).catch((e) => e), 7);
  await assert.rejects(pool.run(1, { name: 'uncloneable' }), { name: 'DataCloneError' });
  await assert.rejects(pool.run(() => {}), { name: 'DataCloneError' });
  await assert.rejects(pool.run(1, { name: 'nope' }),
                       { code: 'ERR_JOBS_NO_FUNCTION', message: /exports no function 'nope', only: add, later, / });
  assert.strictEqual(await pool.run('goes on'), 'goes on');
  assert.strictEqual(pool.stats().threads, 2); // no error has cost one
}

async function files() {
  const module = new Pool(pathToFileURL(fixture('module.mjs')), { threads: 1 });
  assert.strictEqual(await module.run(2), 42);
  assert.strictEqual(await module.run(2, { name: 'twice' }), 4);
  await assert.rejects(module.run(2, { name: 'nothing' }),
                       { code: 'ERR_JOBS_NO_FUNCTION', message: /only: default, twice/ });

  const throws = new Pool(fixture('throws.js'), { threads: 1 });
  const both = await Promise.allSettled([throws.run(1), throws.run(2)]);
  for (const { reason } of both) {
    assert.strictEqual(reason.code, 'ERR_JOBS_FILE');
    assert.strictEqual(reason.cause.message, 'at load');
  }
  const none = new Pool(fixture('no-functions.js'), { threads: 1 });
  await assert.rejects(none.run(1),
                       { code: 'ERR_JOBS_NO_FUNCTION', message: /exports no function 'default', and no other/ });

  const { Pool: imported } = await import('torc:jobs');
  assert.strictEqual(imported, Pool);
  await assert.rejects(import('torc:nothing'), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' });
  assert.throws(() => require('torc:nothing'), { code: 'MODULE_NOT_FOUND' });
}

(async () => {
  const pool = new Pool(fixture('work.js'),
                        { threads: 2, workerData: { own: 1 }, argv: ['x'], env: { JOBS_TEST: 'y' } });
  await results(pool);
  await errors(pool);
  await files();
  console.log('done');
})();
// An idle pool does not keep the program alive, one with a job does.
let ended = false;
process.on('beforeExit', () => { ended = true; });
process.on('exit', (code) => assert(ended && code === 0));
