'use strict';
// The result as one HTML page that needs nothing else: charts as inline SVG, all figures as tables and as JSON.

const chart = require('../../lib/internal/torc/bench/chart.js');
const { METRICS, figures, rows } = require('./report.js');

// One figure of each workload as a chart: the first of these that it has.
const CHARTED = ['throughput', 'cpu', 'memory'];
const OURS = 'torc';

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #5d6670; --line: #d9dee4; --bar: #0b63b5; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --text: #e7eaee; --soft: #9aa4af; --line: #333a42;
  --bar: #5aa9f4; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
.soft, figcaption span { color: var(--soft); }
.charts { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
figcaption span { font-weight: 400; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .bar { fill: var(--bar); }
svg .range { stroke: var(--text); stroke-width: 1.5; opacity: .55; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; text-align: right; }
tbody th { text-align: left; font-weight: 400; } thead th { color: var(--soft); font-weight: 400; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }`;

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text) => `${text}`.replace(/[&<>"]/g, (c) => ESCAPES[c]);

function figure({ workload, results }) {
  const metric = CHARTED.map((key) => METRICS.find((one) => one.key === key))
    .find((one) => figures(results[OURS], one));
  const groups = Object.entries(results).map(([label, list]) => ({ label: escape(label), bar: figures(list, metric) }));
  const title = escape(workload.title);
  return `<figure><figcaption>${title} <span>${metric.name}, ${metric.better} is better</span></figcaption>` +
    `${chart.bars(title, groups, metric.digits, ['bar'])}</figure>`;
}

function table({ workload, results }, reference) {
  const [head, ...body] = rows(results, reference).map((row) => row.map(escape));
  const cells = ([name, ...rest]) =>
    `<tr><th scope="row">${name}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<table><caption>${escape(workload.title)}</caption>
<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>${body.map(cells).join('\n')}</tbody></table>`;
}

// measured: [{ name, workload, results }]; facts: [[what, value]].
function html(measured, reference, facts) {
  const data = measured.map(({ name, results }) => ({ workload: name, results }));
  const json = JSON.stringify({ facts: Object.fromEntries(facts), data }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>torc: node:http beside others</title>
<style>${STYLE}</style>
<h1>node:http of torc beside others</h1>
<p class="soft">Bars are medians, thin lines reach from the least to the greatest measurement.</p>
<div class="charts">${measured.map(figure).join('\n')}</div>
<h2>Figures</h2>
<p class="soft">A ratio is the median of the ratios of all rounds; its spread is from the least to the greatest.</p>
<div class="scroll">${measured.map((one) => table(one, reference)).join('\n')}</div>
<h2>How it was measured</h2>
<dl>${facts.map(([what, value]) => `<dt>${escape(what)}</dt><dd>${escape(value)}</dd>`).join('\n')}</dl>
<script type="application/json" id="measurements">${json}</script>
</html>
`;
}

module.exports = { html };
