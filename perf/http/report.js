'use strict';
// Medians, ratios and tables of `scripts/perf http`.

const { summary, table } = require('../common/lib.js');

const KB = 1024;

// What is shown of a measurement, where it is known. better: which direction is; main: with its spread; ratio: beside
// Node's.
const METRICS = [
  { key: 'cpu', name: 'CPU us/request', better: 'less', digits: 1, main: true, ratio: true },
  { key: 'rate', name: 'requests/s', better: 'more', digits: 0 },
  { key: 'throughput', name: 'MB/s', better: 'more', digits: 0, main: true, ratio: true },
  { key: 'p99', name: 'p99 ms', better: 'less', digits: 2, scale: 1e-3, ratio: true },
  { key: 'heap', name: 'heap KB/request', better: 'less', digits: 2, scale: 1 / KB },
  { key: 'memory', name: 'memory KB/connection', better: 'less', digits: 1, scale: 1 / KB, main: true, ratio: true },
  { key: 'calls', name: 'calls/request', better: 'less', digits: 3 },
  { key: 'enters', name: 'enters/request', better: 'less', digits: 3 },
];

function figures(list, { key, scale = 1 }) {
  const values = list.map((one) => one[key]).filter((value) => value !== undefined).map((value) => value * scale);
  return values.length ? summary(values) : undefined;
}

// How a runtime stands beside another one: the median of the ratios of each round.
function ratio(list, others, { key }) {
  const values = list.map((one, i) => one[key] / others[i][key]).filter((value) => Number.isFinite(value));
  return values.length ? summary(values) : undefined;
}

const range = ({ min, max }, digits) => `${min.toFixed(digits)}-${max.toFixed(digits)}`;

// results: { runtime's name: [measurement of each round] }; the first row is the head. Metrics that nobody has are left
// out.
function rows(results, reference) {
  const lists = Object.entries(results);
  const known = METRICS.filter((metric) => lists.some(([, list]) => figures(list, metric)));
  const cell = (value, digits, withRange) => {
    const cells = value ? [value.median.toFixed(digits), range(value, digits)] : ['', ''];
    return withRange ? cells : cells.slice(0, 1);
  };
  const head = known.flatMap(({ name, main, ratio }) => [
    name, ...(main ? ['spread'] : []), ...(ratio ? [`/ ${reference}`, 'spread'] : []),
  ]);
  const cells = (list) => known.flatMap((metric) => [
    ...cell(figures(list, metric), metric.digits, metric.main),
    ...(metric.ratio ? cell(ratio(list, results[reference], metric), 2, true) : []),
  ]);
  return [['', ...head], ...lists.map(([name, list]) => [name, ...cells(list)])];
}

function print(workload, results, reference) {
  console.log(`\n${workload.title}`);
  table(rows(results, reference));
}

module.exports = { METRICS, figures, print, rows };
