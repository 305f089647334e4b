'use strict';

// The main thread of `torc --threads=N`: starts the threads, replaces those that crash, and lets them end when the
// process is told to. The guide is docs/threads.md.

const { Worker } = require('internal/worker');
const { SHARE_ENV } = require('internal/worker/io');
const { getOptionValue } = require('internal/options');
const { inspect } = require('internal/util/inspect');
const { os: { signals } } = internalBinding('constants');
const { setTimeout } = require('timers');

const binding = internalBinding('torc_threads');

const SCRIPT = "process.getBuiltinModule('torc:threads')[Symbol.for('torc.threads.start')]();";
const DRAIN_SIGNALS = ['SIGTERM', 'SIGINT'];
const DRAIN_LIMIT_MS = 10_000;
// A thread that ends sooner than this after its start, so many times in a row, is not replaced again.
const QUICK_MS = 1000;
const QUICK_MAX = 5;
const SIGNAL_EXIT_BASE = 128;

function say(text) {
  process.stderr.write(`torc: ${text}\n`);
}

class ServerThread {
  #supervisor;
  #worker = null;
  #startedAt = 0;
  #quickEnds = 0;

  constructor(supervisor, number) {
    this.#supervisor = supervisor;
    this.number = number;
    this.start();
  }

  start() {
    const { file, count } = this.#supervisor;
    let uncaught;
    this.#startedAt = performance.now();
    binding.number(this.number);
    this.#worker = new Worker(SCRIPT, {
      eval: true,
      name: `server ${this.number}`,
      argv: process.argv.slice(2),
      env: SHARE_ENV,
      workerData: { file, number: this.number, count },
    });
    this.#worker.on('error', (error) => { uncaught = error; });
    this.#worker.on('exit', (code) => {
      this.#worker = null;
      if (uncaught !== undefined) say(`thread ${this.number}: ${inspect(uncaught)}`);
      this.#ended(code);
    });
  }

  #ended(code) {
    const ms = performance.now() - this.#startedAt;
    this.#quickEnds = ms < QUICK_MS ? this.#quickEnds + 1 : 0;
    const crashed = code !== 0 && !this.#supervisor.draining;
    const again = crashed && this.#quickEnds <= QUICK_MAX;
    const served = binding.ended(this.number, again);
    if (again && served) {
      say(`thread ${this.number} ended with exit code ${code} after ${(ms / 1000).toFixed(1)} s; started again`);
      this.start();
    } else {
      if (again) binding.ended(this.number, false);
      this.#supervisor.ended(this, code, crashed);
    }
  }

  drain(signal) {
    this.#worker?.postMessage({ torcDrain: signal });
  }

  terminate() {
    this.#worker?.terminate();
  }
}

class Supervisor {
  #threads = new Set();
  #code = 0;
  draining = false;

  constructor(file, count) {
    this.file = file;
    this.count = count;
    for (let i = 1; i <= count; i++) this.#threads.add(new ServerThread(this, i));
    for (const signal of DRAIN_SIGNALS) process.on(signal, () => this.#signalled(signal));
  }

  #signalled(signal) {
    if (this.draining) process.exit(SIGNAL_EXIT_BASE + signals[signal]);
    this.#drain(signal);
  }

  // Requests that have begun are finished; then the threads end, or are ended.
  #drain(signal) {
    this.draining = true;
    for (const thread of this.#threads) thread.drain(signal);
    setTimeout(() => {
      say(`${this.#threads.size} of ${this.count} threads were still busy after ${DRAIN_LIMIT_MS / 1000} s`);
      this.#code ||= 1;
      for (const thread of this.#threads) thread.terminate();
    }, DRAIN_LIMIT_MS).unref();
  }

  // crashed: and is not to be replaced. The others cannot do without it for long: the process ends.
  ended(thread, code, crashed) {
    this.#threads.delete(thread);
    this.#code ||= code;
    if (crashed && !this.draining) {
      say(`thread ${thread.number} ended with exit code ${code} and is not started again`);
      this.#drain('SIGTERM');
    }
    if (this.#threads.size === 0) process.exit(this.#code);
  }
}

function run(file) {
  return new Supervisor(file, Number(getOptionValue('--threads')));
}

module.exports = { run };
