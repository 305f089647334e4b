'use strict';

// torc:jobs: functions of a file run in a pool of threads. The guide is docs/jobs.md.

const { Pool } = require('internal/torc/jobs/pool');
const { Moved, startThread } = require('internal/torc/jobs/entry');
const { kStartThread } = require('internal/torc/jobs/protocol');
const { validateArray } = require('internal/validators');

// What a job returns, with the objects that are moved to the main thread instead of copied.
function move(value, transfer) {
  validateArray(transfer, 'transfer');
  return new Moved(value, transfer);
}

module.exports = { Pool, move };

// For the threads of a pool, whose first script is outside the library.
Object.defineProperty(module.exports, kStartThread, { value: startThread });
