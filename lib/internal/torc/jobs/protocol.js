'use strict';

// What a pool and its threads tell each other. A job is the message [name, data], and the answers come in the order of
// the jobs: [kDone, result], [kFailed, error, properties] or [kUnreadable, serialized error]. Before the first one
// comes [kReady], or [kNotLoaded, error] when the file could not be loaded.
//
// A thread may have been sent more jobs than the one it does. Each has a slot in memory that both share: whoever
// changes it from kSent first has the job, the thread by kStarted or the pool, which takes it back, by kWithdrawn.

module.exports = {
  kDone: 0,
  kFailed: 1,
  kUnreadable: 2,
  kNotLoaded: 3,
  kReady: 4,

  // Thread and pool look for each other's messages for so long before they sleep, which takes longer itself.
  SPIN_US: 30,

  SLOTS: 64,
  kSent: 0,
  kStarted: 1,
  kWithdrawn: 2,

  // A method of ports, where the library looks first: replaced, it is called with data and type of each message, and no
  // event is made for it.
  kReceive: Symbol.for('nodejs.internal.kHybridDispatch'),
  kStartThread: Symbol.for('torc.jobs.startThread'),
};
