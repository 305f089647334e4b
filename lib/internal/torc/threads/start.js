'use strict';

// One thread of `torc --threads=N`: the program, and what it does when the process is told to end.

const net = require('net');
const { setInterval } = require('timers');

const IDLE_EVERY_MS = 20;

const self = { number: 0, count: 0 };

// The program's own answer to the signal, or else: no more connections; the end when the last one is closed.
function drain(signal) {
  if (process.listenerCount(signal) > 0) {
    process.emit(signal, signal);
    return;
  }
  const servers = process._getActiveHandles().filter((handle) => handle instanceof net.Server && handle.listening);
  let open = servers.length;
  const closed = () => {
    if (--open <= 0) process.exit();
  };
  if (open === 0) closed();
  for (const server of servers) server.close(closed);
  // Connections that are kept alive end with the response that they wait for.
  setInterval(() => {
    for (const server of servers) server.closeIdleConnections?.();
  }, IDLE_EVERY_MS);
}

function start() {
  const threads = require('worker_threads');
  const { file, number, count } = threads.workerData;
  const port = threads.parentPort;
  threads.workerData = null;
  threads.parentPort = null;
  self.number = number;
  self.count = count;
  port.on('message', ({ torcDrain }) => drain(torcDrain));
  port.unref();
  // The program sees itself started by its file.
  for (const name of ['module', 'exports', 'require', '__filename', '__dirname']) delete globalThis[name];
  delete process._eval;
  process.argv[1] = file;
  process.execArgv = process.execArgv.filter((arg, i, all) => {
    return !arg.startsWith('--threads') && all[i - 1] !== '--threads';
  });
  require('internal/modules/cjs/loader').Module.runMain(file);
}

module.exports = { self, start };
