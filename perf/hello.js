'use strict';
// hello.js TORC NODE [ROUNDS] [SECONDS] [CONNECTIONS]: docs/examples/hello-server.js under both, by turns.

const path = require('path');
const { cpuSeconds, summary, startServer, stopServer, load, table, machine } = require('./lib.js');

const [torc, node, rounds = '5', seconds = '4', connections = '64'] = process.argv.slice(2);
const server = path.join(__dirname, '..', 'docs', 'examples', 'hello-server.js');
const SERVER_CORE = 0;
const LOADER_CORE = 1;
const WARM_UP_SECONDS = 2;
const runtimes = { torc, node };

async function measure(command) {
  const { child, url } = await startServer(command, [server], SERVER_CORE, { PORT: '0' });
  try {
    await load(url, { core: LOADER_CORE, connections, seconds: WARM_UP_SECONDS });
    const before = cpuSeconds(child.pid);
    const { requests, p99 } = await load(url, { core: LOADER_CORE, connections, seconds });
    return { cpu: (cpuSeconds(child.pid) - before) / requests * 1e6, rate: requests / Number(seconds), p99 };
  } finally {
    await stopServer(child);
  }
}

(async () => {
  console.log(`hello world over HTTP, ${connections} connections, ${rounds} rounds of ${seconds} s by turns`);
  console.log(machine());
  const results = { torc: [], node: [] };
  for (let i = 0; i < Number(rounds); i++) {
    for (const [name, command] of Object.entries(runtimes)) results[name].push(await measure(command));
  }
  const rows = [['', 'CPU us/request', 'spread', 'requests/s', 'p99 ms']];
  const cpu = {};
  for (const [name, list] of Object.entries(results)) {
    cpu[name] = summary(list.map((r) => r.cpu));
    rows.push([name, cpu[name].median.toFixed(2), `${cpu[name].min.toFixed(2)}-${cpu[name].max.toFixed(2)}`,
               summary(list.map((r) => r.rate)).median.toFixed(0), summary(list.map((r) => r.p99)).median.toFixed(2)]);
  }
  table(rows);
  console.log(`torc / node: ${(cpu.torc.median / cpu.node.median).toFixed(3)}`);
})();
