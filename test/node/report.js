'use strict';
// A saved run as one self-contained HTML page, and as docs/compatibility.md.

const { moduleRows, scoreRows, markdown } = require('./table.js');

const escape = (value) => String(value).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

function table({ head, rows }) {
  const cells = (row, tag) => row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>` +
    rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n') + '</tbody></table>';
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #ddd; vertical-align: top }
th:first-child, td:first-child { text-align: left }
#tests td { text-align: left } pre { margin: 0; white-space: pre-wrap; font-size: 12px }
.pass { color: #177245 } .fail, .timeout, .crash { color: #b3261e } .skip { color: #7a6000 }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #ddd } th, td { border-color: #333 } }
`;

// Runs in the page: fills the list of tests as the fields ask.
const SCRIPT = `
const run = JSON.parse(document.getElementById('data').textContent);
const [text, verdict, body] = ['text', 'verdict', 'tests'].map((id) => document.getElementById(id));
function show() {
  const rows = run.tests.filter((test) => (!verdict.value || test.results.torc.verdict === verdict.value) &&
    (test.name + ' ' + test.module + ' ' + test.kind).includes(text.value));
  body.replaceChildren(...rows.map((test) => {
    const row = document.createElement('tr');
    const cell = (content, style) => { const td = document.createElement('td'); td.append(content);
      if (style) td.className = style; row.append(td); };
    cell(test.name); cell(test.module + ', ' + test.kind);
    for (const name of Object.keys(run.versions)) cell(test.results[name].verdict, test.results[name].verdict);
    const mine = test.results.torc;
    if (mine.output) { const more = document.createElement('details'), pre = document.createElement('pre');
      pre.append(mine.output); more.innerHTML = '<summary></summary>'; more.firstChild.append(mine.error || '-');
      more.append(pre); cell(more); } else cell('');
    return row;
  }));
}
text.oninput = verdict.onchange = show; show();
`;

function about(run) {
  return `Tests: ${run.corpus}. ${run.date}, ${run.machine}, ${run.jobs} at a time` +
    (run.slice === 100 ? '.' : `, a sample of ${run.slice} %.`);
}

const RULE = 'Counted are the public tests of test/parallel and test/sequential that Node itself runs and passes on ' +
  'the same machine; a test that skips itself where Node runs it is not passed. Tests of Node\'s private internals ' +
  'and of V8\'s tools are told apart by rules on their text (test/node/corpus.js) and shown beside it. Bun and Deno ' +
  'aim at newer versions of Node than these tests, which costs them some points.';

function html(run) {
  const modules = moduleRows(run);
  const data = JSON.stringify(run).replaceAll('<', '\\u003c');
  const columns = Object.keys(run.versions).map((name) => `<th>${escape(name)}</th>`).join('');
  const options = ['', 'fail', 'timeout', 'crash', 'skip', 'pass'].map((name) => `<option>${name}</option>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Node's tests on torc</title>
<style>${STYLE}</style><h1>Node's tests on torc</h1><p>${escape(about(run))}</p><p>${escape(RULE)}</p>
${table(scoreRows(run))}<h2>By module</h2>${table(modules)}
${modules.more.length ? `<h2>Beside the headline</h2>${table({ head: modules.head, rows: modules.more })}` : ''}
<h2>Tests</h2><p><input id="text" placeholder="part of a name"> <select id="verdict">${options}</select></p>
<table><thead><tr><th>test</th><th>class</th>${columns}<th>first error under torc</th></tr></thead>
<tbody id="tests"></tbody></table><script type="application/json" id="data">${data}</script>
<script>${SCRIPT}</script></html>
`;
}

function doc(run) {
  const modules = moduleRows(run);
  return `# Compatibility with Node.js

How much of Node's own test suite, unmodified, torc passes. Made by \`scripts/node-suite --doc\`; the list of
failing tests, with reasons, is test/node/expectations.txt.

${about(run)}

${RULE}

${markdown(scoreRows(run))}

- *public*: the headline. *+ engine*, *+ private*: the same with the other classes counted too.
- *raw*: all files that exit with 0, skips included, as other projects' trackers count.
- *left processes*: tests that ended while a process they had started was still running.

## By module

${markdown(modules)}
${modules.more.length ? `\n## Beside the headline\n\n${markdown({ head: modules.head, rows: modules.more })}\n` : ''}`;
}

module.exports = { html, doc };
