'use strict';
// MessagePorts: the order of delivery among everything else, close, transfer, broadcast.
const { receiveMessageOnPort } = require('worker_threads');
const log = (...args) => console.log(...args);
const once = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

async function order() {
  const { port1, port2 } = new MessageChannel();
  let left = 3;
  port2.on('message', (m) => {
    log('message', m);
    process.nextTick(() => log('tick after', m));
    Promise.resolve().then(() => log('microtask after', m));
    setImmediate(() => log('immediate after', m));
    if (--left === 0) port2.close();
  });
  for (let i = 0; i < 3; i++) port1.postMessage(i);
  setImmediate(() => log('immediate'));
  process.nextTick(() => log('tick'));
  Promise.resolve().then(() => log('microtask'));
  log('posted');
  await once(port1, 'close');
  log('peer closed');
}

async function queues() {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage('first');
  port1.postMessage({ second: 2 });
  log(receiveMessageOnPort(port2), receiveMessageOnPort(port2), receiveMessageOnPort(port2));
  port1.postMessage('kept while closing');
  port1.close();
  port2.onmessage = ({ data, target, type, ports }) => log(type, data, target === port2, ports);
  await once(port2, 'close');
  log('closed', port1.postMessage('late'), receiveMessageOnPort(port2));
}

async function transfers() {
  const { port1, port2 } = new MessageChannel();
  const inner = new MessageChannel();
  inner.port1.postMessage('sent before the transfer');
  port1.postMessage({ port: inner.port2, note: 'x' }, [inner.port2]);
  const event = await new Promise((resolve) => { port2.onmessage = resolve; });
  log(event.data.note, event.ports.length, event.ports[0] === event.data.port);
  const moved = event.data.port;
  moved.on('message', (m) => {
    log('moved', m);
    moved.close();
  });
  await once(inner.port1, 'close');
  const ab = new ArrayBuffer(3);
  port1.postMessage(ab, [ab]);
  log((await new Promise((resolve) => { port2.onmessage = resolve; })).data, ab.byteLength);
  for (const bad of [[port1], [5], 5, [ab]]) {
    try {
      log(port1.postMessage(1, bad));
    } catch (e) {
      log(e.name, e.code, e.message);
    }
  }
  port2.close();
  await once(port1, 'close');
}

async function errors() {
  const { port1, port2 } = new MessageChannel();
  process.once('uncaughtException', (e) => log('uncaught', e.message));
  port2.on('message', (m) => {
    log('got', m);
    if (m === 1) throw new Error('from a listener');
    if (m === 3) port2.close();
  });
  for (let i = 1; i <= 3; i++) port1.postMessage(i);
  await once(port1, 'close');
}

async function references() {
  const { port1, port2 } = new MessageChannel();
  log(port1.hasRef(), port2.hasRef());
  port2.on('message', () => {});
  log(port2.hasRef());
  port2.unref();
  log(port2.hasRef());
  port2.ref();
  port2.removeAllListeners('message');
  log(port2.hasRef());
  port1.close();
  await once(port2, 'close');
}

async function broadcast() {
  const channels = [1, 2, 3].map(() => new BroadcastChannel('news'));
  const other = new BroadcastChannel('sport');
  other.onmessage = () => log('must not come');
  const seen = channels.slice(1).map((c, i) => new Promise((resolve) => {
    c.onmessage = ({ data }) => { log(i, data); resolve(); };
  }));
  channels[0].onmessage = () => log('own message');
  channels[0].postMessage({ headline: 1 });
  await Promise.all(seen);
  for (const c of [...channels, other]) c.close();
  try {
    channels[0].postMessage(1);
  } catch (e) {
    log(e.name, e.message);
  }
}

async function many() {
  const { port1, port2 } = new MessageChannel();
  let sum = 0, immediates = 0;
  setImmediate(function count() { immediates++; if (sum < 3000) setImmediate(count); });
  port2.on('message', () => { if (++sum === 3000) port2.close(); });
  for (let i = 0; i < 3000; i++) port1.postMessage(i);
  await once(port1, 'close');
  log(sum, immediates > 0);
}

(async () => {
  for (const test of [order, queues, transfers, errors, references, broadcast, many]) {
    log(`-- ${test.name}`);
    await test();
  }
  // An idle port does not keep the program alive.
  new MessageChannel().port1.postMessage('never read');
})();
