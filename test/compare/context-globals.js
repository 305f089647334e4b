// Flags: --disable-proto=throw
'use strict';
// What V8 offers and Node does not, what Node switches on, and --disable-proto, in every context.

const { executionAsyncResource } = require('async_hooks');
const vm = require('vm');

const PROGRAM = `
  const keys = [];
  for (const key in {}) keys.push(key);
  let proto = 'none';
  try { ({}).__proto__; } catch (error) { proto = error.code + ' ' + error.message; }
  [typeof Intl.v8BreakIterator, typeof WebAssembly.Suspending, keys.length, proto].join('; ');
`;
console.log(vm.runInThisContext(PROGRAM));
console.log(vm.runInNewContext(PROGRAM, {}));
console.log(Object.getOwnPropertyDescriptor(Object.prototype, '__proto__').enumerable);
console.log(typeof executionAsyncResource());
require('v8').setFlagsFromString('--stack-size=900');
