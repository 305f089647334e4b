'use strict';
// Loaded before a test (--require): keeps each error with a code of Node's that the test's assertions are
// given, a JSON line each, in the file that TORC_SUITE_ERRORS names.

const assert = require('assert');
const { appendFileSync } = require('fs'); // tests replace fs's functions
const { syncBuiltinESMExports } = require('module');

const file = process.env.TORC_SUITE_ERRORS;

function note(error) {
  const code = error?.code;
  if (typeof code !== 'string' || !code.startsWith('ERR_')) return;
  appendFileSync(file, `${JSON.stringify({ code, name: error.name, message: error.message })}\n`);
}

// The function under test, which is seen to throw.
function watched(fn) {
  return function() {
    let result;
    try {
      result = Reflect.apply(fn, this, arguments);
    } catch (error) {
      note(error);
      throw error;
    }
    if (result instanceof Promise) result.then(undefined, note);
    return result;
  };
}

function watch(object, name) {
  const original = object[name];
  object[name] = function(subject, ...rest) {
    if (subject instanceof Promise) subject.then(undefined, note);
    const seen = typeof subject === 'function' ? watched(subject) : subject;
    return Reflect.apply(original, this, [seen, ...rest]);
  };
}

if (file) {
  for (const name of ['throws', 'rejects']) watch(assert, name);
  assert.strict.throws = assert.throws;
  assert.strict.rejects = assert.rejects;
  syncBuiltinESMExports();
}
