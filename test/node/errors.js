'use strict';
// Errors that Node's tests assert: for each ERR_* code, are name and message the same in torc as in Node?

const fs = require('fs');
const path = require('path');

const PRELOAD = path.join(__dirname, 'error_log.js');

// The variables that make one test write its errors to `file`.
function environment(file) {
  return { TORC_SUITE_ERRORS: file, NODE_OPTIONS: `--require=${PRELOAD}` };
}

function logOf(config, runtime, test) {
  return path.join(config.errors, `${runtime}-${test.name.replaceAll('/', '-')}`);
}

// What differs between two runs of the same program: places, times, process and random numbers.
function settled(text, config) {
  let result = text;
  for (const binary of Object.values(config.binaries)) result = result.replaceAll(binary, 'EXE');
  return result.replaceAll(config.root, 'ROOT').replaceAll(config.temp, 'TEMP').replace(/TEMP\/\d+/g, 'TEMP')
    .replace(/\.tmp\.\d+/g, '.tmp').replace(/node-test\.\d+/g, 'node-test.PID').replace(/\b0\.\d{9,}/g, 'RANDOM')
    .replace(/EXE [^'"]*\.\.\./g, 'EXE ...').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/(127\.0\.0\.1|localhost|::1\]?):\d+/g, '$1:PORT');
}

// The set of errors a test has seen, as lines of JSON.
function errorsOf(config, runtime, test) {
  let text;
  try {
    text = fs.readFileSync(logOf(config, runtime, test), 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return new Set();
  }
  return new Set(settled(text, config).split('\n').filter(Boolean));
}

// Compares the tests that pass on both.
// { codes: Map code -> { same, onlyNode: [...], onlyTorc: [...] }, tests, differ: codes that do }.
function compare(config, tests, verdicts) {
  const codes = new Map();
  const entryOf = (line) => {
    const { code } = JSON.parse(line);
    if (!codes.has(code)) codes.set(code, { same: 0, onlyNode: [], onlyTorc: [] });
    return codes.get(code);
  };
  const passes = (test, name) => verdicts[name].get(test.name).verdict === 'pass';
  const passed = tests.filter((test) => passes(test, 'node') && passes(test, 'torc'));
  for (const test of passed) {
    const node = errorsOf(config, 'node', test);
    const torc = errorsOf(config, 'torc', test);
    for (const line of node.intersection(torc)) entryOf(line).same++;
    for (const line of node.difference(torc)) entryOf(line).onlyNode.push(`${test.name}: ${line}`);
    for (const line of torc.difference(node)) entryOf(line).onlyTorc.push(`${test.name}: ${line}`);
  }
  const differ = [...codes.values()].filter((entry) => entry.onlyNode.length + entry.onlyTorc.length).length;
  return { codes, tests: passed.length, differ };
}

function text({ codes, tests, differ }) {
  const lines = [];
  let same = 0;
  for (const [code, entry] of [...codes].sort()) {
    same += entry.same;
    for (const line of entry.onlyNode) lines.push(`${code}: Node alone   ${line}`);
    for (const line of entry.onlyTorc) lines.push(`${code}: torc alone   ${line}`);
  }
  lines.push(`${tests} tests pass on both: ${same} errors with ${codes.size} codes are the same in code, name and ` +
    `message; ${differ} codes differ somewhere`);
  return lines.join('\n');
}

module.exports = { environment, logOf, compare, text };
