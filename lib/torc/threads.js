'use strict';

// torc:threads: which thread of `torc --threads=N` this is. The guide is docs/threads.md.

const { self, start } = require('internal/torc/threads/start');

module.exports = {
  // From 1; 0 in a program without --threads.
  get number() { return self.number; },
  get count() { return self.count; },
};

// For the threads, whose first script is outside the library.
Object.defineProperty(module.exports, Symbol.for('torc.threads.start'), { value: start });
