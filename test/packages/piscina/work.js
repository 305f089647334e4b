'use strict';
const { threadId, workerData } = require('node:worker_threads');
const { move } = require('piscina');

module.exports = ({ a, b }) => a + b;
Object.assign(module.exports, {
  later: async (ms) => { await new Promise((r) => setTimeout(r, ms)); return 'later'; },
  fails: () => { throw new RangeError('mine'); },
  spins: () => { for (;;); },
  eats: () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); },
  exits: () => process.exit(3),
  given: () => [typeof threadId, workerData],
  moves: (n) => move(new Uint8Array(n).fill(n)),
});
