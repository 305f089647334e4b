'use strict';
// `torc bench` reads what oha reports: here a stand-in with oha's JSON, whose times are in seconds.
const assert = require('assert');
const fs = require('fs');
const { bench, hasUring } = require('../common/bench');

const REPORT = {
  summary: { successRate: 1, total: 2, requestsPerSec: 500 },
  latencyPercentiles: { 'p50': 0.001, 'p90': 0.002, 'p99': 0.003, 'p99.9': 0.004 },
  statusCodeDistribution: { 200: 1000 },
  errorDistribution: { 'aborted due to deadline': 3 },
};

function install(report) {
  fs.writeFileSync('oha', `#!/bin/sh\necho '${JSON.stringify(report)}'\n`, { mode: 0o755 });
}

(async () => {
  if (!hasUring) return;
  const env = { PATH: `${process.cwd()}:${process.env.PATH}` };
  install(REPORT);
  const { status, stdout, stderr } = await bench('good', ['--loader=oha'], env);
  assert.strictEqual(status, 0, stderr);
  assert.match(stdout, /^requests per second, \/s +500 +500 /m);
  assert.match(stdout, /^latency, 99\.9 %, us +4000 +4000 /m);

  install({ ...REPORT, statusCodeDistribution: { 200: 990, 500: 10 } });
  const failed = await bench('good', ['--loader=oha'], env);
  assert.strictEqual(failed.status, 1);
  assert.match(failed.stderr, /10 times: answers had another status than 200/);
})();
