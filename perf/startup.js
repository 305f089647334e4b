'use strict';
// startup.js TORC NODE [RUNS]: exec to exit of a one-line program, by turns; its peak memory, in other runs.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const args = require('./common/args.js');
const { summary, table, machine } = require('./common/lib.js');

const [, , torc, node] = process.argv;
const [given = '40'] = args.positionals(2, 'RUNS');
const runs = args.wholeNumber('RUNS', given, 1, args.ROUNDS_MAX);
const runtimes = { torc, node };
const WARM_UP_RUNS = 3;
const MEMORY_RUNS = 5;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'torc-startup-'));
const program = path.join(dir, 'hello.js');
fs.writeFileSync(program, "console.log('hello');\n");

// The same, and what it used.
const measured = path.join(dir, 'measured.js');
fs.writeFileSync(measured, "console.log('hello');\nconsole.error(process.resourceUsage().maxRSS);\n");

function run(command, file) {
  const result = spawnSync(command, [file]);
  if (result.status !== 0 || result.stdout.toString() !== 'hello\n')
    throw new Error(`${command}: exit ${result.status}, ${result.stderr}`);
  return result.stderr.toString();
}

function once(command) {
  const start = process.hrtime.bigint();
  run(command, program);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function peakMB(command) {
  const list = Array.from({ length: MEMORY_RUNS }, () => Number(run(command, measured)) / 1024);
  return summary(list).median;
}

console.log(`start-up of a one-line program, ${runs} runs by turns`);
console.log(machine());
const results = { torc: [], node: [] };
for (let i = -WARM_UP_RUNS; i < runs; i++) {
  for (const [name, command] of Object.entries(runtimes)) {
    const ms = once(command);
    if (i >= 0) results[name].push(ms);
  }
}
const rows = [['', 'median ms', 'min ms', 'max ms', 'peak MB']];
const stats = {};
for (const [name, list] of Object.entries(results)) {
  stats[name] = summary(list);
  rows.push([name, ...['median', 'min', 'max'].map((key) => stats[name][key].toFixed(1)),
             peakMB(runtimes[name]).toFixed(1)]);
}
fs.rmSync(dir, { recursive: true });
table(rows);
console.log(`torc / node: ${(stats.torc.median / stats.node.median).toFixed(3)}`);
