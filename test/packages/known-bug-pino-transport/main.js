'use strict';
// issue 6: pino's transports write from a worker thread; torc's output differs from Node's.

const fs = require('node:fs');
const pino = require('pino');

const transport = pino.transport({ target: 'pino/file', options: { destination: 'app.log' } });
const log = pino({ base: null, timestamp: false }, transport);
for (let i = 0; i < 100; i++) log.info({ i }, 'line');
process.on('exit', () => console.log(fs.readFileSync('app.log', 'utf8')));
