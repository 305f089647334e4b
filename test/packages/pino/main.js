'use strict';
// A logger with pino: levels, children, serializers, redaction, formatters, destinations written in step and
// buffered, several streams, log lines of an HTTP server. Transports: pino-transport.

const fs = require('node:fs');
const http = require('node:http');
const { once } = require('node:events');
const pino = require('pino');
const { request, listen } = require('./common/client.js');

const fixed = { base: { app: 'shop' }, timestamp: false };
const stdout = pino.destination({ dest: 1, sync: true }); // in step with console.log
const withoutStack = (error) => ({ ...pino.stdSerializers.err(error), stack: error.stack.split('\n')[0] });

function levels() {
  const log = pino(
    {
      ...fixed,
      level: 'debug',
      customLevels: { audit: 35 },
      serializers: { err: withoutStack },
      redact: { paths: ['user.password', 'cards[*].number'], censor: '***' },
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ mixed: true }),
    },
    stdout,
  );
  log.trace('not seen');
  log.debug('hello %s, you are %d, %j and %o', 'Zoë', 30, { a: 1 }, { b: 2 });
  log.audit({ user: { name: 'ann', password: 'secret' }, cards: [{ number: '1234', until: '27' }] }, 'bought');
  log.error(new TypeError('broken', { cause: new Error('root') }));
  const child = log.child({ request: 7 }, { msgPrefix: '[child] ', level: 'warn' });
  child.info('not seen');
  child.warn({ big: 12345678901234567890n, date: new Date(0), list: new Set([1]), nothing: undefined }, 'odd values');
  console.log(log.isLevelEnabled('trace'), child.level, Object.keys(log.levels.values).join());
}

async function destinations() {
  const inStep = pino.destination({ dest: 'sync.log', sync: true });
  // Before it is open, flush() and end() may write a piece twice, on Node too.
  const buffered = pino.destination({ dest: 'logs/buffered.log', sync: false, minLength: 4096, mkdir: true });
  await once(buffered, 'ready');
  for (const [name, stream] of Object.entries({ inStep, buffered })) {
    const log = pino(fixed, stream);
    for (let i = 0; i < 1000; i++) log.info({ i }, 'line');
    stream.end();
    await once(stream, 'close');
    const lines = fs.readFileSync(stream.file, 'utf8').trim().split('\n');
    console.log(name, lines.length, lines.at(-1));
  }
  const log = pino(
    { ...fixed, level: 'debug' },
    pino.multistream([
      { level: 'debug', stream: pino.destination({ dest: 'all.log', sync: true }) },
      { level: 'error', stream: pino.destination({ dest: 'errors.log', sync: true }) },
    ]),
  );
  for (const level of ['debug', 'info', 'error']) log[level](`${level} message`);
  console.log('all:', fs.readFileSync('all.log', 'utf8'), 'errors:', fs.readFileSync('errors.log', 'utf8'));
}

async function server() {
  const serializers = { req: ({ method, url }) => ({ method, url }), res: pino.stdSerializers.res };
  const log = pino({ ...fixed, serializers }, stdout);
  const web = http.createServer((req, res) => {
    res.sendDate = false;
    res.on('finish', () => log.info({ req, res }, 'served'));
    res.writeHead(req.url === '/' ? 200 : 404).end();
  });
  const base = await listen(web);
  await request(base);
  await request(`${base}/missing`);
  web.close();
}

async function main() {
  levels();
  await destinations();
  await server();
}
main();
