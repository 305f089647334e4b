'use strict';

// What /proc tells: about this machine, and about a process with its children.

const fs = require('fs');
const os = require('os');
const { spawnSync } = require('child_process');

function read(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return ''; // Processes end while one looks at them.
  }
}

function parseCpus(text) {
  return text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

// Processors that this process may use.
function allowedCpus() {
  return parseCpus(/^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status'))[1]);
}

function has(command) {
  return !spawnSync(command, ['--version'], { stdio: 'ignore' }).error;
}

function describe() {
  const model = os.cpus()[0]?.model.trim() || process.arch;
  return `${model}, ${allowedCpus().length} processors, ${Math.round(os.totalmem() / 2 ** 30)} GB, ` +
    `Linux ${os.release()}`;
}

// A process and all its descendants.
function family(pid) {
  let tids;
  try {
    tids = fs.readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const children = tids.flatMap((tid) => read(`/proc/${pid}/task/${tid}/children`).split(' '));
  return [pid, ...children.filter(Boolean).flatMap((child) => family(Number(child)))];
}

// Places after the command's name, which stands in parentheses; utime is field 14 of proc(5).
const UTIME = 11;
const STIME = 12;
const TICKS_PER_SECOND = 100; // USER_HZ: part of the kernel's ABI

function cpuSeconds(pid) {
  let ticks = 0;
  for (const one of family(pid)) {
    const stat = read(`/proc/${one}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat) ticks += Number(fields[UTIME]) + Number(fields[STIME]);
  }
  return ticks / TICKS_PER_SECOND;
}

function residentBytes(pid) {
  let kilobytes = 0;
  for (const one of family(pid)) kilobytes += Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${one}/status`))?.[1] ?? 0);
  return kilobytes * 1024;
}

const LISTENING = '0A';

// TCP ports on which the family listens.
function listeningPorts(pid) {
  const inodes = new Set();
  for (const one of family(pid)) {
    for (const fd of fs.readdirSync(`/proc/${one}/fd`)) {
      try {
        const match = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${one}/fd/${fd}`));
        if (match) inodes.add(match[1]);
      } catch {
        // Closed meanwhile.
      }
    }
  }
  const ports = new Set();
  for (const line of (read(`/proc/${pid}/net/tcp`) + read(`/proc/${pid}/net/tcp6`)).split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTENING && inodes.has(fields[9])) ports.add(parseInt(fields[1].split(':')[1], 16));
  }
  return [...ports];
}

module.exports = { allowedCpus, cpuSeconds, describe, has, listeningPorts, residentBytes };
