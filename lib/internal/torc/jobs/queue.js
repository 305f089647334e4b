'use strict';

// Jobs that wait: a higher priority first, and within one the order of arrival. Those that were settled meanwhile are
// passed over.

const FixedQueue = require('internal/fixed_queue');

class JobQueue {
  #levels = []; // { priority, returned, jobs }, highest first
  length = 0;   // without the settled ones

  #level(priority) {
    let at = 0;
    while (at < this.#levels.length && this.#levels[at].priority > priority) at++;
    if (this.#levels[at]?.priority !== priority)
      this.#levels.splice(at, 0, { priority, returned: [], jobs: new FixedQueue() });
    return this.#levels[at];
  }

  push(job) {
    this.#level(job.priority).jobs.push(job);
    this.length++;
  }

  // Before the others of its priority: it was taken, and has not been started.
  unshift(job) {
    this.#level(job.priority).returned.push(job);
    this.length++;
  }

  // The job that shift() will return; undefined: nobody waits.
  peek() {
    const job = this.shift();
    if (job) this.unshift(job);
    return job;
  }

  shift() {
    while (this.#levels.length > 0) {
      const { returned, jobs } = this.#levels[0];
      for (let job; (job = returned.pop() ?? jobs.shift()) !== null;) {
        if (job.settled) continue;
        this.length--;
        return job;
      }
      if (this.#levels.length === 1) return undefined; // most pools have one level, which stays
      this.#levels.shift();
    }
    return undefined;
  }

  // The job has been settled where it was.
  forget() {
    this.length--;
  }
}

module.exports = { JobQueue };
