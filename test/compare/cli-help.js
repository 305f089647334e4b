'use strict';
// -h: the texts are torc's own, but each option is there under the names that Node shows.
const { spawnSync } = require('child_process');

for (const flag of ['-h', '--help']) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [flag], { encoding: 'utf8' });
  const names = stdout.match(/^ {2}-\S*(?:, -\S+)*/gm).map((name) => name.trim().replace(/\[?=.*/, ''));
  console.log(flag, status, stderr);
  console.log(names.filter((name) => !/--(io|threads)/.test(name)).sort().join('\n'));
}
