'use strict';
// Options of V8: in both spellings, with wrong values, and those that change what programs see.
const { command } = require('../common/command');

command(['--expose-gc', '-p', 'typeof gc']);
command(['--expose_gc', '-p', 'typeof gc']);
command(['--no-expose-gc', '-p', 'typeof gc']);
command(['--allow-natives-syntax', '-p', '%IsSmi(1)']);
command(['--stack-size=500', '-p', '1']);
command(['--use-strict', '-e', 'undeclared = 1'], { show: [] });
command(['--disallow-code-generation-from-strings', '-e', 'eval("1")']);
command(['--max-old-space-size=20', '-e', 'const a = []; for (;;) a.push(new Array(1e5).fill(1))'],
        { show: ['stdout'] });
command(['--stack-trace-limit=2', '-e', 'function f(n) { if (n) return f(n - 1); throw new Error("x") } f(9)']);
// Node's list of rejected words has its own flags after the wrong one: only the exit code is the same.
for (const bad of ['--max-old-space-size=foo', '--max-old-space-size', '--expose-gc=1', '--stack-trace-limit=abc']) {
  command([bad, '-p', '1'], { show: ['stdout'] });
}
