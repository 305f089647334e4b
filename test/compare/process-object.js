'use strict';
// What process holds, and the arguments that its methods refuse.
const { execFileSync } = require('child_process');
const { run, step } = require('../common/show');

const shape = (v) => (typeof v === 'object' && v !== null ? Object.keys(v).sort() : typeof v);
const keys = (v) => Object.keys(v).sort();
const descriptor = (name) => {
  const { value, get, set, ...rest } = Object.getOwnPropertyDescriptor(process, name) ?? {};
  return [typeof value, rest];
};

step('names', () => keys(process));
for (const name of ['version', 'versions', 'arch', 'platform', 'release', 'pid', 'execPath', 'argv', 'execArgv',
                    'argv0', 'features', 'config', 'exitCode', '_exiting', 'env']) {
  step(`descriptor ${name}`, () => descriptor(name));
}
step('version', () => [process.version, process.versions.node, process.versions.modules, process.versions.napi]);
step('versions', () => Object.values(process.versions).every((v) => typeof v === 'string'));
step('versions are fixed', () => { process.versions.node = 'x'; return process.versions.node; });
step('release', () => process.release);
step('platform', () => [process.platform, process.arch]);
step('prototype', () => [Object.prototype.toString.call(process), Object.getPrototypeOf(process).constructor.name,
                         process instanceof require('events')]);
step('hrtime', () => [process.hrtime().length, process.hrtime([0, 0])[0] > 0, typeof process.hrtime.bigint()]);
step('hrtime(1)', () => process.hrtime(1));
step('hrtime([1])', () => process.hrtime([1]));
step('hrtime grows', () => process.hrtime.bigint() < process.hrtime.bigint());
step('uptime', () => process.uptime() > 0 && process.uptime() < 60);
step('cpuUsage', () => [keys(process.cpuUsage()), process.cpuUsage().user > 0,
                        process.cpuUsage(process.cpuUsage()).user >= 0]);
step('cpuUsage(1)', () => process.cpuUsage(1));
step('cpuUsage bad', () => process.cpuUsage({ user: -1, system: 0 }));
step('threadCpuUsage', () => keys(process.threadCpuUsage()));
step('resourceUsage', () => [keys(process.resourceUsage()), process.resourceUsage().maxRSS > 1000]);
step('memoryUsage', () => [keys(process.memoryUsage()), Object.values(process.memoryUsage()).every((n) => n > 0)]);
step('rss', () => process.memoryUsage.rss() > 1e6);
step('constrainedMemory', () => process.constrainedMemory());
step('constrainedMemory under ulimit', () => ['d', 'v'].map((limit) => execFileSync('sh', ['-c',
  `ulimit -S -${limit} 9000000000000; exec "$0" -p "process.constrainedMemory()"`, process.execPath]).toString()));
step('availableMemory', () => process.availableMemory() > 1e6);
step('title', () => { process.title = 'a title'; return process.title; });
step('title = 5', () => { process.title = 5; return process.title; });
step('title = symbol', () => { process.title = Symbol('s'); });
step('pid', () => { process.pid = 1; return process.pid > 1; });
step('ppid', () => process.ppid > 0);
step('debugPort', () => { process.debugPort = 8000; return process.debugPort; });
step('debugPort = 80', () => { process.debugPort = 80; });
step('cwd', () => process.cwd());
step('chdir missing', () => process.chdir('/no/such/dir'));
step('chdir(1)', () => process.chdir(1));
step('umask', () => [process.umask(0o77), process.umask('22'), process.umask(), process.umask(0o22)]);
step('umask(x)', () => process.umask('x'));
step('kill 0', () => process.kill(process.pid, 0));
step('kill no one', () => process.kill(2 ** 22 + 1, 0));
step('kill SIGFOO', () => process.kill(process.pid, 'SIGFOO'));
step('kill bad pid', () => process.kill('x'));
step('users', () => [process.getuid(), process.geteuid(), process.getgid(), process.getegid(), process.getgroups()]);
step('setuid unknown', () => process.setuid('no such user'));
step('setgid unknown', () => process.setgid('no such group'));
step('setgroups unknown', () => process.setgroups(['no such group']));
step('initgroups unknown', () => process.initgroups('no such user', 'no such group'));
step('setuid(null)', () => process.setuid(null));
step('exitCode', () => [process.exitCode, process._exiting]);
step('dlopen()', () => process.dlopen());
step('getActiveResourcesInfo', () => {
  const timer = setTimeout(() => {}, 1000);
  const immediate = setImmediate(() => {});
  const names = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name));
  clearTimeout(timer);
  clearImmediate(immediate);
  return names;
});
step('config', () => keys(process.config));
step('features', () => keys(process.features));
step('report', () => shape(process.report));
step('emitWarning(1)', () => process.emitWarning(1));
step('nextTick(1)', () => process.nextTick(1));
step('allowedNodeEnvironmentFlags', () => ['--max-old-space-size', 'title', '--eval', '--no-warnings', '--title=x']
  .map((flag) => process.allowedNodeEnvironmentFlags.has(flag)));
run();
