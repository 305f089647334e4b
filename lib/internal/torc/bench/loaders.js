'use strict';

// Who loads the server: wrk, oha, or torc's own (core/bench/load.c). All work the same way: each connection sends a
// request when it has the answer to the one before.

const fs = require('fs');
const path = require('path');
const { spawn, spawnSync } = require('child_process');
const { has } = require('internal/torc/bench/machine');
const { countOf } = require('internal/torc/bench/report');
const { BenchError } = require('internal/torc/bench/server');

const PERCENTILES = ['50', '90', '99', '99.9'];

const latency = (values) => Object.fromEntries(PERCENTILES.map((p, i) => [p, values[i]]));
const sum = (object) => Object.values(object).reduce((a, b) => a + b, 0);

// Every loader: args(job) gives the command's arguments, read(output, job) a result: requests answered with status 200,
// seconds, latency in us by percentile, and what went wrong as { what: how often }.
// job: { url, address, connections, seconds, dir }.

const wrk = {
  name: 'wrk',
  version: () => /^wrk \S+/m.exec(spawnSync('wrk', ['--version'], { encoding: 'utf8' }).stdout)?.[0] ?? 'wrk',
  args({ url, connections, seconds, dir }) {
    const script = path.join(dir, 'wrk.lua');
    fs.writeFileSync(script, `
      done = function(summary, latency)
        local e = summary.errors
        io.write(string.format('torc %d %d %d %d %d %d %d', summary.requests, summary.duration, e.connect, e.read,
          e.write, e.timeout, e.status))
        for _, p in ipairs({${PERCENTILES}}) do io.write(' ' .. latency:percentile(p)) end
        io.write('\\n')
      end`);
    return ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `${url}`];
  },
  read(output) {
    const words = /^torc (.*)$/m.exec(output)?.[1].split(' ').map(Number);
    if (!words) throw new BenchError(`wrk said something unexpected:\n${output}`);
    const [requests, us, connect, read, write, timeout, status, ...rest] = words;
    return {
      requests, seconds: us / 1e6, latency: latency(rest),
      errors: { 'connections failed': connect, 'answers were cut off': read, 'requests could not be sent': write,
                'answers took over 2 s': timeout, 'answers had another status than 200': status },
    };
  },
};

// What oha reports for the requests that the end of the time interrupts.
const OHA_UNFINISHED = 'aborted due to deadline';

const oha = {
  name: 'oha',
  version: () => spawnSync('oha', ['--version'], { encoding: 'utf8' }).stdout.trim(),
  args({ url, connections, seconds }) {
    return ['--no-tui', '--output-format', 'json', '-z', `${seconds}s`, '-c', `${connections}`, `${url}`];
  },
  read(output) {
    const { summary, latencyPercentiles, statusCodeDistribution, errorDistribution } = JSON.parse(output);
    const { 200: requests = 0, ...others } = statusCodeDistribution;
    const { [OHA_UNFINISHED]: _, ...errors } = errorDistribution;
    return {
      requests, seconds: summary.total, latency: latency(PERCENTILES.map((p) => latencyPercentiles[`p${p}`] * 1e6)),
      errors: { ...errors, 'answers had another status than 200': sum(others) },
    };
  },
};

const own = {
  name: 'own',
  command: process.execPath,
  version: () => `torc ${process.torc.version}, its own loader`,
  args({ url, address, connections, seconds }) {
    const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
    return ['--bench-load', address, url.port || '80', `${connections}`, `${seconds}`, request];
  },
  read(output) {
    const { requests, seconds, latency_us: us, errors, refused, status } = JSON.parse(output);
    return {
      requests, seconds, latency: latency(PERCENTILES.map((p) => us[p])),
      errors: { [`connections failed (${refused})`]: errors.refused, 'answers were cut off': errors.broken,
                [`answers had status ${status} instead of 200`]: errors.status },
    };
  },
};

const all = { wrk, oha, own };

function choose(name) {
  if (name === 'auto') return has('wrk') ? wrk : has('oha') ? oha : own;
  if (name !== 'own' && !has(name)) throw new BenchError(`${name} is not installed; --loader=own needs nothing`);
  return all[name];
}

function output(command, args, onStart) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    onStart(child);
    child.stdout.setEncoding('utf8').on('data', (chunk) => { out += chunk; });
    child.stderr.setEncoding('utf8').on('data', (chunk) => { err += chunk; });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new BenchError(`the loader ${command} ended with code ${code}: ${err || out}`));
    });
  });
}

// onStart gets the child process, so that it can be ended. A load with any error in it is none.
async function load(loader, job, prefix, onStart) {
  const words = [...prefix, loader.command ?? loader.name, ...loader.args(job)];
  const result = loader.read(await output(words[0], words.slice(1), onStart), job);
  const errors = Object.entries(result.errors).filter(([, count]) => count > 0);
  const where = `with ${countOf(job.connections, 'connection')}`;
  if (errors.length)
    throw new BenchError(`${where}: ${errors.map(([what, count]) => `${countOf(count, 'time')}: ${what}`).join('; ')}`);
  if (result.requests === 0) throw new BenchError(`${where} nothing was answered`);
  return result;
}

module.exports = { PERCENTILES, choose, load };
