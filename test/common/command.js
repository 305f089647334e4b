'use strict';
// Runs the runtime's command and prints what it did, without what differs from run to run: the name of the program,
// process ids, the directory.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { dir, hide } = require('./tmpdir');

const normalise = (text) => hide(text)
  .replaceAll(process.execPath, 'EXE')
  .replace(/\b(node|torc)(?= --trace-)/g, 'EXE')
  .replace(/\((node|torc):\d+\)/g, '(PID)')
  // Node's start-up snapshot loses this name.
  .replaceAll('Object..js', 'Module._extensions..js');

// Variables that the test's own environment must not set.
const clean = () => {
  const env = { ...process.env };
  for (const key of Object.keys(env)) {
    if (/^(NODE_|TORC_|FORCE_COLOR|NO_COLOR)/.test(key)) delete env[key];
  }
  return env;
};

const file = (filename, text) => {
  fs.mkdirSync(path.dirname(path.join(dir, filename)), { recursive: true });
  fs.writeFileSync(path.join(dir, filename), text);
};

// show: 'all', or a list of what to print; the exit code always is.
const command = (args, { input = '', env = {}, show = ['stdout', 'stderr'] } = {}) => {
  const result = spawnSync(process.execPath, args, {
    cwd: dir, env: { ...clean(), ...env }, input, encoding: 'utf8', timeout: 100_000,
  });
  console.log(`$ ${JSON.stringify(args)}${Object.keys(env).length ? ` ${JSON.stringify(env)}` : ''}`);
  for (const stream of show) {
    if (result[stream]) console.log(`${stream}:\n${normalise(result[stream]).trimEnd()}`);
  }
  console.log(result.signal ? `signal ${result.signal}` : `exit ${result.status}`);
};

module.exports = { command, file };
