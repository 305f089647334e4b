'use strict';
// A run as text: for the terminal and for docs/compatibility.md.

const { percent } = require('./score.js');

const VERDICTS = ['pass', 'skip', 'fail', 'timeout', 'crash'];

// The runtimes' columns: torc first, Node last.
function order(names) {
  const last = ['node'];
  return [...names.filter((name) => !last.includes(name)), ...names.filter((name) => last.includes(name))];
}

function moduleRows(run) {
  const names = order(Object.keys(run.score.total.runtimes)).filter((name) => name !== 'node');
  const head = ['module', 'files', 'private', 'engine', 'Node skips or fails', 'counted', ...names, 'torc skips'];
  const row = (name, counts) => [
    name, counts.files, counts.private, counts.engine, counts.excluded, counts.reference,
    ...names.map((runtime) => percent(counts.runtimes[runtime].pass, counts.reference)), counts.runtimes.torc.skip,
  ];
  const core = run.score.modules.filter((module) => module.core);
  const more = run.score.modules.filter((module) => !module.core);
  return { head, rows: [row('all', run.score.total), ...core.map((item) => row(item.name, item))],
    more: more.map((item) => row(item.name, item)) };
}

function scoreRows(run) {
  const { total } = run.score;
  const head = ['runtime', 'public', '+ engine', '+ private', 'raw (exit 0)', ...VERDICTS.slice(1), 'left processes'];
  const rows = order(Object.keys(total.runtimes)).map((name) => {
    const mine = total.runtimes[name];
    return [
      `${name} ${run.versions[name]}`, `${mine.pass}/${total.reference} ${percent(mine.pass, total.reference)}`,
      percent(mine.engine, total.referenceEngine), percent(mine.all, total.referenceAll),
      percent(mine.raw, total.files),
      mine.skip, mine.fail, mine.timeout, mine.crash, mine.left,
    ];
  });
  return { head, rows };
}

function text({ head, rows }) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) => row.map((cell, column) =>
    (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd()).join('\n');
}

function markdown({ head, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

module.exports = { moduleRows, scoreRows, text, markdown };
