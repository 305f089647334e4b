'use strict';

// What Pool() and run() are given, checked.

const fs = require('fs');
const os = require('os');
const path = require('path');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { JobsError } = require('internal/torc/jobs/errors');
const { fileURLToPath, isURL } = require('internal/url');
const { kEmptyObject } = require('internal/util');
const {
  validateAbortSignal,
  validateArray,
  validateInteger,
  validateNumber,
  validateObject,
  validateString,
} = require('internal/validators');

const THREADS_MAX = 1024;
const TIMEOUT_MAX_MS = 2 ** 31 - 1;
const IDLE_TIMEOUT_MS = 30_000;
const PRIORITY_MAX = 2 ** 31 - 1;

const LIMITS = ['maxYoungGenerationSizeMb', 'maxOldGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'];

function validateKnown(options, known, name) {
  validateObject(options, name);
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, options[key], `is unknown; known are: ${known.join(', ')}`);
  }
}

// Infinity is none.
function validateMs(value, name) {
  validateNumber(value, name, 0);
  if (value > TIMEOUT_MAX_MS && value !== Infinity)
    throw new ERR_INVALID_ARG_VALUE(name, value, `must be Infinity or at most ${TIMEOUT_MAX_MS}`);
}

function validateTimeout(value, name) {
  validateMs(value, name);
  if (value === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be more than 0');
}

function validateLimits(limits, name) {
  validateKnown(limits, LIMITS, name);
  for (const key of Object.keys(limits)) {
    validateNumber(limits[key], `${name}.${key}`, 0);
    if (limits[key] === 0) throw new ERR_INVALID_ARG_VALUE(`${name}.${key}`, limits[key], 'must be more than 0');
  }
}

const poolChecks = {
  threads: (value, name) => validateInteger(value, name, 1, THREADS_MAX),
  maxQueue: (value, name) => value === Infinity || validateInteger(value, name, 0),
  idleTimeout: validateMs,
  timeout: validateTimeout,
  resourceLimits: validateLimits,
  name: validateString,
  workerData: () => {},
  env: (value, name) => validateObject(value, name),
  argv: validateArray,
  execArgv: validateArray,
};

const runChecks = {
  transfer: validateArray,
  signal: validateAbortSignal,
  priority: (value, name) => validateInteger(value, name, -PRIORITY_MAX, PRIORITY_MAX),
  name: validateString,
  timeout: validateTimeout,
};

function check(options, checks) {
  validateKnown(options, Object.keys(checks), 'options');
  for (const key of Object.keys(options)) {
    if (options[key] !== undefined) checks[key](options[key], `options.${key}`);
  }
}

function readFile(file) {
  let name = file;
  if (isURL(file)) {
    name = fileURLToPath(file);
  } else if (typeof file !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('file', ['string', 'URL'], file);
  } else if (file.startsWith('file:')) {
    name = fileURLToPath(file);
  }
  name = path.resolve(name);
  if (!fs.statSync(name, { throwIfNoEntry: false })?.isFile()) throw new JobsError('ERR_JOBS_NO_FILE', name);
  return name;
}

function readPoolOptions(options = kEmptyObject) {
  check(options, poolChecks);
  return {
    threads: options.threads ?? os.availableParallelism(),
    maxQueue: options.maxQueue ?? Infinity,
    idleTimeout: options.idleTimeout ?? IDLE_TIMEOUT_MS,
    timeout: options.timeout ?? Infinity,
    worker: {
      name: options.name ?? 'job',
      resourceLimits: options.resourceLimits,
      env: options.env,
      argv: options.argv,
      execArgv: options.execArgv,
    },
    workerData: options.workerData,
  };
}

function checkRunOptions(options) {
  if (options !== kEmptyObject) check(options, runChecks);
}

module.exports = { checkRunOptions, readFile, readPoolOptions };
