'use strict';
// The result as one HTML page that needs nothing else: charts as inline SVG, all figures as tables and as JSON.

const chart = require('../../lib/internal/torc/bench/chart.js');
const sheet = require('../../lib/internal/torc/bench/sheet.js');
const { METRICS, figures, rows } = require('./report.js');

// One figure of each workload as a chart: the first of these that it has.
const CHARTED = ['throughput', 'cpu', 'memory'];
const OURS = 'torc';

const STYLE = `
:root { --bar: #0b63b5; }
@media (prefers-color-scheme: dark) { :root { --bar: #5aa9f4; } }
svg .bar { fill: var(--bar); }`;

function figure({ workload, results }) {
  const metric = CHARTED.map((key) => METRICS.find((one) => one.key === key))
    .find((one) => figures(results[OURS], one));
  const groups = Object.entries(results)
    .map(([label, list]) => ({ label: sheet.escape(label), bar: figures(list, metric) }));
  const title = sheet.escape(workload.title);
  return sheet.figure(title, `${metric.name}, ${metric.better} is better`,
                      chart.bars(title, groups, metric.digits, ['bar']));
}

// measured: [{ name, workload, results }]; facts: [[what, value]].
function html(measured, reference, facts) {
  const tables = measured.map(({ workload, results }) =>
    sheet.table(sheet.escape(workload.title), rows(results, reference)));
  const data = measured.map(({ name, results }) => ({ workload: name, results }));
  return sheet.page('torc: node:http beside others', STYLE, `\
<h1>node:http of torc beside others</h1>
<p class="soft">Bars are medians, thin lines reach from the least to the greatest measurement.</p>
<div class="charts">${measured.map(figure).join('\n')}</div>
<h2>Figures</h2>
<p class="soft">A ratio is the median of the ratios of all rounds; its spread is from the least to the greatest.</p>
<div class="scroll">${tables.join('\n')}</div>
<h2>How it was measured</h2>
${sheet.facts(facts)}`, { facts: Object.fromEntries(facts), data });
}

module.exports = { html };
