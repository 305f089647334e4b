'use strict';

// The report as one HTML page that needs nothing else: charts as inline SVG, light and dark, and all figures as tables.

const chart = require('internal/torc/bench/chart');
const { METRICS, countOf, rows } = require('internal/torc/bench/report');

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #5d6670; --line: #d9dee4;
  --uring: #0b63b5; --epoll: #b95a00; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --text: #e7eaee; --soft: #9aa4af; --line: #333a42;
  --uring: #5aa9f4; --epoll: #f2a03d; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; }
.soft, figcaption span { color: var(--soft); }
.charts { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
figcaption span { font-weight: 400; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .uring { fill: var(--uring); } svg .epoll { fill: var(--epoll); }
svg .range { stroke: var(--text); stroke-width: 1.5; opacity: .55; }
svg text.of-uring { fill: var(--uring); } svg text.of-epoll { fill: var(--epoll); }
svg path.uring { fill: none; stroke: var(--uring); stroke-width: 2; }
svg path.epoll { fill: none; stroke: var(--epoll); stroke-width: 2; stroke-dasharray: 5 3; }
.key i { display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 1em; border-radius: 2px; }
.key i:first-child { margin-left: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
th, td { padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { text-align: right; } th { text-align: left; font-weight: 400; } thead th { color: var(--soft); text-align: right; }
td:last-child { text-align: left; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }`;

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text) => text.replace(/[&<>"]/g, (c) => ESCAPES[c]);

const BARS = ['rate', 'cpu', 'calls', 'memory'];
const PERCENTILES = { p50: '50 %', p90: '90 %', p99: '99 %', 'p99.9': '99.9 %' };

const connectionsOf = (count) => countOf(count, 'connection');

function figure(title, note, svg) {
  return `<figure><figcaption>${title} <span>${note}</span></figcaption>${svg}</figure>`;
}

function bars(key, data) {
  const { name, unit, better, digits } = METRICS.find((metric) => metric.key === key);
  const groups = data.map(({ connections, metrics }) => ({ label: `${connections}`, ...metrics[key] }));
  const note = [unit, `${better} is better`].filter(Boolean).join(', ');
  return figure(name, note, chart.bars(name, groups, digits));
}

function latency({ connections, metrics }) {
  const points = Object.entries(PERCENTILES).map(([key, label]) => ({ label, ...metrics[key] }));
  const title = `latency, ${connectionsOf(connections)}`;
  return figure(title, 'us by percentile, less is better', chart.lines(title, points));
}

function table(one) {
  const [head, ...body] = rows(one).map((row) => row.map(escape));
  const cells = ([name, ...rest]) =>
    `<tr><th scope="row">${name}</th>${rest.map((c) => `<td>${c}</td>`).join('')}</tr>`;
  return `<table><caption>${connectionsOf(one.connections)}</caption>
<thead><tr>${head.map((c) => `<th scope="col">${c}</th>`).join('')}</tr></thead>
<tbody>${body.map(cells).join('\n')}</tbody></table>`;
}

function facts(list) {
  return `<dl>${list.map(([name, value]) => `<dt>${name}</dt><dd>${escape(value)}</dd>`).join('\n')}</dl>`;
}

const KEY = '<p class="key"><i style="background:var(--uring)"></i>io_uring' +
  '<i style="background:var(--epoll)"></i>epoll <span class="soft">&nbsp; bars and points are medians, thin lines ' +
  'reach from the least to the greatest measurement</span></p>';

// results: every single measurement, kept in the page as JSON for other programs.
function html(about, data, results) {
  const json = JSON.stringify({ about, results }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>torc bench: ${escape(about.app)}</title>
<style>${STYLE}</style>
<h1>${escape(about.app)}: io_uring beside epoll</h1>
<p class="soft">${escape(about.machine)} &middot; ${escape(about.date)} UTC</p>
${KEY}
<h2>By number of connections</h2>
<div class="charts">${BARS.map((key) => bars(key, data)).join('\n')}</div>
<h2>Latency</h2>
<div class="charts">${data.map(latency).join('\n')}</div>
<h2>Figures</h2>
<p class="soft">A ratio is io_uring by epoll, the median of the ratios of all rounds; the spread is from the least to
the greatest.</p>
<div class="scroll">${data.map(table).join('\n')}</div>
<h2>How it was measured</h2>
${facts([['command', about.command], ['server', `${about.app} at ${about.url}`], ['runtime', about.versions],
         ['loader', `${about.loader}; one request at a time on each connection, every answer had status 200`],
         ['turns', about.method], ['processors', about.place], ['machine', about.machine],
         ['CPU', 'of all processes and threads of the server, by the kernel\'s accounting'],
         ['system calls', 'made by the event loops for I/O, as process.torc.io() counts them'],
         ['memory', 'resident, all processes of the server together']])}
<script type="application/json" id="measurements">${json}</script>
</html>
`;
}

module.exports = { html };
