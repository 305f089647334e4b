'use strict';
// Shared by the measurements: processes, CPU time, medians, tables. Runs under the pinned Node.

const { spawn, spawnSync } = require('child_process');
const fs = require('fs');

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK']).stdout);
// Fields of /proc/PID/stat after the command name, which is in parentheses (proc(5): utime is field 14).
const UTIME = 11;
const STIME = 12;

function cpuSeconds(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

// Starts a server on one core; resolves with the child and the first address it prints.
function startServer(command, args, core, env = {}) {
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let out = '';
    child.on('exit', (code) => reject(new Error(`${command} ended with code ${code} before it listened`)));
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const match = /https?:\/\/\S+/.exec(out);
      if (match) resolve({ child, url: match[0] });
    });
  });
}

function stopServer(child) {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGKILL');
  });
}

// wrk on another core. Asynchronous, so that the server's output is read meanwhile.
function load(url, { core, connections, seconds }) {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', String(core), 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`,
                                    '--latency', url]);
    let out = '';
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.on('error', reject);
    child.on('exit', () => {
      const requests = /(\d+) requests in/.exec(out);
      const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(out);
      const bad = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(out);
      if (!requests || bad) return reject(new Error(`wrk: ${bad ? bad[0] : out}`));
      const unit = { us: 1e-3, ms: 1, s: 1e3 };
      resolve({ requests: Number(requests[1]), p99: p99 ? Number(p99[1]) * unit[p99[2]] : NaN });
    });
  });
}

function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  for (const row of rows)
    console.log(row.map((cell, i) => (i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i])))
      .join('  '));
}

function machine() {
  const cpu = /model name\s*: (.*)/.exec(fs.readFileSync('/proc/cpuinfo', 'latin1'));
  const kernel = fs.readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim();
  return `${cpu ? cpu[1] : process.arch}, kernel ${kernel}`;
}

module.exports = { cpuSeconds, summary, startServer, stopServer, load, table, machine };
