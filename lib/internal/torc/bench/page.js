'use strict';

// The report as one HTML page that needs nothing else: charts as inline SVG, light and dark, and all figures as tables.

const chart = require('internal/torc/bench/chart');
const { METRICS, countOf, rows } = require('internal/torc/bench/report');
const sheet = require('internal/torc/bench/sheet');

const STYLE = `
:root { --uring: #0b63b5; --epoll: #b95a00; }
@media (prefers-color-scheme: dark) { :root { --uring: #5aa9f4; --epoll: #f2a03d; } }
svg .uring { fill: var(--uring); } svg .epoll { fill: var(--epoll); }
svg text.of-uring { fill: var(--uring); } svg text.of-epoll { fill: var(--epoll); }
svg path.uring { fill: none; stroke: var(--uring); stroke-width: 2; }
svg path.epoll { fill: none; stroke: var(--epoll); stroke-width: 2; stroke-dasharray: 5 3; }
.key i { display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 1em; border-radius: 2px; }
.key i:first-child { margin-left: 0; }
td:last-child { text-align: left; color: var(--soft); }`;

const BARS = ['rate', 'cpu', 'calls', 'memory'];
const PERCENTILES = { p50: '50 %', p90: '90 %', p99: '99 %', 'p99.9': '99.9 %' };

const connectionsOf = (count) => countOf(count, 'connection');

function bars(key, data) {
  const { name, unit, better, digits } = METRICS.find((metric) => metric.key === key);
  const groups = data.map(({ connections, metrics }) => ({ label: `${connections}`, ...metrics[key] }));
  const note = [unit, `${better} is better`].filter(Boolean).join(', ');
  return sheet.figure(name, note, chart.bars(name, groups, digits));
}

function latency({ connections, metrics }) {
  const points = Object.entries(PERCENTILES).map(([key, label]) => ({ label, ...metrics[key] }));
  const title = `latency, ${connectionsOf(connections)}`;
  return sheet.figure(title, 'us by percentile, less is better', chart.lines(title, points));
}

const KEY = '<p class="key"><i style="background:var(--uring)"></i>io_uring' +
  '<i style="background:var(--epoll)"></i>epoll <span class="soft">&nbsp; bars and points are medians, thin lines ' +
  'reach from the least to the greatest measurement</span></p>';

// results: every single measurement, kept in the page as JSON for other programs.
function html(about, data, results) {
  const app = sheet.escape(about.app);
  const tables = data.map((one) => sheet.table(connectionsOf(one.connections), rows(one)));
  return sheet.page(`torc bench: ${about.app}`, STYLE, `\
<h1>${app}: io_uring beside epoll</h1>
<p class="soft">${sheet.escape(about.machine)} &middot; ${sheet.escape(about.date)} UTC</p>
${KEY}
<h2>By number of connections</h2>
<div class="charts">${BARS.map((key) => bars(key, data)).join('\n')}</div>
<h2>Latency</h2>
<div class="charts">${data.map(latency).join('\n')}</div>
<h2>Figures</h2>
<p class="soft">A ratio is io_uring by epoll, the median of the ratios of all rounds; the spread is from the least to
the greatest.</p>
<div class="scroll">${tables.join('\n')}</div>
<h2>How it was measured</h2>
${sheet.facts([
    ['command', about.command], ['server', `${about.app} at ${about.url}`], ['runtime', about.versions],
    ['loader', `${about.loader}; one request at a time on each connection, every answer had status 200`],
    ['turns', about.method], ['processors', about.place], ['machine', about.machine],
    ['CPU', 'of all processes and threads of the server, by the kernel\'s accounting'],
    ['system calls', 'made by the event loops for I/O, as process.torc.io() counts them'],
    ['memory', 'resident, all processes of the server together'],
  ])}`, { about, results });
}

module.exports = { html };
