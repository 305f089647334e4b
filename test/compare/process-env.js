'use strict';
// process.env: everything is a string, and what is no string is refused.
const { run, step } = require('../common/show');
const { env } = process;

step('absent', () => [env.no_such, 'no_such' in env, Object.hasOwn(env, 'no_such')]);
step('inherited', () => [typeof env.toString, env.constructor === Object, 'toString' in env]);
for (const v of [undefined, null, 5, true, 'x', '', { toString: () => 'o' }, [1, 2], 10n]) {
  step(`set ${typeof v}`, () => { env.A = v; return [env.A, Object.getOwnPropertyDescriptor(env, 'A')]; });
}
step('set symbol', () => { env.A = Symbol('s'); });
step('set throws', () => { env.A = { toString() { throw new Error('mine'); } }; });
step('get symbol', () => env[Symbol('s')]);
step('set by symbol', () => { env[Symbol('s')] = 1; });
step('in symbol', () => Symbol('s') in env);
step('delete symbol', () => delete env[Symbol('s')]);
step('tag', () => [Object.prototype.toString.call(env), env[Symbol.toStringTag]]);
step('delete', () => [delete env.A, delete env.A, env.A, 'A' in env]);
step('define value only', () => Object.defineProperty(env, 'Q', { value: 1 }));
const whole = { value: 1, writable: true, enumerable: true, configurable: true };
step('define all', () => Object.defineProperty(env, 'Q', whole).Q);
step('define getter', () => Object.defineProperty(env, 'Q', { get: () => 1 }));
step('define setter', () => Object.defineProperty(env, 'Q', { set() {}, configurable: true, enumerable: true }));
step('define symbol', () => Object.defineProperty(env, Symbol('s'), whole));
step('empty name', () => { env[''] = 'x'; return [env[''], '' in env]; });
step('name with =', () => { env['a=b'] = 'x'; return [env['a=b'], env.a]; });
step('name with NUL', () => { env['nul\0x'] = '1'; return [env.nul, Object.keys(env).includes('nul')]; });
step('value with NUL', () => { env.V = 'a\0b'; return env.V; });
step('index', () => { env[5] = 7; return [env[5], env['5'], Object.keys(env).includes('5'), delete env[5], env[5]]; });
step('not ASCII', () => { env.é = 'ü€😀'; return [env.é, Object.keys(env).includes('é')]; });
step('lone surrogate', () => { env.S = '\ud800'; return env.S; });
step('long value', () => { env.L = 'x'.repeat(1e5); return env.L.length; });
step('keys', () => {
  env.K1 = '1';
  const all = Object.keys(env);
  return [all.includes('K1'), all.length === Object.getOwnPropertyNames(env).length, new Set(all).size === all.length,
          Object.entries(env).some(([k, v]) => k === 'K1' && v === '1'), { ...env }.K1,
          JSON.stringify(env).includes('K1')];
});
step('for in', () => { for (const k in env) if (k === 'K1') return k; });
step('symbols', () => Object.getOwnPropertySymbols(env));
step('freeze', () => Object.freeze(env));
step('preventExtensions', () => Object.preventExtensions(env));
step('isExtensible', () => Object.isExtensible(env));
step('assign', () => Object.assign(env, { X1: 1, X2: 2 }).X2);
step('replace', () => {
  process.env = { Y: 1 };
  const y = process.env.Y;
  process.env = env;
  return y;
});
step('TZ', () => {
  const hours = [];
  for (const zone of ['Asia/Tokyo', 'UTC', 'America/New_York']) {
    env.TZ = zone;
    hours.push(new Date(0).getHours(), new Intl.DateTimeFormat().resolvedOptions().timeZone);
  }
  return hours;
});
run();
