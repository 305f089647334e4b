'use strict';
// What the server of `torc bench` does wrong is said in words, and ends it with code 1.
const assert = require('assert');
const net = require('net');
const { bench, expectError, hasUring, server, torc } = require('../common/bench');

const WAIT_MAX = 16; // s

(async () => {
  // The same on both back ends, but the ring comes first.
  if (!hasUring) return;

  await expectError('ends', /the server ended with code 3; it said:\nno database here/);
  // Where it listens is known when it has had the time to.
  let stderr;
  for (let wait = 1; wait <= WAIT_MAX && !/on port/.test(stderr); wait *= 4)
    ({ stderr } = await expectError('elsewhere', /nothing answers at http:\S+ after \d+ s/, [`--wait=${wait}`]));
  assert.match(stderr, /nothing answers at http:\S+ after \d+ s \(ECONNREFUSED\): it listens on port \d+/);
  await expectError('missing', /answers with status 404; only 200 is measured/);
  await expectError('fails', /with 1 connection: \d+ times?: answers had status 503 instead of 200/);
  await expectError('cuts', /with 1 connection: \d+ times?: answers were cut off/);
  await expectError('differs', /the server answers differently on the two back ends/);

  const other = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${other.address().port}/`;
    const { status, stderr } = await torc([server, '--url', url, '--loader=own']);
    assert.match(stderr, /something listens at 127\.0\.0\.1:\d+ already; stop it first/);
    assert.strictEqual(status, 1);
    other.close();
  });

  const missing = await bench('good', ['--loader=wrk'], { PATH: '/nowhere' });
  assert.match(missing.stderr, /wrk is not installed; --loader=own needs nothing/);
  assert.strictEqual(missing.status, 1);
})();
