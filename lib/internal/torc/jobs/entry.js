'use strict';

// A thread of a pool: loads the file, then does the jobs it is sent, one after the other.

const { serializeError } = require('internal/error_serdes');
const { JobsError } = require('internal/torc/jobs/errors');
const { spin } = internalBinding('torc_threads');
const {
  SLOTS, SPIN_US, kDone, kFailed, kNotLoaded, kReady, kReceive, kSent, kStarted, kUnreadable,
} = require('internal/torc/jobs/protocol');

class Moved {
  constructor(value, transfer) {
    this.value = value;
    this.transfer = transfer;
  }
}

// The properties that a copy of an error would lose.
function propertiesOf(error) {
  return error instanceof Error ? { ...error } : undefined;
}

class JobThread {
  #port;
  #slots;
  #file;
  #exports;
  #functions = new Map();
  #received = 0; // messages
  #waiting = []; // jobs that came while one was being done
  #busy = false;

  constructor({ port, slots, file }) {
    this.#port = port;
    this.#slots = slots;
    this.#file = file;
  }

  async load() {
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    const { pathToFileURL } = require('internal/url');
    this.#port.ref();
    try {
      this.#exports = await getOrInitializeCascadedLoader().import(
        pathToFileURL(this.#file).href, undefined, { __proto__: null });
    } catch (error) {
      this.#answerError(kNotLoaded, error);
      return;
    }
    spin(SPIN_US);
    this.#port.postMessage([kReady]);
    this.#port[kReceive] = (message, type) => {
      if (type !== 'message') return;
      const job = { slot: this.#received++ % SLOTS, name: message[0], data: message[1] };
      if (this.#busy) {
        this.#waiting.push(job);
      } else {
        this.#start(job);
      }
    };
    this.#port.start();
  }

  #names() {
    const all = { ...this.#exports.default, ...this.#exports };
    return Object.keys(all).filter((name) => typeof all[name] === 'function' && name !== 'module.exports');
  }

  // What import() finds, then what a CommonJS module's exports have.
  #function(name) {
    let fn = this.#functions.get(name);
    if (fn) return fn;
    const { default: main } = this.#exports;
    fn = [this.#exports[name], main?.[name]].find((f) => typeof f === 'function');
    if (!fn) throw new JobsError('ERR_JOBS_NO_FUNCTION', this.#file, name, this.#names());
    this.#functions.set(name, fn);
    return fn;
  }

  // Nothing happens if the pool has taken it back.
  #start({ slot, name, data }) {
    if (Atomics.compareExchange(this.#slots, slot, kSent, kStarted) !== kSent) return;
    let result;
    this.#busy = true;
    try {
      result = this.#function(name)(data);
    } catch (error) {
      this.#answerError(kFailed, error);
      return;
    }
    if (typeof result?.then === 'function') {
      Promise.resolve(result).then((value) => this.#answer(value), (error) => this.#answerError(kFailed, error))
        .then(() => this.#startWaiting());
    } else {
      this.#answer(result);
    }
  }

  #startWaiting() {
    while (!this.#busy && this.#waiting.length > 0) this.#start(this.#waiting.shift());
  }

  #answer(value) {
    this.#busy = false;
    try {
      if (value instanceof Moved) {
        this.#port.postMessage([kDone, value.value], value.transfer);
      } else {
        this.#port.postMessage([kDone, value]);
      }
    } catch (error) {
      this.#answerError(kFailed, error); // it cannot be copied
    }
  }

  #answerError(kind, error) {
    this.#busy = false;
    try {
      this.#port.postMessage([kind, error, propertiesOf(error)]);
    } catch {
      this.#port.postMessage([kUnreadable, serializeError(error)]);
    }
  }
}

// In the first script of the thread. What the user gave as workerData takes the place of what the pool sent.
function startThread() {
  const threads = require('worker_threads');
  const given = threads.workerData;
  threads.workerData = given.workerData;
  return new JobThread(given).load();
}

module.exports = { Moved, startThread };
