'use strict';

// A thread as its pool sees it: idle, or with jobs, of which it does the first.

const { deserializeError } = require('internal/error_serdes');
const { MessageChannel, drainMessagePort } = internalBinding('messaging');
const { spin } = internalBinding('torc_threads');
const { Worker } = require('internal/worker');
const {
  SLOTS, SPIN_US, kDone, kNotLoaded, kReady, kReceive, kSent, kStarted, kUnreadable, kWithdrawn,
} = require('internal/torc/jobs/protocol');

const SCRIPT = "process.getBuiltinModule('torc:jobs')[Symbol.for('torc.jobs.startThread')]();";

// A thread with jobs this short is sent some in advance, so that it does not wait for the next one.
const SHORT_MS = 0.5;
const SENT_MAX = 16;
const NEWEST_WEIGHT = 0.2; // in the mean time of a job

function errorOf(answer) {
  if (answer[0] === kUnreadable) return deserializeError(answer[1]);
  return answer[2] ? Object.assign(answer[1], answer[2]) : answer[1];
}

class Thread {
  #worker;
  #port;
  #events;
  #slots = new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT));
  #sent = 0;       // messages
  #read = 0;       // of them, by the thread, as far as is known
  #ready = false;
  #meanMs = Infinity;
  #error = null;   // that ends it

  jobs = [];       // sent and not taken back; the first is being done
  idleSince = 0;
  ending = false;  // its answers do not count
  gone = false;

  // events: { done(thread, job, value), failed(thread, job, error), notLoaded(thread, error),
  //           ended(thread, code, error) }
  constructor(file, options, workerData, events) {
    const { port1, port2 } = new MessageChannel();
    this.#events = events;
    this.#port = port1;
    this.#worker = new Worker(SCRIPT, {
      ...options,
      eval: true,
      workerData: { port: port2, slots: this.#slots, file, workerData },
      transferList: [port2],
    });
    spin(SPIN_US);
    this.#worker.unref();
    this.#worker.on('error', (error) => { this.#error = error; });
    this.#worker.on('exit', (code) => {
      this.gone = true;
      this.drain();
      this.#port.close();
      events.ended(this, code, this.#error);
    });
    port1[kReceive] = (answer, type) => type === 'message' && this.#receive(answer);
    port1.start();
    port1.unref();
  }

  // Another job may be sent although it has one.
  get hasRoom() {
    if (this.ending || this.gone) return false;
    return this.#meanMs < SHORT_MS && this.jobs.length < SENT_MAX && this.#sent - this.#read < SLOTS;
  }

  // Throws if the data cannot be copied; nothing was sent then.
  send(job) {
    const slot = this.#sent % SLOTS;
    Atomics.store(this.#slots, slot, kSent);
    this.#port.postMessage([job.name, job.data], job.transfer);
    job.thread = this;
    job.number = this.#sent++;
    this.jobs.push(job);
    if (this.jobs.length > 1) return;
    // Not the port: that of a thread that ends is closed before the thread's 'exit', which settles its jobs.
    this.#worker.ref();
    if (this.#ready) job.start();
  }

  hasStarted(job) {
    return Atomics.load(this.#slots, job.number % SLOTS) === kStarted;
  }

  // true: the thread will not do it.
  withdraw(job) {
    if (Atomics.compareExchange(this.#slots, job.number % SLOTS, kSent, kWithdrawn) !== kSent) return false;
    const at = this.jobs.indexOf(job);
    this.jobs.splice(at, 1);
    job.thread = null;
    if (at === 0 && this.#ready) this.jobs[0]?.start();
    return true;
  }

  // Nothing to do for now: it keeps the program no longer alive.
  rest() {
    this.idleSince = performance.now();
    this.#worker.unref();
  }

  // Reads the answers that are there.
  drain() {
    drainMessagePort(this.#port);
  }

  #receive(answer) {
    if (this.ending) return;
    if (answer[0] === kReady) {
      this.#ready = true;
      this.jobs[0]?.start();
    } else if (answer[0] === kNotLoaded) {
      this.#events.notLoaded(this, errorOf(answer));
    } else {
      this.#answered(answer);
    }
  }

  #answered(answer) {
    const job = this.jobs.shift();
    const ms = job.end();
    this.#meanMs = this.#meanMs === Infinity ? ms : this.#meanMs + (ms - this.#meanMs) * NEWEST_WEIGHT;
    this.#read = job.number + 1;
    this.jobs[0]?.start();
    if (answer[0] === kDone) {
      this.#events.done(this, job, answer[1]);
    } else {
      this.#events.failed(this, job, errorOf(answer));
    }
  }

  // Whatever it does; ended() is called.
  terminate() {
    this.ending = true;
    return this.#worker.terminate();
  }
}

module.exports = { Thread };
