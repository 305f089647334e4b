'use strict';

// One run() of a pool, from its call until its promise is settled.

const { AsyncResource } = require('async_hooks');
const { clearTimeout, setTimeout } = require('timers');

class Job extends AsyncResource {
  #resolve;
  #reject;
  #timer;
  #onAbort;

  settled = false;
  thread = null; // that has been sent it
  number = 0;    // of its message to the thread
  startedAt = 0; // 0: it waits

  // expire(): it takes too long.
  constructor(data, options, timeout, expire) {
    super('TorcJob', { requireManualDestroy: true });
    this.data = data;
    this.name = options.name ?? 'default';
    this.transfer = options.transfer;
    this.priority = options.priority ?? 0;
    this.signal = options.signal;
    this.timeout = timeout;
    this.expire = expire;
    this.queuedAt = performance.now();
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  // stop(reason): the signal does not want it any more.
  watch(stop) {
    if (!this.signal) return;
    this.#onAbort = () => stop(this.signal.reason);
    this.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  start() {
    this.startedAt = performance.now();
    if (this.timeout !== Infinity && !this.settled) this.#timer = setTimeout(() => this.expire(this), this.timeout);
  }

  // How long it has run, in ms.
  end() {
    return performance.now() - this.startedAt;
  }

  #settle(how, value) {
    this.settled = true;
    this.data = undefined;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#onAbort) this.signal.removeEventListener('abort', this.#onAbort);
    this.runInAsyncScope(how, undefined, value);
    this.emitDestroy();
  }

  resolve(value) {
    this.#settle(this.#resolve, value);
  }

  reject(error) {
    this.#settle(this.#reject, error);
  }
}

module.exports = { Job };
