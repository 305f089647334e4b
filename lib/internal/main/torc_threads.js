'use strict';

// `torc --threads=N server.js`: the main thread, which runs no program of its own.

const {
  prepareMainThreadExecution,
  markBootstrapComplete,
} = require('internal/process/pre_execution');

const file = prepareMainThreadExecution(true);
markBootstrapComplete();

require('internal/torc/threads/supervisor').run(file);
