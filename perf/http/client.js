'use strict';
// client.js WORKLOAD URL: the client that is measured; the same program under every runtime. A line on stdin asks for
// something, a line on stdout answers when it is done.
//
//   load CONNECTIONS SECONDS    so many requests at a time, for so long
//   count CONNECTIONS REQUESTS  so many at all, garbage collected before
//
// Every answer is compared with the one expected. The line is JSON: requests, seconds, bytes of heap that became used,
// operations and system calls of torc's loop where it counts them.

const readline = require('readline');
const { workloads } = require('./workloads.js');

const [, , name, url] = process.argv;
const { answer, client } = workloads[name];
const send = client(url);

function collect() {
  if (globalThis.Bun) return globalThis.Bun.gc(true);
  // Twice: what finalizers let go is garbage in the second round.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
}

function state() {
  return { heap: process.memoryUsage().heapUsed, io: process.torc?.io(), time: performance.now() };
}

// goesOn(): whether one more is to be sent.
async function run(connections, goesOn) {
  let requests = 0;
  const before = state();
  await Promise.all(Array.from({ length: connections }, async () => {
    while (goesOn()) {
      const text = await send();
      if (text !== answer) throw new Error(`expected '${answer}', got '${text}'`);
      requests++;
    }
  }));
  const after = state();
  return {
    requests,
    seconds: (after.time - before.time) / 1e3,
    heap: after.heap - before.heap,
    calls: after.io && after.io.calls - before.io.calls,
    enters: after.io && after.io.enters - before.io.enters,
  };
}

function load(connections, seconds) {
  const end = performance.now() + seconds * 1e3;
  return run(connections, () => performance.now() < end);
}

function count(connections, requests) {
  let left = requests;
  collect();
  return run(connections, () => left-- > 0);
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [what, connections, amount] = line.split(' ');
  const result = await (what === 'load' ? load : count)(Number(connections), Number(amount));
  console.log(JSON.stringify(result));
});
