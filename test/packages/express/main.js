'use strict';
// A small shop on express 4 and 5: routers, parameters, bodies, sessions by cookie, static files with ranges
// and caching, streaming, content negotiation, errors thrown and rejected, sizes refused.

const http = require('node:http');
const path = require('node:path');
const { Readable } = require('node:stream');
const { request, show, listen } = require('./common/client.js');

function makeApp(express) {
  const app = express();
  app.set('trust proxy', true);
  app.use((req, res, next) => {
    res.set('X-Trace', `${req.method} ${req.originalUrl}`);
    next();
  });
  app.use('/assets', express.static(path.join(__dirname, 'public'), { maxAge: '1h', index: 'hello.txt' }));
  app.use(express.json({ limit: '1kb' }), express.urlencoded({ extended: true }), express.text());
  app.use('/items', makeItems(express.Router()));
  app.get('/', (req, res) => res.send('<p>welcome</p>'));
  app.get('/search', (req, res) => res.json({ query: req.query, ip: req.ip, host: req.hostname, secure: req.secure }));
  app.get('/moved', (req, res) => res.redirect(301, '/items/2'));
  app.get('/file', (req, res) => res.sendFile(path.join(__dirname, 'public', 'numbers.txt')));
  app.get('/download', (req, res) => res.download(path.join(__dirname, 'public', 'hello.txt'), 'grüße.txt'));
  app.get('/stream', (req, res) => Readable.from(lines()).pipe(res.type('text')));
  app.get('/login', (req, res) => res.cookie('user', 'zoë', { httpOnly: true, expires: new Date(0) }).sendStatus(204));
  app.get('/negotiate', (req, res) =>
    res.format({
      'text/plain': () => res.send('plain'),
      'application/json': () => res.json({ kind: 'json' }),
      default: () => res.status(406).send('neither'),
    }),
  );
  app.post('/echo', (req, res) => res.json(req.body));
  app.get('/throws', () => {
    throw new TypeError('thrown');
  });
  app.get('/rejects', (req, res, next) => Promise.reject(new RangeError('rejected')).catch(next));
  app.use((req, res) => res.status(404).json({ missing: req.path }));
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(error.status ?? 500).json({ name: error.name, type: error.type, message: error.message });
  });
  return app;
}

function makeItems(router) {
  const items = new Map([
    [1, 'lamp'],
    [2, 'chair'],
  ]);
  router.param('id', (req, res, next, id) => {
    req.item = items.get(Number(id));
    if (req.item) next();
    else next('route');
  });
  router
    .route('/:id')
    .get((req, res) => res.json({ id: req.params.id, item: req.item, url: req.baseUrl }))
    .delete((req, res) => res.status(items.delete(Number(req.params.id)) ? 204 : 404).end());
  router.post('/', (req, res) => {
    items.set(items.size + 1, req.body.name);
    res
      .status(201)
      .location(`/items/${items.size}`)
      .json([...items]);
  });
  return router;
}

async function* lines() {
  for (let i = 1; i <= 3; i++) {
    await new Promise(setImmediate);
    yield `line ${i}\n`;
  }
}

async function visit(base) {
  const json = { 'Content-Type': 'application/json' };
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const get = async (url, headers, ...names) => show(`GET ${url}`, await request(base + url, { headers }), names);
  const post = async (url, headers, body) =>
    show(`POST ${url}`, await request(base + url, { method: 'POST', headers, body }), ['location', 'x-trace']);

  await get('/', {}, 'content-type', 'content-length', 'x-powered-by', 'x-trace', 'etag');
  await get('/search?a=1&b[c]=2&d=x&d=y', {
    'X-Forwarded-For': '10.1.2.3',
    'X-Forwarded-Proto': 'https',
    Host: 'shop.test',
  });
  await get('/items/2', {}, 'content-type');
  await get('/items/77', {});
  await post('/items', json, '{"name":"table"}');
  await post('/items', json, '{"name":');
  await post('/echo', json, JSON.stringify({ long: 'x'.repeat(2000) }));
  await post('/echo', form, 'user[name]=Zo%C3%AB&tag=a&tag=b');
  await post('/echo', { 'Content-Type': 'text/plain' }, 'just text');
  show('DELETE /items/1', await request(`${base}/items/1`, { method: 'DELETE' }));
  show('HEAD /', await request(base, { method: 'HEAD' }), ['content-length']);
  show('OPTIONS /items/2', await request(`${base}/items/2`, { method: 'OPTIONS' }), ['allow']);
  await get('/moved', {}, 'location');
  await get('/assets/', {}, 'content-type', 'cache-control');
  await get('/assets/numbers.txt', { Range: 'bytes=2-5' }, 'content-range', 'content-length');
  await get('/assets/numbers.txt', { Range: 'bytes=900-' }, 'content-range');
  await get('/assets/../main.js', {});
  const {
    headers: { etag },
  } = await request(`${base}/file`);
  await get('/file', { 'If-None-Match': etag }, 'content-length');
  await get('/download', {}, 'content-disposition');
  await get('/stream', {}, 'transfer-encoding', 'content-type');
  await get('/login', {}, 'set-cookie');
  for (const Accept of ['text/*', 'application/json', 'image/png']) await get('/negotiate', { Accept }, 'vary');
  await get('/throws', {});
  await get('/rejects', {});
  await get('/nowhere', {});
}

async function main() {
  for (const name of ['express-4', 'express']) {
    console.log(`## ${name} ${require(`${name}/package.json`).version}`);
    const server = http.createServer(makeApp(require(name)));
    await visit(await listen(server));
    server.close();
  }
}
main();
