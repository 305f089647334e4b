'use strict';
// Promises that are rejected without a handler, in each mode.
const { command } = require('../common/command');

const bodies = [
  'Promise.reject(new Error("rejected")); setTimeout(() => console.log("later"), 5)',
  'Promise.reject(5)', 'Promise.reject(undefined)', 'Promise.reject({ a: 1 })', 'Promise.reject(null)',
  'const p = Promise.reject(new Error("late")); setTimeout(() => p.catch(() => console.log("caught")), 5)',
  'const p = Promise.reject(new Error("soon")); process.nextTick(() => p.catch(() => console.log("caught")))',
  'process.on("unhandledRejection", (r, p) => console.log("event", r.message, p instanceof Promise)); ' +
    'Promise.reject(new Error("listened"))',
  'process.on("rejectionHandled", () => console.log("handled")); process.on("unhandledRejection", () => {}); ' +
    'const p = Promise.reject(1); setTimeout(() => p.catch(() => {}), 5)',
  'process.on("uncaughtException", (e, o) => console.log(e.message, o)); Promise.reject(new Error("to uncaught"))',
  '(async () => { await null; throw new Error("async") })()',
];
for (const body of bodies) command(['-e', body]);
for (const mode of ['throw', 'strict', 'warn', 'warn-with-error-code', 'none']) {
  for (const body of [...bodies.slice(0, 2), ...bodies.slice(-4)]) {
    command([`--unhandled-rejections=${mode}`, '-e', body]);
  }
}
