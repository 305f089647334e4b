/* A thread of torc --threads that crashes under load is replaced within a second, and no connection is lost that it had
 * not seen: neither those in the queue of its socket nor those that the kernel had accepted for it. */
'use strict';
const assert = require('assert');
const http = require('http');
const { Run } = require('../fixtures/threads-run.js');

const CONNECTIONS = 60;
const ROUNDS = 4;

// A connection that stays, to the thread of that number.
async function connectionTo(run, thread) {
  for (;;) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    if (await run.get('/', agent) === thread) return agent;
    agent.destroy();
  }
}

// The thread throws as soon as it has finished something else, before it looks at connections that came meanwhile.
async function throwsBefore(run, n) {
  const [spinner, thrower] = [await connectionTo(run, '1'), await connectionTo(run, '1')];
  run.get('/spin', spinner).catch(() => {}); // it is lost if it had no time to be sent
  await run.says(/^spinning/, n);
  return run.get('/throw', thrower);
}

function throwsAfter(run) {
  return run.get('/crash');
}

async function round(run, n, crash) {
  const lost = crash(run, n);
  lost.catch(() => {});
  await run.says(/^spinning/, n);
  const began = performance.now();
  // Of these some go to the thread that computes, and then is gone.
  const answers = Promise.all(Array.from({ length: CONNECTIONS }, () => run.get('/')));
  await assert.rejects(lost);
  await run.says(/^listening/, 2 + n);
  for (const answer of await answers) assert.match(answer, /^[12]$/);
  return performance.now() - began;
}

(async () => {
  const run = new Run(2);
  await run.listening(2);
  const times = [];
  for (let n = 1; n <= ROUNDS; n++) {
    times.push(await round(run, n, n % 2 ? throwsBefore : throwsAfter));
    // Not too often in a row: that would be the end.
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  if (!process.env.TORC_SANITIZED) assert(Math.min(...times) < 300 + 1000, `${times}`);
  const said = run.matching(/ended with exit code 1 after .* s; started again$/);
  assert.strictEqual(said.length, ROUNDS);
  assert.strictEqual(run.matching(/Error: crashed on purpose$/).length, ROUNDS);
  run.child.kill('SIGTERM');
  assert.strictEqual(await run.ended, 0);
})();
