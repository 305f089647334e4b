'use strict';

// The command line of `torc bench`. What is wrong with it is a UsageError.

const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');

const USAGE = `usage: torc bench APP --url URL [options] [-- arguments of the app]

Starts the server APP on io_uring and on epoll by turns, loads it, and compares.

  --url URL             where the server answers with status 200, e.g. http://127.0.0.1:3000/
  --connections LIST    numbers of connections to measure (1,64,1000)
  --rounds N            measurements of each, by turns (5)
  --seconds N           length of one measurement (2)
  --warm-up N           seconds of load before each, not counted (1)
  --loader NAME         wrk, oha or own; auto takes the first that is there (auto)
  --cpus LIST           processors of the server, e.g. 0-2 (the first); the loader gets the others
  --wait N              seconds the server may take to start (10)
  --output FILE         the page with the charts (torc-bench.html)
  --help                this text
`;

class UsageError extends Error {}

const options = {
  'url': { type: 'string' },
  'connections': { type: 'string', default: '1,64,1000' },
  'rounds': { type: 'string', default: '5' },
  'seconds': { type: 'string', default: '2' },
  'warm-up': { type: 'string', default: '1' },
  'loader': { type: 'string', default: 'auto' },
  'cpus': { type: 'string' },
  'wait': { type: 'string', default: '10' },
  'output': { type: 'string', default: 'torc-bench.html' },
  'help': { type: 'boolean', default: false },
};

const CONNECTIONS_MAX = 20_000;
const ROUNDS_MAX = 100;
const SECONDS_MAX = 3600;
const LOADERS = ['auto', 'wrk', 'oha', 'own'];
const APP_ENDINGS = ['', '.js', '.mjs', '.cjs', '.json', '/index.js'];

function number(name, text, min, max) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not '${text}'`);
  return value;
}

function readUrl(text) {
  if (text === undefined) throw new UsageError('--url is missing: where does the server answer?');
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`--url is not a URL: '${text}'`);
  }
  if (url.protocol !== 'http:') throw new UsageError(`--url must begin with http://, not ${url.protocol}//`);
  url.hash = '';
  return url;
}

function readCpus(text) {
  if (text === undefined) return undefined;
  const cpus = new Set();
  for (const part of text.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    const last = match && Number(match[2] ?? match[1]);
    if (!match || last < Number(match[1]))
      throw new UsageError(`--cpus must be like 0 or 0-2 or 0,2, not '${text}'`);
    for (let cpu = Number(match[1]); cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus];
}

function readOutput(text) {
  const file = path.resolve(text);
  const dir = path.dirname(file);
  try {
    fs.accessSync(dir, fs.constants.W_OK);
  } catch {
    throw new UsageError(`--output: cannot write to the directory '${dir}'`);
  }
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--output: '${file}' is a directory`);
  return file;
}

// The app, and what follows after `--`.
function readApp(tokens) {
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? Infinity;
  const words = tokens.filter((token) => token.kind === 'positional');
  const [app, extra] = words.filter((token) => token.index < end);
  if (!app) throw new UsageError('which server? Name the file that starts it');
  if (extra) throw new UsageError(`one server at a time; arguments for it follow after --: '${extra.value}'`);
  const file = path.resolve(app.value);
  if (!APP_ENDINGS.some((ending) => fs.statSync(file + ending, { throwIfNoEntry: false })?.isFile()))
    throw new UsageError(`there is no '${app.value}'`);
  return { app: app.value, appArgs: words.filter((token) => token.index > end).map((token) => token.value) };
}

// null: --help.
function parse(args) {
  let values, tokens;
  try {
    ({ values, tokens } = parseArgs({ args, options, allowPositionals: true, tokens: true }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.help) return null;
  if (!LOADERS.includes(values.loader))
    throw new UsageError(`--loader must be one of ${LOADERS.join(', ')}, not '${values.loader}'`);
  const counts = values.connections.split(',')
    .map((text) => number('connections', text, 1, CONNECTIONS_MAX));
  return {
    ...readApp(tokens),
    url: readUrl(values.url),
    connections: [...new Set(counts)].sort((a, b) => a - b),
    rounds: number('rounds', values.rounds, 1, ROUNDS_MAX),
    seconds: number('seconds', values.seconds, 1, SECONDS_MAX),
    warmUp: number('warm-up', values['warm-up'], 0, SECONDS_MAX),
    loader: values.loader,
    cpus: readCpus(values.cpus),
    wait: number('wait', values.wait, 1, SECONDS_MAX),
    output: readOutput(values.output),
  };
}

module.exports = { USAGE, UsageError, parse };
