// What a worker sees of its process, and what it was given.
'use strict';
const { Worker, SHARE_ENV, isMainThread, threadId } = require('worker_threads');

function ask(code, options = {}) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(
      `const show = (v) => require('worker_threads').parentPort.postMessage(v);\n${code}`,
      { eval: true, ...options });
    let answer;
    worker.on('message', (m) => { answer = m; });
    worker.on('error', reject);
    worker.on('exit', () => resolve(answer));
  });
}

process.env.GIVEN = 'main';
(async () => {
  console.log(isMainThread, threadId);
  const { isMainThread: main, threadId: id, resourceLimits } = await ask(
    `const { isMainThread, threadId, resourceLimits } = require('worker_threads');
     show({ isMainThread, threadId, resourceLimits });`,
    { resourceLimits: { stackSizeMb: 2, maxOldGenerationSizeMb: 50, maxYoungGenerationSizeMb: 8,
                        codeRangeSizeMb: 16 } });
  console.log(main, id, resourceLimits);
  console.log('data', await ask('show(require("worker_threads").workerData)',
                                { workerData: { a: [1, new Map([[2, 3n]])] } }));
  console.log('argv', await ask('show(process.argv.slice(1))', { argv: ['x', 1] }));
  console.log('execArgv', await ask('show(process.execArgv)', { execArgv: ['--no-warnings'] }));
  console.log('env', await ask('process.env.GIVEN += "!"; show(process.env.GIVEN)'),
              process.env.GIVEN);
  console.log('env given', await ask('show(Object.entries(process.env))', { env: { A: 1 } }));
  console.log('env shared', await ask('process.env.GIVEN += "!"; show(process.env.GIVEN)',
                                      { env: SHARE_ENV }), process.env.GIVEN);
  for (const call of ['chdir("/")', 'umask(0)', 'abort()', 'setuid(0)']) {
    console.log(call, await ask(`try { process.${call} } catch (e) { show(e.message) }`));
  }
  for (const execArgv of [['--foo'], ['--title=x'], ['--redirect-warnings'], ['--expose-gc']]) {
    try {
      new Worker('', { eval: true, execArgv });
    } catch (e) {
      console.log(e.code, e.message);
    }
  }
  try {
    new Worker('', { eval: true, env: { NODE_OPTIONS: '--title=foo' } });
  } catch (e) {
    console.log(e.code, e.message);
  }
})();
