'use strict';
// From verdicts to numbers. The headline counts public tests that Node itself runs and passes here; a skip
// where Node really ran is a failure.

const { CORE_DIRS } = require('./corpus.js');

const isCore = (test) => CORE_DIRS.includes(test.dir);

// verdicts: { runtime: Map name -> result }. Counts of one set of tests.
function count(tests, verdicts) {
  const counts = { files: tests.length, private: 0, engine: 0, reference: 0, excluded: 0, runtimes: {} };
  for (const name of Object.keys(verdicts)) {
    counts.runtimes[name] = { pass: 0, raw: 0, skip: 0, fail: 0, timeout: 0, crash: 0, left: 0, engine: 0, all: 0 };
  }
  for (const test of tests) {
    const nodePasses = verdicts.node.get(test.name).verdict === 'pass';
    const isPublic = test.kind === 'public';
    if (!isPublic) counts[test.kind]++;
    else if (nodePasses) counts.reference++;
    else counts.excluded++; // Node skips or fails it here
    for (const [name, results] of Object.entries(verdicts)) {
      const mine = counts.runtimes[name];
      const { verdict, left } = results.get(test.name);
      if (verdict === 'pass' || verdict === 'skip') mine.raw++;
      if (verdict !== 'pass') mine[verdict]++;
      if (left) mine.left++;
      if (verdict !== 'pass' || !nodePasses) continue;
      mine.all++;
      if (test.kind !== 'private') mine.engine++;
      if (isPublic) mine.pass++;
    }
  }
  counts.referenceEngine = tests.filter((test) => test.kind !== 'private' && passes(verdicts.node, test)).length;
  counts.referenceAll = tests.filter((test) => passes(verdicts.node, test)).length;
  return counts;
}

function passes(results, test) { return results.get(test.name).verdict === 'pass'; }

// { total, more: null or counts, modules: [{ name, ...counts }] }; the largest module first, then the
// directories outside the headline.
function score(tests, verdicts) {
  const groups = Map.groupBy(tests, (test) => test.module);
  const modules = [...groups].map(([name, list]) => ({ name, core: isCore(list[0]), ...count(list, verdicts) }));
  modules.sort((a, b) => b.core - a.core || b.reference - a.reference || a.name.localeCompare(b.name));
  return { total: count(tests.filter(isCore), verdicts), modules };
}

// In the denominator of the headline, or of its directory's row.
function isCounted(test, nodeResults) { return test.kind === 'public' && passes(nodeResults, test); }

function percent(part, whole) {
  return whole === 0 ? '-' : `${(100 * part / whole).toFixed(1)} %`;
}

// Failures with the same first error, numbers, paths and addresses aside: [{ cause, tests }], largest first.
function causes(tests, results) {
  const failed = tests.filter((test) => !['pass', 'skip'].includes(results.get(test.name).verdict));
  const groups = Map.groupBy(failed, (test) => causeOf(results.get(test.name)));
  return [...groups].map(([cause, list]) => ({ cause, tests: list })).sort((a, b) => b.tests.length - a.tests.length);
}

function causeOf(result) {
  const line = (result.error ?? '')
    .replace(/(?:file:\/\/)?\/[\w.+@~-]+(?:\/[\w.+@~-]*)+/g, 'PATH')
    .replace(/0x[0-9a-f]+/g, 'ADDR')
    .replace(/\b\d+(?:\.\d+)?\b/g, 'N');
  return result.verdict === 'fail' ? line || 'no output' : `${result.verdict}: ${line}`;
}

module.exports = { score, causes, causeOf, isCounted, isCore, percent };
