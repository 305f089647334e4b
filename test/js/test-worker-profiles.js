'use strict';
// A Worker's profiles and heap snapshots are of its own thread: its functions are in them, this one's are not.
const assert = require('assert');
const { once } = require('events');
const { setTimeout: sleep } = require('timers/promises');
const v8 = require('v8');
const { Worker } = require('worker_threads');

async function read(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return JSON.parse(text);
}

const SAMPLES_MIN = 30;
const PROFILE_MS = 300; // V8 takes a sample each millisecond, if the machine lets it: else a longer profile is tried
const PROFILE_MAX_MS = PROFILE_MS * 2 ** 5;

const functionsOf = (node) => [node.callFrame.functionName, ...node.children.flatMap(functionsOf)];
const ended = { code: 'ERR_WORKER_NOT_RUNNING' };

// Two profiles at a time, for so long. False: too few samples were taken to say.
async function profile(worker, ms) {
  const cpu = await Promise.all([worker.startCpuProfile(), worker.startCpuProfile()]);
  await sleep(ms);
  const profiles = (await Promise.all(cpu.map((handle) => handle.stop()))).map((text) => JSON.parse(text));
  const namesOf = ({ nodes }) => nodes.map((node) => node.callFrame.functionName);
  for (const names of profiles.map(namesOf)) assert(!names.includes('onlyHere'), names.join());
  return profiles.every((one) => one.samples.length >= SAMPLES_MIN && namesOf(one).includes('allocate'));
}

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
  for (let ms = PROFILE_MS; !(await profile(worker, ms)); ms *= 2) assert(ms < PROFILE_MAX_MS, 'too few samples');
  await sleep(PROFILE_MS);
  const { head, samples } = JSON.parse(await heap.stop());
  assert(functionsOf(head).includes('allocate') && samples.length > 0 && samples[0].size > 0);
  const { snapshot, strings } = await read(await worker.getHeapSnapshot());
  assert(snapshot.node_count > 1000 && strings.includes('OnlyThere') && !strings.includes('onlyHere'));

  await worker.startHeapProfile(); // what runs is dropped at the end
  await worker.startCpuProfile();
  await worker.terminate();
  await assert.rejects(worker.startCpuProfile(), ended);
  await assert.rejects(worker.startHeapProfile(), ended);
  await assert.rejects(worker.getHeapSnapshot(), ended);

  // The same on this thread.
  for (let ms = PROFILE_MS, nodes = []; nodes.length <= 2; ms *= 2) {
    assert(ms < PROFILE_MAX_MS, `${nodes.length} nodes`);
    const mine = v8.startCpuProfile();
    for (const end = Date.now() + ms; Date.now() < end;);
    ({ nodes } = JSON.parse(mine.stop()));
  }
  assert((await read(v8.getHeapSnapshot())).strings.includes('onlyHere'));
})();
