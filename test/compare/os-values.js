'use strict';
// node:os: values that stay the same, and the shape of those that change.
const os = require('os');
const { run, step } = require('../common/show');

const kinds = (v) => {
  if (Array.isArray(v)) return v.map(kinds);
  if (v === null || typeof v !== 'object') return typeof v;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, kinds(x)]));
};

for (const name of ['arch', 'availableParallelism', 'endianness', 'homedir', 'hostname', 'machine', 'platform',
  'release', 'tmpdir', 'totalmem', 'type',
                    'version', 'networkInterfaces', 'getPriority']) {
  step(name, () => os[name]());
}
step('cpus', () => os.cpus().map(({ model, speed, times }) => [model, speed, Object.keys(times),
  Object.values(times).every((t) => Number.isInteger(t) && t >= 0)]));
step('loadavg', () => [kinds(os.loadavg()), os.loadavg().every((x) => Math.abs(x * 100 - Math.round(x * 100)) < 1e-6)]);
step('freemem', () => os.freemem() > 0 && os.freemem() <= os.totalmem());
step('uptime', () => os.uptime() > 1 && os.uptime() < 1e9);
step('coercions', () => [`${os.hostname}` === os.hostname(), +os.availableParallelism === os.availableParallelism(),
  os.EOL, os.devNull]);
for (const encoding of [undefined, 'utf8', 'buffer', 'hex', 'latin1', 'nope']) step(`userInfo ${encoding}`,
  () => os.userInfo({ encoding }));
step('userInfo getter throws', () => os.userInfo({ get encoding() { throw new Error('from the getter'); } }));
step('getPriority of nobody', () => os.getPriority(2 ** 22 + 1));
step('setPriority of nobody', () => os.setPriority(2 ** 22 + 1, 1));
step('setPriority', () => [os.setPriority(3), os.getPriority(), os.setPriority(process.pid, 4),
  os.getPriority(process.pid)]);
for (const bad of [[-21], [20], ['x'], [1.5, 1]]) step(`setPriority ${bad}`, () => os.setPriority(...bad));
step('constants', () => os.constants);
step('homedir from the environment', () => {
  process.env.HOME = '/some/where';
  const first = os.homedir();
  delete process.env.HOME;
  const second = os.homedir();
  process.env.TMPDIR = '/tmp/x/';
  return [first, second, os.tmpdir()];
});
run();
