'use strict';
// A transport of pino writes from a worker thread; when it has closed, everything is in the file.

const fs = require('node:fs');
const pino = require('pino');

const transport = pino.transport({ target: 'pino/file', options: { destination: 'app.log' } });
const log = pino({ base: null, timestamp: false }, transport);
const busy = setInterval(() => {}, 1000); // pino's worker alone does not keep a program running
for (let i = 0; i < 100; i++) log.info({ i }, 'line');
transport.on('ready', () => transport.end());
transport.on('close', () => {
  clearInterval(busy);
  console.log(fs.readFileSync('app.log', 'utf8'));
});
