'use strict';

// A pool: jobs wait in a queue until one of its threads is free. Threads are started as they are needed and end when
// they have been idle for a while. A thread whose job has to be stopped ends with it.
//
// A thread that does short jobs is sent some in advance. They still count as waiting: they are taken back when a thread
// has nothing else to do, when one of a higher priority comes, and when their thread ends.

const { JobsError } = require('internal/torc/jobs/errors');
const { Job } = require('internal/torc/jobs/job');
const { checkRunOptions, readFile, readPoolOptions } = require('internal/torc/jobs/options');
const { JobQueue } = require('internal/torc/jobs/queue');
const { Thread } = require('internal/torc/jobs/thread');
const { kEmptyObject } = require('internal/util');
const { clearTimeout, setTimeout } = require('timers');

class Times {
  count = 0;
  sum = 0;
  max = 0;

  add(ms) {
    this.count++;
    this.sum += ms;
    if (ms > this.max) this.max = ms;
  }

  get() {
    return { mean: this.count ? this.sum / this.count : 0, max: this.max };
  }
}

class Pool {
  #file;
  #options;
  #queue = new JobQueue();
  #threads = new Set();
  #idle = [];          // threads, the one that was used last at the end
  #lowestPriority = Infinity; // of any job
  #counts = { done: 0, failed: 0, cancelled: 0, timedOut: 0 };
  #waited = new Times();
  #ran = new Times();
  #idleTimer = null;
  #closing = null;     // { promise, resolve } since close() or destroy()
  #events;

  constructor(file, options) {
    this.#file = readFile(file);
    this.#options = readPoolOptions(options);
    this.#events = {
      done: (thread, job, value) => this.#finish(thread, job, 'done', value),
      failed: (thread, job, error) => this.#finish(thread, job, 'failed', error),
      notLoaded: (thread, error) => this.#giveUp(thread, error),
      ended: (thread, code, error) => this.#ended(thread, code, error),
    };
  }

  // Runs the function that the file exports by name. Settles as it does.
  run(data, options = kEmptyObject) {
    try {
      checkRunOptions(options);
      options.signal?.throwIfAborted();
      if (this.#closing) throw new JobsError('ERR_JOBS_CLOSED');
      const free = this.#idle.length > 0 || this.#threads.size < this.#options.threads;
      if (!free && this.#options.maxQueue !== Infinity && this.#waiting() >= this.#options.maxQueue)
        throw new JobsError('ERR_JOBS_QUEUE_FULL', this.#options.maxQueue);
    } catch (error) {
      return Promise.reject(error);
    }
    const job = new Job(data, options, options.timeout ?? this.#options.timeout, this.#expire);
    job.watch((reason) => this.#stop(job, reason, 'cancelled'));
    if (job.priority > this.#lowestPriority) this.#takeBack((sent) => sent.priority < job.priority);
    this.#lowestPriority = Math.min(this.#lowestPriority, job.priority);
    this.#queue.push(job);
    this.#pump();
    return job.promise;
  }

  stats() {
    return {
      threads: this.#threads.size,
      idle: this.#idle.length,
      queued: this.#waiting(),
      running: this.#busy().length,
      ...this.#counts,
      waitMs: this.#waited.get(),
      runMs: this.#ran.get(),
    };
  }

  // No more jobs; resolves when all are done and the threads have ended.
  close() {
    if (!this.#closing) {
      this.#closing = Promise.withResolvers();
      this.#endIfDone();
    }
    return this.#closing.promise;
  }

  // Jobs that wait or run are rejected.
  destroy() {
    this.#closing ??= Promise.withResolvers();
    for (let job; (job = this.#queue.shift()) !== undefined;)
      this.#settle(job, 'cancelled', new JobsError('ERR_JOBS_DESTROYED'));
    for (const thread of this.#busy()) {
      for (const job of [...thread.jobs].reverse()) this.#stop(job, new JobsError('ERR_JOBS_DESTROYED'), 'cancelled');
    }
    this.#endIfDone();
    return this.#closing.promise;
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  #busy() {
    return [...this.#threads].filter((thread) => thread.jobs.length > 0);
  }

  #waiting() {
    return this.#busy().reduce((sum, thread) => sum + thread.jobs.length - 1, this.#queue.length);
  }

  #endIfDone() {
    if (!this.#closing || this.#queue.length > 0 || this.#busy().length > 0) return;
    clearTimeout(this.#idleTimer);
    for (const thread of this.#threads) {
      if (!thread.ending) thread.terminate();
    }
    this.#idle = [];
    if (this.#threads.size === 0) this.#closing.resolve();
  }

  #settle(job, how, value) {
    this.#counts[how]++;
    if (how === 'done') {
      job.resolve(value);
    } else {
      job.reject(value);
    }
  }

  // A thread that can be given a job; undefined: all are busy.
  #take() {
    const thread = this.#idle.pop();
    if (thread || this.#threads.size >= this.#options.threads) return thread;
    const { worker, workerData } = this.#options;
    const added = new Thread(this.#file, worker, workerData, this.#events);
    this.#threads.add(added);
    return added;
  }

  #pump() {
    while (this.#queue.length > 0) {
      let thread;
      try {
        thread = this.#take();
      } catch (error) {
        // The same would happen to the next one.
        for (let job; (job = this.#queue.shift()) !== undefined;) this.#settle(job, 'failed', error);
        return;
      }
      if (!thread) break;
      this.#fill(thread);
    }
    for (const thread of this.#threads) {
      if (this.#queue.length === 0) return;
      if (thread.hasRoom) this.#fill(thread);
    }
  }

  // false: the data cannot be sent.
  #send(thread, job) {
    try {
      thread.send(job);
      return true;
    } catch (error) {
      this.#settle(job, 'failed', error);
      return false;
    }
  }

  // What was sent to some thread in advance, for one that has nothing to do.
  #steal() {
    for (const { jobs } of this.#threads) {
      const job = jobs.at(-1);
      if (jobs.length > 1 && job.thread.withdraw(job)) return job;
    }
    return undefined;
  }

  // Gives the thread the jobs that it can take; without any it rests. Data that is moved is sent to an idle thread
  // only, as it can't be sent twice.
  #fill(thread) {
    if (thread.gone) return;
    while (thread.jobs.length === 0) {
      const job = this.#queue.shift() ?? this.#steal();
      if (!job) {
        thread.rest();
        this.#idle.push(thread);
        this.#watchIdle();
        return;
      }
      this.#send(thread, job);
    }
    while (thread.hasRoom && this.#queue.length > 0 && !this.#queue.peek().transfer)
      this.#send(thread, this.#queue.shift());
  }

  // Jobs that no thread has started, and for which test(job) is true, wait in the queue again.
  #takeBack(test, threads = this.#threads) {
    for (const thread of threads) {
      for (const job of thread.jobs.slice(1).reverse()) {
        if (test(job) && thread.withdraw(job)) this.#queue.unshift(job);
      }
    }
  }

  #finish(thread, job, how, value) {
    if (!job.settled) {
      this.#waited.add(job.startedAt - job.queuedAt);
      this.#ran.add(job.end());
    }
    // Before anyone hears of it: the thread has not to wait.
    this.#fill(thread);
    if (!job.settled) this.#settle(job, how, value);
    this.#endIfDone();
  }

  #expire = (job) => this.#stop(job, new JobsError('ERR_JOBS_TIMEOUT', job.timeout), 'timedOut');

  #stop(job, reason, how) {
    job.thread?.drain(); // it may be done
    if (job.settled) return;
    const { thread } = job;
    if (!thread) {
      this.#queue.forget();
    } else if (!thread.withdraw(job)) {
      this.#interrupt(thread, job);
    } else if (thread.jobs.length === 0) {
      this.#fill(thread);
    }
    this.#settle(job, how, reason);
    this.#pump();
    this.#endIfDone();
  }

  // The thread ends with its job, unless it has started the next one meanwhile.
  #interrupt(thread, job) {
    const next = thread.jobs[thread.jobs.indexOf(job) + 1];
    this.#takeBack(() => true, [thread]);
    if (next && thread.hasStarted(next) && next.thread === thread) return;
    thread.jobs = [];
    thread.terminate();
  }

  // No job can be done: the file is at fault.
  #giveUp(thread, cause) {
    const failed = thread.jobs;
    thread.jobs = [];
    thread.terminate();
    for (let job; (job = this.#queue.shift()) !== undefined;) failed.push(job);
    for (const job of failed) {
      if (!job.settled) this.#settle(job, 'failed', new JobsError('ERR_JOBS_FILE', this.#file, { cause }));
    }
    this.#endIfDone();
  }

  #ended(thread, code, error) {
    this.#takeBack(() => true, [thread]);
    const [job] = thread.jobs;
    thread.jobs = [];
    this.#threads.delete(thread);
    this.#idle = this.#idle.filter((t) => t !== thread);
    if (job && !job.settled) {
      this.#settle(job, 'failed', error ?? new JobsError('ERR_JOBS_THREAD_ENDED', code));
    } else if (!job && error) {
      process.emitWarning(`A thread of a pool ended between two jobs: ${error?.stack ?? error}`, 'JobsWarning');
    }
    this.#pump();
    this.#endIfDone();
  }

  #watchIdle() {
    const { idleTimeout } = this.#options;
    if (this.#idleTimer || idleTimeout === Infinity || this.#closing) return;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = null;
      const now = performance.now();
      this.#idle = this.#idle.filter((thread) => {
        const stays = now - thread.idleSince < idleTimeout;
        if (!stays) thread.terminate();
        return stays;
      });
      if (this.#idle.length > 0) this.#watchIdle();
    }, idleTimeout);
    this.#idleTimer.unref();
  }
}

module.exports = { Pool };
