'use strict';
// A Worker's profiles and heap snapshots are of its own thread: its functions are in them, this one's are not.
const assert = require('assert');
const { once } = require('events');
const v8 = require('v8');
const { Worker } = require('worker_threads');

async function read(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return JSON.parse(text);
}

// V8 takes a sample each millisecond, if the machine lets it.
const PROFILE_MS = 300;
const SAMPLES_MIN = PROFILE_MS / 10;

const functionsOf = (node) => [node.callFrame.functionName, ...node.children.flatMap(functionsOf)];
const ended = { code: 'ERR_WORKER_NOT_RUNNING' };

(async function onlyHere() {
  const worker = new Worker(`
    const kept = [];
    class OnlyThere { constructor() { this.text = 'there "\\u0001"'; } }
    setInterval(function allocate() {
      for (let i = 0; i < 5000; i++) kept.push(new OnlyThere(), new Array(50));
      kept.length %= 40000;
    }, 1);`,
                            { eval: true });
  await once(worker, 'online');

  const heap = await worker.startHeapProfile();
  await assert.rejects(worker.startHeapProfile(), { code: 'ERR_HEAP_PROFILE_HAVE_BEEN_STARTED' });
  const cpu = await Promise.all([worker.startCpuProfile(), worker.startCpuProfile()]);
  await new Promise((resolve) => setTimeout(resolve, PROFILE_MS));
  const { head, samples } = JSON.parse(await heap.stop());
  assert(functionsOf(head).includes('allocate') && samples.length > 0 && samples[0].size > 0);
  for (const profile of await Promise.all(cpu.map((handle) => handle.stop()))) {
    const { nodes, samples } = JSON.parse(profile);
    const names = nodes.map((node) => node.callFrame.functionName);
    assert(samples.length >= SAMPLES_MIN, `${samples.length}`);
    assert(names.includes('allocate') && !names.includes('onlyHere'), names.join());
  }
  const { snapshot, strings } = await read(await worker.getHeapSnapshot());
  assert(snapshot.node_count > 1000 && strings.includes('OnlyThere') && !strings.includes('onlyHere'));

  await worker.startHeapProfile(); // what runs is dropped at the end
  await worker.startCpuProfile();
  await worker.terminate();
  await assert.rejects(worker.startCpuProfile(), ended);
  await assert.rejects(worker.startHeapProfile(), ended);
  await assert.rejects(worker.getHeapSnapshot(), ended);

  // The same on this thread.
  const mine = v8.startCpuProfile();
  for (const end = Date.now() + 50; Date.now() < end;);
  assert(JSON.parse(mine.stop()).nodes.length > 2);
  assert((await read(v8.getHeapSnapshot())).strings.includes('onlyHere'));
})();
