'use strict';
// server.js WORKLOAD: the server that is measured; the same program under every runtime. A line on stdin asks for
// something, a line on stdout answers; requests are not disturbed by that.
//
//   state    JSON: bytes of heap in use, counters of torc's loop or null
//   collect  the same after a full collection of garbage

const { workloads } = require('./workloads.js');

function collect() {
  if (globalThis.Bun) return globalThis.Bun.gc(true);
  // Twice: what finalizers let go is garbage in the second round.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
}

function state() {
  return { heap: process.memoryUsage().heapUsed, io: process.torc?.io() ?? null };
}

function answer(line) {
  if (line === 'collect') collect();
  console.log(JSON.stringify(state()));
}

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  input += chunk;
  const lines = input.split('\n');
  input = lines.pop();
  lines.forEach(answer);
});

const BACKLOG = 511;
const server = workloads[process.argv[2]].create();
if (server.inject) { // fastify
  server.listen({ port: 0, host: '127.0.0.1' }).then((address) => console.log(`listening on ${address}`));
} else {
  server.listen(0, '127.0.0.1', BACKLOG, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
}
