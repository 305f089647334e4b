'use strict';
// A Redis client: commands of each type, pipelines, transactions, scripts, publish and subscribe, streams that
// block, scans, binary and large values, errors, reconnecting with commands in the queue, Unix sockets.

const { once } = require('node:events');
const net = require('node:net');
const { Redis } = require('ioredis');

const port = Number(process.env.REDIS_PORT);
const clients = [];
function connect(options) {
  const client = new Redis({ port, host: '127.0.0.1', ...options });
  clients.push(client);
  return client;
}
const failing = (promise) =>
  promise.then(
    (value) => ['resolved', value],
    (error) => [error.name, error.message],
  );

async function commands(redis) {
  console.log(await redis.set('greeting', 'hällo'), await redis.get('greeting'), await redis.get('nothing'));
  console.log(await redis.hset('hash', { a: 1, b: 'two' }), await redis.hgetall('hash'));
  console.log(await redis.rpush('list', 1, 2, 3), await redis.lrange('list', 0, -1), await redis.lpop('list', 2));
  console.log(await redis.zadd('sorted', 2, 'two', 1, 'one'), await redis.zrange('sorted', 0, -1, 'WITHSCORES'));
  console.log(await redis.sadd('set', 'x', 'y', 'x'), (await redis.smembers('set')).sort());
  console.log(await redis.incrbyfloat('float', '0.1'), await redis.incr('counter'), await redis.expire('counter', 100));
  console.log(
    await redis.mset(
      new Map([
        ['m1', '1'],
        ['m2', '2'],
      ]),
    ),
    await redis.mget('m1', 'm2', 'm3'),
  );
  console.log(await redis.set('lock', 'me', 'EX', 10, 'NX'), await redis.set('lock', 'you', 'EX', 10, 'NX'));
  console.log(await failing(redis.lpush('greeting', 1)), await failing(redis.call('NO_SUCH')));
  const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => i * 7));
  await redis.set('bytes', bytes);
  console.log(bytes.equals(await redis.getBuffer('bytes')), await redis.strlen('bytes'));
}

async function batches(redis) {
  const results = await redis.pipeline().set('p', 1).incr('p').lpush('p', 'wrong type').get('p').exec();
  console.log(results.map(([error, value]) => error?.message ?? value));
  console.log(await redis.multi().set('t', 1).incrby('t', 41).exec());
  console.log(await failing(redis.multi().set('t').exec()));
  await redis.watch('t');
  await clients.at(-1).set('t', 'changed elsewhere');
  console.log('watched:', await redis.multi().set('t', 'mine').exec(), await redis.get('t'));
  const many = redis.pipeline();
  for (let i = 0; i < 10_000; i++) many.set(`many:${i}`, i);
  console.log('many:', (await many.exec()).length);
  const sum = await Promise.all(Array.from({ length: 2000 }, (_, i) => redis.get(`many:${i}`)));
  console.log(
    'sum:',
    sum.reduce((a, b) => a + Number(b), 0),
  );
  let scanned = 0;
  for await (const keys of redis.scanStream({ match: 'many:*', count: 500 })) scanned += keys.length;
  console.log('scanned:', scanned >= 10_000);
  const automatic = connect({ enableAutoPipelining: true });
  console.log('automatic:', await Promise.all([1, 2, 3].map((i) => automatic.get(`many:${i}`))));
}

async function scripts(redis) {
  redis.defineCommand('double', { numberOfKeys: 1, lua: "return redis.call('incrby', KEYS[1], ARGV[1]) * 2" });
  console.log(await redis.double('script', 4), await redis.double('script', 1));
  console.log(
    await redis.eval('return {1, "two", {3}, false}', 0),
    (await failing(redis.eval('return nothing()', 0)))[0],
  );
}

async function messages(redis) {
  const subscriber = connect();
  console.log(await subscriber.subscribe('news', 'other'), await subscriber.psubscribe('pattern.*'));
  const heard = [];
  const all = new Promise((resolve) => {
    subscriber.on('message', (channel, text) => heard.push([channel, text]));
    subscriber.on('pmessage', (pattern, channel, text) => {
      heard.push([pattern, channel, text]);
      if (text === 'last') resolve();
    });
  });
  console.log(
    await redis.publish('news', 'one'),
    await redis.publish('nobody', 'x'),
    await redis.publish('other', 'ü'),
  );
  await redis.publish('pattern.a', 'last');
  await all;
  console.log(heard, await failing(subscriber.get('greeting')), await subscriber.unsubscribe('other'));

  const reader = connect();
  const waiting = reader.xread('BLOCK', 5000, 'STREAMS', 'events', '$');
  const popping = clients.at(-3).blpop('queue', 5);
  while (!(await redis.info('clients')).includes('blocked_clients:2')) await new Promise(setImmediate);
  await redis.xadd('events', '1-1', 'kind', 'sale', 'price', 20);
  await redis.rpush('queue', 'job');
  console.log(JSON.stringify(await waiting), await popping, await reader.blpop('empty', 0.01));
}

// A connection that breaks: between the client and the server sits a proxy that can hang up.
async function reconnecting(redis) {
  const sockets = new Set();
  const proxy = net.createServer((socket) => {
    const server = net.connect(port, '127.0.0.1');
    socket.pipe(server).pipe(socket);
    for (const one of [socket, server]) {
      sockets.add(one);
      one.on('close', () => sockets.delete(one)).on('error', () => {});
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const events = [];
  const client = connect({ port: proxy.address().port, retryStrategy: () => 5, maxRetriesPerRequest: 50 });
  for (const name of ['connect', 'ready', 'close', 'reconnecting', 'end']) client.on(name, () => events.push(name));
  client.on('error', () => {});
  await client.set('before', 1);
  const subscriber = client.duplicate();
  clients.push(subscriber.on('error', () => {}));
  await subscriber.subscribe('again');
  const subscribed = once(subscriber, 'ready');
  for (const socket of sockets) socket.destroy();
  console.log('after the cut:', await client.incr('before'), await subscribed);
  const message = once(subscriber, 'message');
  while ((await redis.publish('again', 'resubscribed')) === 0) await new Promise(setImmediate);
  console.log(await message);
  subscriber.disconnect();
  await new Promise((resolve) => subscriber.once('end', resolve));
  const { port: same } = proxy.address();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  const queued = client.incr('before');
  await new Promise((resolve) => client.once('reconnecting', resolve));
  proxy.listen(same, '127.0.0.1');
  console.log('after a while away:', await queued);
  client.disconnect();
  await new Promise((resolve) => (client.status === 'end' ? resolve() : client.once('end', resolve)));
  console.log(events.slice(0, 4), events.at(-1));
  proxy.close();
}

async function refusals() {
  const lost = connect({ port: 1, retryStrategy: null, lazyConnect: true });
  lost.on('error', (error) => console.log('error event:', error.code));
  console.log(await failing(lost.connect()));
  const impatient = connect({ port: 1, retryStrategy: () => 1, maxRetriesPerRequest: 2 }).on('error', () => {});
  console.log(await failing(impatient.get('x')));
  const offline = connect({ enableOfflineQueue: false, lazyConnect: true });
  console.log(await failing(offline.get('x')));
  const slow = connect({ commandTimeout: 30 });
  console.log(await failing(slow.blpop('never', 5)));
  const locked = connect({ password: 'wrong', retryStrategy: null }).on('error', (error) => console.log(error.message));
  console.log(await failing(locked.get('x')));
}

async function main() {
  const redis = connect();
  connect();
  console.log(await redis.flushall(), redis.status);
  await commands(redis);
  await batches(redis);
  await scripts(redis);
  await messages(redis);
  const local = connect({ path: process.env.REDIS_SOCKET, db: 3, keyPrefix: 'own:' });
  console.log(await local.set('key', 'by the Unix socket'), await local.get('key'), await local.dbsize());
  await reconnecting(redis);
  await refusals();
  console.log(await redis.quit());
  for (const client of clients) client.disconnect();
}
main();
