'use strict';
// Values and errors as lines of text that are the same in every run.
const { hide } = require('./tmpdir');

const show = (v) => {
  if (v instanceof Error) {
    const { name, message, stack, ...rest } = v;
    return hide(`${v.name}: ${v.message} ${JSON.stringify(rest)}`);
  }
  if (v === undefined) return 'undefined';
  if (Buffer.isBuffer(v)) return `Buffer ${v.toString('hex')}`;
  return hide(JSON.stringify(v, (key, x) => (typeof x === 'bigint' ? `${x}n` : x)));
};

// One step after the other; what a step returns or throws is printed with its name.
const steps = [];
const step = (name, fn) => steps.push([name, fn]);
const run = async () => {
  for (const [name, fn] of steps) {
    try {
      console.log(name, show(await fn()));
    } catch (e) {
      console.log(name, 'throws', show(e));
    }
  }
};

module.exports = { run, show, step };
