'use strict';

// `torc bench ...`: the user's own server on io_uring and on epoll, beside each other.

const {
  prepareMainThreadExecution,
  markBootstrapComplete,
} = require('internal/process/pre_execution');

prepareMainThreadExecution();
markBootstrapComplete();

require('internal/torc/bench/run').main(process.argv.slice(2));
