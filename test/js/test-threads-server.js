/* torc --threads: all threads serve the same port; SIGTERM lets requests end; the exit code is the program's. */
'use strict';
const assert = require('assert');
const http = require('http');
const { Run } = require('../fixtures/threads-run.js');

async function serves() {
  const run = new Run(3);
  await run.listening(3);
  const [port] = run.matching(/^listening/).map((line) => line.split(' ')[1]);
  assert.deepStrictEqual(run.matching(/^listening/).sort(),
                         [1, 2, 3].map((n) => `listening ${port} ${n} 3 true undefined`));
  const answers = new Set();
  while (answers.size < 3) answers.add(await run.get('/'));
  assert.deepStrictEqual([...answers].sort(), ['1', '2', '3']);

  // Another program, with threads or without, does not get the port.
  for (const other of [new Run(2, port), new Run(1, port)]) {
    assert.strictEqual(await other.ended, 7);
    assert(other.matching(/^EADDRINUSE/).length > 0);
  }

  const agent = new http.Agent({ keepAlive: true });
  await run.get('/', agent); // stays connected
  const slow = Array.from({ length: 6 }, () => run.get('/slow', agent));
  await run.says(/^slow/, slow.length); // all have begun
  run.child.kill('SIGTERM');
  assert.deepStrictEqual(await Promise.all(slow), Array(6).fill('slow'));
  assert.strictEqual(await run.ended, 0);
  await assert.rejects(run.get('/'), { code: 'ECONNREFUSED' });
}

async function ends() {
  const run = new Run(2);
  await run.listening(2);
  await run.get('/exit'); // one of them; the other goes on
  // What waits in the queue of the one ends with it, so this may have to be asked again.
  const never = () => run.get('/never').catch((error) => {
    assert.strictEqual(error.code, 'ECONNRESET');
    return run.matching(/^never/).length === 0 ? never() : undefined;
  });
  never();
  await run.says(/^never/);
  run.child.kill('SIGINT');
  run.child.kill('SIGTERM');
  const code = await run.ended;
  assert(code === 130 || code === 143, `${code}`); // the second signal does not wait
}

async function failsAtStart() {
  const run = new Run(2, 'fails');
  assert.strictEqual(await run.ended, 1);
  assert.strictEqual(run.matching(/; started again$/).length, 0);
  assert(run.matching(/Error: at start$/).length >= 1);
}

(async () => {
  await serves();
  await ends();
  await failsAtStart();
})();
