'use strict';
// A koa application: the onion of middleware, errors thrown and handled, cookies signed, streams, content
// negotiation, conditional requests, responses of every type.

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const { request, show, listen } = require('./common/client.js');
const Koa = require('koa');

const app = new Koa({ keys: ['first key', 'second key'], proxy: true, asyncLocalStorage: true });
const log = [];

app.on('error', (error, ctx) => log.push(`error event: ${error.message} at ${ctx.path}`));
app.use(async (ctx, next) => {
  log.push(`> ${ctx.method} ${ctx.url}`);
  await next();
  ctx.set('X-Length', String(ctx.length));
  log.push(`< ${ctx.status} ${ctx.type}`);
});
app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (!error.expose) throw error;
    ctx.status = error.status;
    ctx.body = { refused: error.message };
  }
});

const routes = {
  '/': (ctx) => {
    ctx.body = 'text';
  },
  '/html': (ctx) => {
    ctx.body = '<p>html</p>';
  },
  '/json': (ctx) => {
    ctx.body = { query: ctx.query, ip: ctx.ip, host: ctx.host, protocol: ctx.protocol };
  },
  '/buffer': (ctx) => {
    ctx.body = Buffer.from([104, 105]);
  },
  '/file': (ctx) => {
    ctx.type = '.js';
    ctx.body = fs.createReadStream(__filename);
  },
  '/gone': (ctx) => {
    ctx.body = fs.createReadStream('/no/such/file');
  },
  '/none': (ctx) => {
    ctx.body = null;
  },
  '/blob': (ctx) => {
    ctx.body = new Blob(['from a blob'], { type: 'text/css' });
  },
  '/web': (ctx) => {
    ctx.body = new Response('from a response', { status: 203, headers: { 'x-web': 'yes' } });
  },
  '/cookie': (ctx) => {
    ctx.cookies.set('id', '42', { signed: true, sameSite: 'lax' });
    ctx.body = ctx.cookies.get('id', { signed: true }) ?? 'no cookie';
  },
  '/refuse': (ctx) => ctx.throw(403, 'not you', { user: 'me' }),
  '/assert': (ctx) => ctx.assert(ctx.query.name, 400, 'a name, please'),
  '/crash': () => {
    throw new Error('bug');
  },
  '/redirect': (ctx) => ctx.redirect('/json?x=1'),
  '/etag': (ctx) => {
    ctx.status = 200;
    ctx.etag = 'v1';
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = 'fresh copy';
  },
  '/accepts': (ctx) => {
    ctx.body = `${ctx.accepts('html', 'json')} ${ctx.acceptsEncodings('gzip', 'br')}`;
  },
  '/context': async (ctx) => {
    await new Promise(setImmediate);
    ctx.body = String(app.currentContext === ctx);
  },
};
app.use(async (ctx) => {
  await routes[ctx.path]?.(ctx);
});

async function main() {
  const server = http.createServer(app.callback());
  const base = await listen(server);
  const get = async (url, headers, names) => {
    const answer = await request(base + url, { headers });
    if (answer.body.length > 500) answer.body = crypto.hash('sha256', answer.body);
    show(`GET ${url}`, answer, names ?? ['content-type', 'x-length']);
    return answer;
  };

  for (const path of [
    '/',
    '/html',
    '/buffer',
    '/file',
    '/none',
    '/blob',
    '/refuse',
    '/assert',
    '/assert?name=x',
    '/crash',
    '/context',
    '/nowhere',
  ])
    await get(path);
  await get('/json?a=1&a=2', {
    Host: 'shop.test',
    'X-Forwarded-For': '10.0.0.1, 10.0.0.2',
    'X-Forwarded-Proto': 'https',
  });
  await get('/web', {}, ['x-web']);
  await get('/redirect', {}, ['location']);
  await get('/etag', {}, ['etag']);
  await get('/etag', { 'If-None-Match': '"v1"' }, ['etag']);
  await get('/accepts', { Accept: 'application/json', 'Accept-Encoding': 'br;q=1, gzip;q=0.5' });
  const { headers } = await get('/cookie', {}, ['set-cookie']);
  const cookies = headers['set-cookie'].map((cookie) => cookie.split(';')[0]);
  await get('/cookie', { Cookie: cookies.join('; ') });
  await get('/cookie', { Cookie: cookies.join('; ').replace('42', '43') });
  await get('/gone').catch((error) => console.log('GET /gone fails:', error.code));
  server.close();
  console.log(log.join('\n'));
}
main();
