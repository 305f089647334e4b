// Messages between threads: order, what is shared, what is moved, who hears.
'use strict';
const { Worker, MessageChannel, BroadcastChannel, receiveMessageOnPort } = require('worker_threads');
const { once } = require('events');

(async () => {
  const worker = new Worker(`
    const { parentPort, BroadcastChannel } = require('worker_threads');
    const channel = new BroadcastChannel('all');
    channel.onmessage = (e) => { channel.postMessage('heard ' + e.data); };
    let count = 0, inOrder = true;
    parentPort.on('message', (m) => {
      if (typeof m === 'number') {
        inOrder &&= m === count++;
      } else if (m === 'end') {
        parentPort.postMessage({ count, inOrder });
        channel.close();
        parentPort.close();
      } else if (m.shared) {
        Atomics.add(new Int32Array(m.shared), 0, 41);
        Atomics.notify(new Int32Array(m.shared), 0);
      } else if (m.port) {
        m.port.postMessage({ back: m.moved }, [m.moved]);
        m.port.close();
      }
    });
    parentPort.postMessage('ready');
  `, { eval: true });
  console.log(await once(worker, 'message'));

  const shared = new SharedArrayBuffer(4);
  const cell = new Int32Array(shared);
  const waited = Atomics.waitAsync(cell, 0, 0); // before the worker can have changed it
  worker.postMessage({ shared });
  console.log(waited.async && await waited.value, cell[0]);

  const { port1, port2 } = new MessageChannel();
  const moved = new Uint8Array([1, 2, 3]).buffer;
  worker.postMessage({ port: port2, moved }, [port2, moved]);
  console.log(moved.byteLength, (await once(port1, 'message'))[0]);
  await once(port1, 'close');

  const channel = new BroadcastChannel('all');
  const heard = new Promise((resolve) => { channel.onmessage = (e) => resolve(e.data); });
  channel.postMessage('this');
  console.log(await heard);
  channel.close();

  for (let i = 0; i < 5000; i++) worker.postMessage(i);
  worker.postMessage('end');
  console.log(await Promise.all([once(worker, 'message'), once(worker, 'exit')]));

  const quiet = new MessageChannel();
  new Worker('require("worker_threads").workerData.port.postMessage("synchronous")',
             { eval: true, workerData: { port: quiet.port2 }, transferList: [quiet.port2] })
    .on('exit', () => {
      console.log(receiveMessageOnPort(quiet.port1), receiveMessageOnPort(quiet.port1));
    });
})();
