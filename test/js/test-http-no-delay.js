'use strict';
// A connection that nobody looks at has TCP_NODELAY as the server says now, whatever it said when it began to listen.
// (perl asks the kernel: JavaScript cannot.)
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const { spawnSync } = require('child_process');
const main = require('../common/main');

// { port of the peer, option } of the socket with descriptor 3; nothing when it is none. (As stdin it would be made to
// block, for the server, too.)
const ASK = 'open(my $s, "+<&=", 3) or exit; my $peer = getpeername($s) or exit;' +
            'my $option = getsockopt($s, 6, 1) or exit; print unpack("x2n", $peer), " ", unpack("i", $option)';

// Of the socket here whose peer has this port.
function hasNoDelay(peerPort) {
  for (const name of fs.readdirSync('/proc/self/fd')) {
    let target = '';
    try {
      target = fs.readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      continue; // the directory's own
    }
    if (!target.startsWith('socket:')) continue;
    const stdio = ['ignore', 'pipe', 'ignore', Number(name)];
    const { stdout } = spawnSync('perl', ['-e', ASK], { stdio, encoding: 'latin1' });
    const [port, option] = stdout.split(' ').map(Number);
    if (port === peerPort) return option !== 0;
  }
  throw new Error('no such connection');
}

async function answeredBy(server) {
  const agent = new http.Agent({ keepAlive: true });
  const { port } = server.address();
  const result = await new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', agent }, (res) => {
      const { localPort } = res.socket;
      res.resume().on('end', () => resolve(hasNoDelay(localPort)));
    }).on('error', reject);
  });
  agent.destroy();
  return result;
}

main(async () => {
  if (spawnSync('perl', ['-e', '1']).status !== 0) process.exit(77);
  for (const noDelay of [true, false, undefined]) {
    const server = http.createServer({ noDelay }, (req, res) => res.end('x'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    assert.strictEqual(await answeredBy(server), noDelay ?? true);
    server.noDelay = !server.noDelay;
    assert.strictEqual(await answeredBy(server), server.noDelay);
    server.close();
  }
});
