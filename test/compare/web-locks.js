// navigator.locks: who gets a lock when, in one thread.
'use strict';
const { locks } = navigator;

const names = (list) => list.map((l) => `${l.name} ${l.mode}`).join();
const view = async () => {
  const { held, pending } = await locks.query();
  return `held: ${names(held)}; pending: ${names(pending)}`;
};
const refusal = (promise) => promise.then((v) => `no error but ${v}`, (e) => `${e.name}: ${e.message}`);

async function inOneThread() {
  const order = [];
  let open;
  const gate = new Promise((resolve) => { open = resolve; });
  const first = locks.request('a', async (lock) => {
    order.push(`first has ${lock.name} ${lock.mode}`);
    await gate;
    return 'result';
  });
  const rest = [
    locks.request('a', { mode: 'shared' }, async () => {
      order.push('shared 1');
      await null;
      order.push('shared 1 ends');
    }),
    locks.request('a', { mode: 'shared' }, () => { order.push('shared 2'); }),
    refusal(locks.request('a', () => {
      order.push('exclusive');
      throw new Error('mine');
    })).then((text) => order.push(text)),
    locks.request('\ud800', () => { order.push('another name, no character'); }),
  ];
  order.push(await locks.request('a', { ifAvailable: true }, (lock) => `refused: ${lock}`));
  order.push(await view());
  const controller = new AbortController();
  rest.push(refusal(locks.request('a', { signal: controller.signal }, () => order.push('never')))
    .then((text) => order.push(text)));
  controller.abort();
  open();
  order.push(await first);
  await Promise.all(rest);
  console.log(order.join('\n'));

  const robbed = refusal(locks.request('b', () => new Promise(() => {})));
  const behind = locks.request('b', () => 'behind');
  console.log(await locks.request('b', { steal: true }, () => 'stolen'), await robbed, await behind);
}

(async () => {
  await inOneThread();
  for (const args of [['x'], ['-x', () => {}], ['x', { mode: 'none' }, () => {}],
    ['x', { steal: true, ifAvailable: true }, () => {}], ['x', { steal: true, mode: 'shared' }, () => {}],
    ['x', { signal: 1 }, () => {}]])
    console.log(await refusal(locks.request(...args)));
})();
