'use strict';

// Errors of pools themselves; a job's own error is passed on as it is.

const messages = {
  ERR_JOBS_CLOSED: () => 'The pool is closed',
  ERR_JOBS_DESTROYED: () => 'The pool was destroyed before the job had ended',
  ERR_JOBS_FILE: (file) => `The file of the pool cannot be loaded: ${file}`,
  ERR_JOBS_NO_FILE: (file) => `There is no file '${file}' for a pool to run`,
  ERR_JOBS_NO_FUNCTION: (file, name, names) => `'${file}' exports no function '${name}', ` +
    (names.length ? `only: ${names.join(', ')}` : 'and no other'),
  ERR_JOBS_QUEUE_FULL: (limit) => `${limit} jobs are waiting already (maxQueue)`,
  ERR_JOBS_THREAD_ENDED: (code) => `The thread of the job ended with exit code ${code} before the job had`,
  ERR_JOBS_TIMEOUT: (ms) => `The job took more than ${ms} ms, and its thread was ended`,
};

class JobsError extends Error {
  constructor(code, ...args) {
    const options = args.at(-1)?.cause === undefined ? undefined : args.pop();
    super(messages[code](...args), options);
    this.code = code;
  }

  get name() {
    return 'JobsError';
  }
}

module.exports = { JobsError };
