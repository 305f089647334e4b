/* What a worker still has at its end is freed, too: objects whose memory is not on V8's heap and which
 * no collection has taken. */
'use strict';
const assert = require('assert');
const { Worker } = require('worker_threads');

const MB = 2 ** 20;
const WORKERS = 12;
const EACH_MB = 64;
const CODECS = 40;
// A quarantine of freed memory, as sanitizers have it, may be a part of it.
const GROWTH_MAX_MB = WORKERS * EACH_MB / 2;

const program = `
  const v8 = require('v8'), zlib = require('zlib');
  const chunk = Buffer.alloc(${MB}, 1);
  globalThis.kept = [];
  for (let i = 0; i < ${EACH_MB}; i++) {
    const serializer = new v8.Serializer();
    serializer.writeRawBytes(chunk);
    kept.push(serializer);
  }
  for (let i = 0; i < ${CODECS}; i++) kept.push(zlib.createGzip());`;

async function main() {
  const before = process.memoryUsage.rss();
  for (let i = 0; i < WORKERS; i++)
    await new Promise((resolve) => new Worker(program, { eval: true }).on('exit', resolve));
  const grown = (process.memoryUsage.rss() - before) / MB;
  assert(grown < GROWTH_MAX_MB, `${grown} MB more than before`);
}

main();
