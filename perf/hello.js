'use strict';
// hello.js TORC NODE [ROUNDS] [SECONDS] [CONNECTIONS]: docs/examples/hello-server.js under each, by turns.

const path = require('path');
const args = require('./common/args.js');
const { cpuSeconds, summary, startServer, stopServer, load, table, machine } = require('./common/lib.js');

const CONNECTIONS_MAX = 20_000;
const [, , torc, node] = process.argv;
const given = args.positionals(2, 'ROUNDS', 'SECONDS', 'CONNECTIONS');
const rounds = args.rounds(given[0] ?? '5');
const seconds = args.wholeNumber('SECONDS', given[1] ?? '4', 1, args.SECONDS_MAX);
const connections = args.wholeNumber('CONNECTIONS', given[2] ?? '64', 1, CONNECTIONS_MAX);
const server = path.join(__dirname, '..', 'docs', 'examples', 'hello-server.js');
const SERVER_CORE = 0;
const LOADER_CORE = 1;
const WARM_UP_SECONDS = 2;
const runtimes = { 'torc': [torc], 'torc, epoll': [torc, '--io=epoll'], 'node': [node] };

async function measure([command, ...options]) {
  const { child, url } = await startServer(command, [...options, server], SERVER_CORE, { PORT: '0' });
  try {
    await load(url, { core: LOADER_CORE, connections, seconds: WARM_UP_SECONDS });
    const before = cpuSeconds(child.pid);
    const { requests, p99 } = await load(url, { core: LOADER_CORE, connections, seconds });
    return { cpu: (cpuSeconds(child.pid) - before) / requests * 1e6, rate: requests / seconds, p99 };
  } finally {
    await stopServer(child);
  }
}

(async () => {
  console.log(`hello world over HTTP, ${connections} connections, ${rounds} rounds of ${seconds} s by turns`);
  console.log(machine());
  const results = Object.fromEntries(Object.keys(runtimes).map((name) => [name, []]));
  for (let i = 0; i < rounds; i++) {
    for (const [name, command] of Object.entries(runtimes)) results[name].push(await measure(command));
  }
  const rows = [['', 'CPU us/request', 'spread', 'requests/s', 'p99 ms']];
  for (const [name, list] of Object.entries(results)) {
    const cpu = summary(list.map((r) => r.cpu));
    rows.push([name, cpu.median.toFixed(2), `${cpu.min.toFixed(2)}-${cpu.max.toFixed(2)}`,
               summary(list.map((r) => r.rate)).median.toFixed(0), summary(list.map((r) => r.p99)).median.toFixed(2)]);
  }
  table(rows);
  for (const other of ['torc, epoll', 'node']) {
    const { median, min, max } = summary(results.torc.map((r, i) => r.cpu / results[other][i].cpu));
    console.log(`CPU torc / ${other}: ${median.toFixed(3)} (${min.toFixed(3)}-${max.toFixed(3)})`);
  }
})();
