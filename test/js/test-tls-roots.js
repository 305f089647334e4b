'use strict';
// node:tls can be imported, for which all of its exports are read; the root certificates are the system's.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
require('../common/tmpdir');

const certificate = (body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;

function roots(text) {
  fs.writeFileSync('roots.pem', text);
  const program = `import { rootCertificates } from 'node:tls'; console.log(JSON.stringify(rootCertificates))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program],
    { encoding: 'utf8', env: { ...process.env, SSL_CERT_FILE: 'roots.pem' } });
  assert.strictEqual(stderr, '');
  return JSON.parse(stdout);
}

assert.deepStrictEqual(roots(''), []);
assert.deepStrictEqual(roots(`# one\n${certificate('AAAA\nBBBB')}\r\nbetween\n${certificate('CC==')}`),
  [certificate('AAAA\nBBBB'), certificate('CC==')]);
// What is cut off is none.
assert.deepStrictEqual(roots(`${certificate('AAAA')}\n-----BEGIN CERTIFICATE-----\nBBBB`), [certificate('AAAA')]);
assert.deepStrictEqual(roots(`-----BEGIN CERTIFICATE-----\nBBBB\n${certificate('A')}`), [certificate('A')]);
fs.rmSync('roots.pem');
import('node:tls').then((tls) => assert.ok(Object.isFrozen(tls.rootCertificates)));
