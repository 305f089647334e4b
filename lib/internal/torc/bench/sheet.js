'use strict';

// What pages of measurements have in common (page.js, and perf/http/page.js, which has its own colours). Requires
// nothing: programs outside of the binary load it, too.

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #5d6670; --line: #d9dee4; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --text: #e7eaee; --soft: #9aa4af; --line: #333a42; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 70rem; background: var(--back); color: var(--text);
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

// caption is HTML, the cells are text: a row of names, then rows that begin with theirs.
function table(caption, rows) {
  const [head, ...body] = rows.map((row) => row.map(escape));
  const cells = ([name, ...rest]) =>
    `<tr><th scope="row">${name}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<table><caption>${caption}</caption>
<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>${body.map(cells).join('\n')}</tbody></table>`;
}

// list: [[what, value]].
function facts(list) {
  return `<dl>${list.map(([what, value]) => `<dt>${escape(what)}</dt><dd>${escape(value)}</dd>`).join('\n')}</dl>`;
}

// title, note and the SVG are HTML.
function figure(title, note, svg) {
  return `<figure><figcaption>${title} <span>${note}</span></figcaption>${svg}</figure>`;
}

// title is text, style and body are the page's own; data is kept in it as JSON for other programs.
function page(title, style, body, data) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}${style}</style>
${body}
<script type="application/json" id="measurements">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
</html>
`;
}

module.exports = { escape, facts, figure, page, table };
