'use strict';
// What a handle knows at once is told in the same turn: that writing has ended when nothing is left to write, before
// setImmediate(), and that it is closed, in the close phase, the handle closed last first. Both come before a timer
// that is due already. Each scenario runs in several phases.
const { spawn } = require('child_process');
const fs = require('fs');
const net = require('net');
const { promisify } = require('util');

const BUSY_MS = 5; // longer than the timer's

const phases = {
  poll: (fn) => fs.stat(__filename, fn),
  check: (fn) => setImmediate(fn),
  close: (fn) => net.createServer().listen(0)._handle.close(fn),
};

// What else comes in the turn and in the next.
function mark() {
  process.nextTick(() => console.log('  tick'));
  setImmediate(() => {
    console.log('  immediate');
    setImmediate(() => console.log('  second immediate'));
  });
}

function watch(name, emitter) {
  for (const event of ['finish', 'close', 'error'])
    emitter.on(event, (arg) => console.log(`  ${name}: ${event} ${arg?.code ?? arg ?? ''}`));
  return emitter;
}

const scenarios = {
  'destroyed, one after the other': (a, b) => {
    a.destroy();
    b.destroy();
  },
  'ended with nothing to write': (a) => a.end(),
  'ended and destroyed': (a) => {
    a.end();
    a.destroy();
  },
  'destroyed with a short write behind it': (a) => {
    a.write('x', (err) => console.log(`  written ${err?.code}`));
    a.destroy();
  },
  'destroyed with a write under way': (a) => {
    a.write(Buffer.alloc(1 << 25), (err) => console.log(`  written ${err?.code}`));
    a.destroy();
  },
  'reset': (a) => a.resetAndDestroy(),
  'destroyed while it connects': (a, b, port) => watch('c', net.connect(port, '127.0.0.1')).destroy(),
  'never connected': () => watch('c', new net.Socket()).destroy(),
  'a server': () => {
    const server = watch('server', net.createServer()).listen(0, () => {});
    server._handle.close(() => console.log('  handle closed'));
    server._handle = null;
  },
  'a handle that closes in a close callback': (a, b) => {
    a.on('close', () => b.destroy());
    a.destroy();
  },
};

// Two connections, both idle: the other side does nothing until they end.
async function connections() {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}));
  await promisify(server.listen).call(server, 0, '127.0.0.1');
  const { port } = server.address();
  const make = () => new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(socket));
  });
  return { server, port, sockets: [await make(), await make()] };
}

const turns = async (n) => {
  while (n-- > 0) await promisify(setImmediate)();
};

async function run(phase, name) {
  const { server, port, sockets: [a, b] } = await connections();
  await turns(5);
  console.log(`${name}, in ${phase}`);
  watch('a', a);
  watch('b', b);
  await new Promise((resolve) => {
    phases[phase](() => {
      mark();
      scenarios[name](a, b, port);
      turns(5).then(resolve);
    });
  });
  for (const socket of [a, b]) socket.removeAllListeners('close').destroy();
  server.close();
  await turns(5);
}

// The end of the other side, as an HTTP agent sees it of a connection that it keeps.
function endOfPeer(done) {
  const server = net.createServer((socket) => socket.end('x')).listen(0, () => {
    const client = net.connect(server.address().port).resume();
    client.on('end', () => {
      console.log('end');
      setTimeout(() => console.log('timer'), 1);
      setImmediate(() => console.log('immediate'));
      const start = performance.now();
      while (performance.now() - start < BUSY_MS);
    });
    client.on('finish', () => console.log('finish'));
    client.on('close', () => {
      console.log('close');
      server.close(done);
    });
  });
}

// The pipes of a child are closed in the turn that ends them.
function pipes(done) {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  watch('stdin', child.stdin);
  child.on('spawn', () => setImmediate(() => {
    console.log('pipe of a child');
    mark();
    child.stdin.destroy();
  }));
  child.on('close', () => turns(5).then(done));
}

(async () => {
  await promisify(endOfPeer)();
  await promisify(pipes)();
  for (const phase of Object.keys(phases))
    for (const name of Object.keys(scenarios)) await run(phase, name);
})();
