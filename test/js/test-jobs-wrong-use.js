/* Whatever is wrong with the arguments of torc:jobs is said at once, by name. */
'use strict';
const assert = require('assert');
const path = require('path');
const { Pool, move } = require('torc:jobs');

const file = path.join(__dirname, '../fixtures/jobs/work.js');

for (const [args, code, text] of [
  [[], 'ERR_INVALID_ARG_TYPE', /"file" argument must be of type string or an instance of URL/],
  [[7], 'ERR_INVALID_ARG_TYPE', /"file"/],
  [['./no-such-file.js'], 'ERR_JOBS_NO_FILE', /no-such-file\.js/],
  [[__dirname], 'ERR_JOBS_NO_FILE', /js/],
  [[new URL('http://127.0.0.1/x.js')], 'ERR_INVALID_URL_SCHEME', /file/],
  [[file, 7], 'ERR_INVALID_ARG_TYPE', /"options"/],
  [[file, { thread: 2 }], 'ERR_INVALID_ARG_VALUE', /'options\.thread' is unknown; known are: threads, maxQueue/],
  [[file, { threads: 0 }], 'ERR_OUT_OF_RANGE', /options\.threads/],
  [[file, { threads: '2' }], 'ERR_INVALID_ARG_TYPE', /options\.threads/],
  [[file, { threads: 1.5 }], 'ERR_OUT_OF_RANGE', /options\.threads/],
  [[file, { maxQueue: -1 }], 'ERR_OUT_OF_RANGE', /options\.maxQueue/],
  [[file, { idleTimeout: -1 }], 'ERR_OUT_OF_RANGE', /options\.idleTimeout/],
  [[file, { idleTimeout: 2 ** 40 }], 'ERR_INVALID_ARG_VALUE', /options\.idleTimeout/],
  [[file, { timeout: 0 }], 'ERR_INVALID_ARG_VALUE', /options\.timeout/],
  [[file, { resourceLimits: { heap: 1 } }], 'ERR_INVALID_ARG_VALUE', /options\.resourceLimits\.heap' is unknown/],
  [[file, { resourceLimits: { stackSizeMb: '4' } }], 'ERR_INVALID_ARG_TYPE', /options\.resourceLimits\.stackSizeMb/],
  [[file, { env: 1 }], 'ERR_INVALID_ARG_TYPE', /options\.env/],
  [[file, { argv: 'x' }], 'ERR_INVALID_ARG_TYPE', /options\.argv/],
  [[file, { execArgv: {} }], 'ERR_INVALID_ARG_TYPE', /options\.execArgv/],
  [[file, { name: 1 }], 'ERR_INVALID_ARG_TYPE', /options\.name/],
])
  assert.throws(() => new Pool(...args), { code, message: text });

assert.throws(() => move({}, 7), { code: 'ERR_INVALID_ARG_TYPE' });

(async () => {
  const pool = new Pool(file, { threads: 1 });
  for (const [options, code, text] of [
    [7, 'ERR_INVALID_ARG_TYPE', /"options"/],
    [{ nam: 'x' }, 'ERR_INVALID_ARG_VALUE', /'options\.nam' is unknown; known are: transfer, signal/],
    [{ transfer: 1 }, 'ERR_INVALID_ARG_TYPE', /options\.transfer/],
    [{ signal: {} }, 'ERR_INVALID_ARG_TYPE', /options\.signal/],
    [{ priority: 'high' }, 'ERR_INVALID_ARG_TYPE', /options\.priority/],
    [{ name: 7 }, 'ERR_INVALID_ARG_TYPE', /options\.name/],
    [{ timeout: -1 }, 'ERR_OUT_OF_RANGE', /options\.timeout/],
  ])
    await assert.rejects(pool.run(1, options), { code, message: text });
  assert.strictEqual(pool.stats().threads, 0);
  const wrong = new Pool(file, { threads: 1, execArgv: ['--no-such-option'] });
  await assert.rejects(wrong.run(1), { code: 'ERR_WORKER_INVALID_EXEC_ARGV' });
  await pool.close();
  await assert.rejects(pool.run(1), { code: 'ERR_JOBS_CLOSED' });
})();
