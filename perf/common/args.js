'use strict';
// Arguments of the measurements: what is wrong with them is said before anything is measured.

const path = require('path');

const EXIT_USAGE = 2;

function fail(message) {
  console.error(`perf ${path.basename(process.argv[1], '.js')}: ${message}`);
  process.exit(EXIT_USAGE);
}

function wholeNumber(name, text, min, max) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    fail(`${name} must be a whole number from ${min} to ${max}, not '${text}'`);
  return value;
}

function number(name, text, min, max) {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value < min || value > max)
    fail(`${name} must be a number from ${min} to ${max}, not '${text}'`);
  return value;
}

function pattern(name, text) {
  try {
    return new RegExp(text);
  } catch (error) {
    return fail(`${name} must be a regular expression: ${error.message}`);
  }
}

// Words separated by commas, all of them among those allowed.
function list(name, text, allowed) {
  const words = text.split(',');
  const wrong = words.find((word) => !allowed.includes(word));
  if (wrong !== undefined) fail(`${name}: there is no '${wrong}', only ${allowed.join(', ')}`);
  return allowed.filter((word) => words.includes(word));
}

// The arguments after the first `given`, which scripts/perf adds; at most those of these names.
function positionals(given, ...names) {
  const args = process.argv.slice(2 + given);
  if (args.length > names.length) {
    const last = args[names.length];
    fail(`one argument too many: '${last}'; there are: ${names.map((name) => `[${name}]`).join(' ')}`);
  }
  return args;
}

const ROUNDS_MAX = 1000;
const SECONDS_MAX = 3600;
const rounds = (text) => wholeNumber('ROUNDS', text, 1, ROUNDS_MAX);

module.exports = { ROUNDS_MAX, SECONDS_MAX, fail, list, number, pattern, positionals, rounds, wholeNumber };
