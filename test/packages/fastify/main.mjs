// A service on fastify: schemas in and out, hooks, plugins with encapsulation, decorators, errors, streams,
// injected requests and real ones, closing while a request runs.

import { once } from 'node:events';
import { Readable } from 'node:stream';
import Fastify from 'fastify';
import client from './common/client.js';

const { request, show } = client;
const order = [];

const app = Fastify({ logger: false, trustProxy: true, bodyLimit: 1024, requestIdHeader: 'x-id' });

app.addHook('onRequest', async (req) => {
  order.push(`onRequest ${req.id}`);
});
app.addHook('preSerialization', async (req, reply, payload) => ({ ...payload, served: true }));
app.addHook('onResponse', async (req, reply) => {
  order.push(`onResponse ${req.id} ${reply.statusCode}`);
});
app.decorate('prices', new Map([['lamp', 20]]));
app.decorateRequest('user', null);

app.get(
  '/price/:name',
  {
    schema: {
      params: { type: 'object', properties: { name: { type: 'string', minLength: 3 } } },
      querystring: { type: 'object', properties: { count: { type: 'integer', default: 1, maximum: 9 } } },
      response: { 200: { type: 'object', properties: { name: { type: 'string' }, total: { type: 'number' } } } },
    },
  },
  async (req) => {
    const price = app.prices.get(req.params.name);
    if (price === undefined)
      throw Object.assign(new Error(`no ${req.params.name}`), { statusCode: 404, code: 'NO_ITEM' });
    return { name: req.params.name, total: price * req.query.count, secret: 'not in the schema' };
  },
);

app.post(
  '/order',
  {
    schema: {
      body: { type: 'object', required: ['item'], properties: { item: { type: 'string' }, n: { type: 'number' } } },
    },
  },
  async (req, reply) => reply.code(201).header('location', '/order/1').send({ got: req.body }),
);

app.get('/stream', (req, reply) => reply.type('text/plain').send(Readable.from(['a', 'b', 'c'])));
app.get('/slow', async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { slow: true };
});

await app.register(
  async (child) => {
    child.addHook('preHandler', async (req, reply) => {
      if (!req.headers.authorization) return reply.code(401).send({ error: 'who?' });
      req.user = req.headers.authorization;
    });
    child.setErrorHandler((error, req, reply) => reply.code(418).send({ teapot: error.message }));
    child.get('/me', async (req) => ({ user: req.user }));
    child.get('/fails', async () => {
      throw new Error('inside');
    });
  },
  { prefix: '/private' },
);

app.setNotFoundHandler((req, reply) => reply.code(404).send({ missing: req.url }));

await app.ready();
console.log(app.printRoutes());
const injected = await app.inject({ method: 'POST', url: '/order', payload: { item: 'lamp', n: '3' } });
console.log('injected', injected.statusCode, injected.headers.location, injected.json());

const base = await app.listen({ port: 0, host: '127.0.0.1' });
const get = async (url, headers) => show(`GET ${url}`, await request(base + url, { headers }));
const post = async (body, type = 'application/json') =>
  show('POST /order', await request(`${base}/order`, { method: 'POST', body, headers: { 'content-type': type } }));

await get('/price/lamp?count=3', { 'x-id': 'first' });
await get('/price/lamp?count=30');
await get('/price/x');
await get('/price/chair');
await post('{"item":"lamp"}');
await post('{"n":1}');
await post('{"item"');
await post(JSON.stringify({ item: 'x'.repeat(2000) }));
await post('text', 'text/csv');
await get('/stream');
await get('/private/me');
await get('/private/me', { authorization: 'zoë' });
await get('/private/fails', { authorization: 'me' });
await get('/nothing');
show('HEAD', await request(`${base}/price/lamp`, { method: 'HEAD' }), ['content-length']);

const slow = request(`${base}/slow`, { agent: false });
await once(app.server, 'request');
const closed = app.close();
show('while closing', await slow, ['connection']);
await closed;
console.log(
  order
    .map((entry) => entry.replace(/req-\w+/, 'req'))
    .sort()
    .join('\n'),
);
