'use strict';

// Medians, ratios with their spread, and the table for the terminal.

// What is measured. better: which direction is.
const METRICS = [
  { key: 'rate', name: 'requests per second', unit: '/s', better: 'more', digits: 0 },
  { key: 'p50', name: 'latency, median', unit: 'us', better: 'less', digits: 0 },
  { key: 'p90', name: 'latency, 90 %', unit: 'us', better: 'less', digits: 0 },
  { key: 'p99', name: 'latency, 99 %', unit: 'us', better: 'less', digits: 0 },
  { key: 'p99.9', name: 'latency, 99.9 %', unit: 'us', better: 'less', digits: 0 },
  { key: 'cpu', name: 'server CPU per request', unit: 'us', better: 'less', digits: 2 },
  { key: 'calls', name: 'system calls per request', unit: '', better: 'less', digits: 3 },
  { key: 'memory', name: 'memory, most resident', unit: 'MB', better: 'less', digits: 1 },
];

const countOf = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function spread(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

// For each number of connections and each metric: { uring, epoll, ratio }, each with median, min and max. A ratio is of
// the two measurements of one round.
function summarise(results) {
  return results.map(({ connections, uring, epoll }) => ({
    connections,
    metrics: Object.fromEntries(METRICS.map(({ key }) => [key, {
      uring: spread(uring.map((r) => r[key])),
      epoll: spread(epoll.map((r) => r[key])),
      ratio: spread(uring.map((r, i) => r[key] / epoll[i][key])),
    }])),
  }));
}

const range = ({ min, max }, digits) => `${min.toFixed(digits)}-${max.toFixed(digits)}`;

// The cells of a table; the first row is its head.
function rows({ metrics }) {
  return [
    ['', 'io_uring', 'epoll', 'ratio', 'spread', ''],
    ...METRICS.map(({ key, name, unit, better, digits }) => {
      const { uring, epoll, ratio } = metrics[key];
      return [unit ? `${name}, ${unit}` : name, uring.median.toFixed(digits), epoll.median.toFixed(digits),
              ratio.median.toFixed(2), range(ratio, 2), `${better} is better`];
    }),
  ];
}

function align(table) {
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  const last = widths.length - 1;
  return table.map((row) => row
    .map((cell, i) => (i === 0 || i === last ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
    .join('  ').trimEnd()).join('\n');
}

function text(facts, data) {
  const head = [`${facts.app} at ${facts.url}`, facts.method, `${facts.place}; loader: ${facts.loader}`, facts.machine,
                facts.versions].join('\n');
  const tables = data.map((one) => `${countOf(one.connections, 'connection')}\n${align(rows(one))}`);
  return `\n${[head, ...tables].join('\n\n')}\n`;
}

module.exports = { METRICS, countOf, rows, summarise, text };
