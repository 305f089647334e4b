'use strict';
// test/node/expectations.txt: the tests in the headline's denominator that torc does not pass, with a reason
// each. It tells a regression from a known failure; it never changes the score.
//
//   # reason          the tests below it, up to the next reason
//   parallel/test-x.js
//   parallel/test-y.js flaky     may pass or fail

const fs = require('fs');
const { causes, isCounted } = require('./score.js');

const FLAKY = 'flaky';
const MISSING = /^torc has no /;

// { name: { reason, flaky } } as a Map.
function read(file) {
  const known = new Map();
  let reason = '';
  if (!fs.existsSync(file)) return known;
  for (const [index, line] of fs.readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.startsWith('# ')) reason = line.slice(2);
    if (line === '' || line.startsWith('#')) continue;
    const [name, mark] = line.split(' ');
    if (mark !== undefined && mark !== FLAKY) throw new Error(`${file}:${index + 1}: unknown mark '${mark}'`);
    if (known.has(name)) throw new Error(`${file}:${index + 1}: ${name} is named twice`);
    known.set(name, { reason, flaky: mark === FLAKY });
  }
  return known;
}

// Names: { regressions: fail and should pass, alone: fail but passed when run again alone, unexpected: pass in all runs
// and should fail, stale: no such test }.
function check(known, tests, verdicts) {
  const outcome = { regressions: [], alone: [], unexpected: [], stale: [] };
  const names = new Set();
  for (const test of tests) {
    names.add(test.name);
    if (!isCounted(test, verdicts.node)) continue;
    const { verdict, unsteady, passesAlone } = verdicts.torc.get(test.name);
    const passed = verdict === 'pass';
    const entry = known.get(test.name);
    if (!passed && entry === undefined) outcome[passesAlone ? 'alone' : 'regressions'].push(test.name);
    if (passed && !unsteady && entry !== undefined && !entry.flaky) outcome.unexpected.push(test.name);
  }
  outcome.stale = [...known.keys()].filter((name) => !names.has(name));
  return outcome;
}

// Rewrites the file from a whole run. Reasons, and marks of flaky tests, stay; a new failure is filed under
// its first error, unless it passed when run again alone.
function write(file, tests, verdicts) {
  const known = read(file);
  const groups = new Map();
  const add = (reason, line) => {
    if (!groups.has(reason)) groups.set(reason, []);
    groups.get(reason).push(line);
  };
  const counted = tests.filter((test) => isCounted(test, verdicts.node));
  for (const test of counted) {
    if (known.get(test.name)?.flaky) add(known.get(test.name).reason, `${test.name} ${FLAKY}`);
  }
  for (const { cause, tests: failed } of causes(counted, verdicts.torc)) {
    for (const test of failed) {
      const entry = known.get(test.name);
      if (entry?.flaky || verdicts.torc.get(test.name).passesAlone) continue;
      // What is missing explains itself; other messages say little without their module.
      add(entry?.reason ?? (MISSING.test(cause) ? cause : `${test.module}: ${cause}`.trimEnd()), test.name);
    }
  }
  for (const test of counted) { // a skip where Node runs is a failure with a reason of its own
    const { verdict, error } = verdicts.torc.get(test.name);
    if (verdict === 'skip' && !known.get(test.name)?.flaky) add(`skipped by the test: ${error}`, test.name);
  }
  const parts = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, lines]) => `# ${reason}\n${lines.sort().join('\n')}\n`);
  fs.writeFileSync(file, HEADER + parts.join('\n'));
}

const HEADER = `\
## Public tests that Node passes and torc does not yet, by reason; see test/node/expectations.js.
## Made by scripts/node-suite --write-expectations; reasons may be edited and are kept.

`;

module.exports = { read, check, write };
