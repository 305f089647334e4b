'use strict';
// loop.js PROGRAM [ROUNDS] [SECONDS] [FILTER]: the benchmarks of perf/loop/, each on the ring and on epoll by turns.

const { spawnSync } = require('child_process');
const args = require('./common/args.js');
const { summary, machine } = require('./common/lib.js');

const [, , program] = process.argv;
const given = args.positionals(1, 'ROUNDS', 'SECONDS', 'FILTER');
const rounds = args.rounds(given[0] ?? '7');
const seconds = args.number('SECONDS', given[1] ?? '0.3', 0.001, args.SECONDS_MAX);
// The benchmark's expressions know no escaped slash, which is how JavaScript writes one.
const filter = args.pattern('FILTER', given[2] ?? '.').source.replaceAll('\\/', '/');
const BACK_ENDS = ['uring', 'epoll'];
const COLUMN = 11;

function run(io, args) {
  const result = spawnSync(program, args, { env: { ...process.env, TORC_IO: io }, encoding: 'utf8' });
  if (result.status !== 0)
    throw new Error(`${program} with TORC_IO=${io} ended with ${result.status}:\n${result.stderr}`);
  return result.stdout;
}

function measure(io, name) {
  const exact = `^${name.replace(/[^\w/]/g, '\\$&')}$`;
  const out = run(io, [`--benchmark_filter=${exact}`, `--benchmark_min_time=${seconds}s`, '--benchmark_format=json']);
  const [b] = JSON.parse(out).benchmarks;
  if (b.time_unit !== 'ns') throw new Error(`${name}: times are in ${b.time_unit}`);
  return { time: b.real_time, cpu: b.loop_cpu_ns, enters: b.enters, calls: b.calls };
}

const ns = (value) => value.toFixed(value < 1000 ? 1 : 0);
const per = (value) => value.toFixed(value < 0.1 ? 3 : 2);

// How many times as fast the ring is: above 1 is better than epoll.
function ratio(lists, key) {
  const { median, min, max } = summary(lists.uring.map((r, i) => lists.epoll[i][key] / r[key]));
  return [median.toFixed(2), `${min.toFixed(2)}-${max.toFixed(2)}`];
}

function row(name, lists) {
  const median = (io, key) => summary(lists[io].map((r) => r[key])).median;
  return [name,
          ns(median('uring', 'time')), ns(median('epoll', 'time')), ...ratio(lists, 'time'),
          ns(median('uring', 'cpu')), ns(median('epoll', 'cpu')), ...ratio(lists, 'cpu'),
          per(median('uring', 'calls')), per(median('epoll', 'calls'))];
}

console.log(`the loop library, ${rounds} rounds of ${seconds} s by turns; times in ns per operation`);
console.log(machine());
const names = run('epoll', ['--benchmark_list_tests', `--benchmark_filter=${filter}`]).split('\n').filter(Boolean);
if (names.length === 0) args.fail(`FILTER: no benchmark has a name that matches '${filter}'`);
const shown = (name) => name.replace('/real_time', '');
const width = Math.max(...names.map((name) => shown(name).length));
const padded = (cell, i) => (i ? cell.padStart(COLUMN) : cell.padEnd(width));
const print = (cells) => console.log(cells.map(padded).join(' '));
print(['', 'ring', 'epoll', 'speed-up', 'spread', 'CPU ring', 'CPU epoll', 'speed-up', 'spread', 'calls ring',
       'calls epoll']);
for (const name of names) {
  const lists = { uring: [], epoll: [] };
  for (let i = 0; i < rounds; i++) {
    // Who goes first changes, too.
    for (const io of i % 2 ? [...BACK_ENDS].reverse() : BACK_ENDS) lists[io].push(measure(io, name));
  }
  print(row(shown(name), lists));
}
