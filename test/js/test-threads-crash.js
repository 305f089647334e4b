/* A thread of torc --threads that crashes under load is replaced within a second, and no connection is lost that it had
 * not seen: neither those in the queue of its socket nor those that the kernel had accepted for it. */
// Alone
'use strict';
const assert = require('assert');
const { Run } = require('../fixtures/threads-run.js');

const CONNECTIONS = 60;
const ROUNDS = 4;
const SPINS_MS = 300;
const SERVES_WITHIN_MS = 1000;

// What crashes a thread, and how many connections it has seen by then, beside the one that asked for it.
const CRASHES = [{ url: '/last', seen: 1 }, { url: '/crash', seen: 0 }];

async function round(run, n, { url, seen }) {
  run.get(url).catch(() => {});
  await run.says(/^spinning/, n);
  const began = performance.now();
  // Of these some go to the thread that computes, and then is gone.
  const answers = Promise.allSettled(Array.from({ length: CONNECTIONS }, () => run.get('/')));
  await run.says(/^listening/, 2 + n);
  const lost = (await answers).filter((answer) => answer.status === 'rejected');
  assert(lost.length <= seen, `${url}: ${lost.length} of ${CONNECTIONS} are lost: ${lost[0]?.reason}`);
  for (const answer of await answers) if (answer.status === 'fulfilled') assert.match(answer.value, /^[12]$/);
  return performance.now() - began;
}

(async () => {
  const started = performance.now();
  const run = new Run(2);
  await run.listening(2);
  // On a machine that is busy with other things all takes longer.
  const within = Math.max(SERVES_WITHIN_MS, 10 * (performance.now() - started));
  const times = [];
  for (let n = 1; n <= ROUNDS; n++) {
    times.push(await round(run, n, CRASHES[n % CRASHES.length]));
    // Not too often in a row: that would be the end.
    await new Promise((resolve) => setTimeout(resolve, 1100));
  }
  if (!process.env.TORC_SANITIZED) assert(Math.min(...times) < SPINS_MS + within, `${times}`);
  const said = run.matching(/ended with exit code 1 after .* s; started again$/);
  assert.strictEqual(said.length, ROUNDS);
  assert.strictEqual(run.matching(/Error: crashed on purpose$/).length, ROUNDS);
  run.child.kill('SIGTERM');
  assert.strictEqual(await run.ended, 0);
})();
