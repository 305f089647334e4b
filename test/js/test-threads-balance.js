/* torc --threads shares connections out evenly: of many that stay open, no thread has clearly more than another; when
 * some of them end, new ones make up for it; and each is served once, by one thread. */
'use strict';
const assert = require('assert');
const http = require('http');
const { Run } = require('../fixtures/threads-run.js');

const THREADS = 3;
const CONNECTIONS = 300;
const UNEVEN = 15; // 1, a 32nd of those of a thread, and what is on its way meanwhile

async function connect(run, count) {
  return Promise.all(Array.from({ length: count }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    return { agent, thread: await run.get('/', agent) };
  }));
}

function check(connections, uneven) {
  const counts = Array(THREADS).fill(0);
  for (const { thread } of connections) counts[thread - 1]++;
  assert(Math.max(...counts) - Math.min(...counts) <= uneven, `${counts}`);
}

(async () => {
  const run = new Run(THREADS);
  await run.listening(THREADS);
  check(await connect(run, 2 * THREADS), 2);
  const connections = await connect(run, CONNECTIONS);
  check(connections, UNEVEN);

  // All of one thread's end.
  const ended = connections.filter(({ thread }) => thread === '2');
  for (const { agent } of ended) agent.destroy();
  await Promise.all(ended.map(async () => run.get('/'))); // the server has seen it
  const rest = connections.filter(({ thread }) => thread !== '2');
  check([...rest, ...await connect(run, ended.length)], UNEVEN);
  for (const connection of connections) {
    if (connection.thread !== '2') assert.strictEqual(await run.get('/', connection.agent), connection.thread);
  }
  run.child.kill('SIGTERM');
  assert.strictEqual(await run.ended, 0);
  process.exit();
})();
