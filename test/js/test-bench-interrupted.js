'use strict';
// Ctrl-C ends `torc bench`, its server and its loader, and leaves no temporary files.
const assert = require('assert');
const fs = require('fs');
const net = require('net');
const { spawn } = require('child_process');
const { freePort, hasUring, server } = require('../common/bench');

(async () => {
  if (!hasUring) return;
  const PORT = String(await freePort());
  const temporary = `${process.cwd()}/tmp`;
  fs.mkdirSync(temporary);
  const child = spawn(process.execPath,
                      ['bench', server, '--url', `http://127.0.0.1:${PORT}/`, '--connections=1', '--warm-up=1',
                       '--seconds=600', '--loader=own'],
                      { env: { ...process.env, PORT, TMPDIR: temporary }, stdio: ['ignore', 'ignore', 'inherit'] });
  // Killed, but that takes a moment; the time limit of the test is the limit for it.
  const expectGone = () => {
    net.connect(Number(PORT), '127.0.0.1')
      .on('connect', function() { this.destroy(); setTimeout(expectGone, 20); })
      .on('error', (error) => assert.strictEqual(error.code, 'ECONNREFUSED'));
  };
  // When the server answers the loader is not far.
  const ask = () => {
    const socket = net.connect(Number(PORT), '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); child.kill('SIGINT'); });
    socket.on('error', () => setTimeout(ask, 20));
  };
  ask();
  child.on('exit', (code) => {
    assert.strictEqual(code, 130);
    assert.deepStrictEqual(fs.readdirSync(temporary), []);
    expectGone();
  });
})();
