'use strict';
// undici from npm: request, stream, pipeline, fetch, pools and pipelining, interceptors, a mock, time-outs and
// aborts, WebSocket and EventSource left out (ws has its own scenario).

const { createHash } = require('node:crypto');
const { PassThrough, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const undici = require('undici');
const { openOrigin } = require('./common/origin.js');

async function attempt(title, work) {
  try {
    console.log(title, '->', await work());
  } catch (error) {
    const cause = error.cause ? ` (${error.cause.code ?? error.cause.name})` : '';
    console.log(title, '->', error.name, error.code, error.message.replace(/:\d{4,5}\b/, ':PORT') + cause);
  }
}

async function requests(url) {
  const { statusCode, headers, trailers, body } = await undici.request(`${url}/echo?a=1`, {
    headers: { 'x-own': 'yes' },
  });
  console.log(statusCode, headers['content-type'], headers['set-cookie'], trailers, await body.json());
  await attempt('post', async () =>
    (await undici.request(`${url}/echo`, { method: 'POST', body: 'text' })).body.text(),
  );
  await attempt('generator', async () =>
    (
      await undici.request(`${url}/echo`, {
        method: 'PUT',
        body: (async function* () {
          yield 'a';
          yield 'b';
        })(),
      })
    ).body.text(),
  );
  await attempt('stream', async () => {
    const hash = createHash('sha256');
    await undici.stream(
      `${url}/big?pieces=16`,
      { opaque: hash },
      ({ opaque }) =>
        new Writable({
          write(piece, encoding, done) {
            opaque.update(piece);
            done();
          },
        }),
    );
    return hash.digest('hex').slice(0, 16);
  });
  await attempt('pipeline', async () => {
    const sink = new PassThrough();
    const through = undici.pipeline(`${url}/echo`, { method: 'POST' }, ({ body }) => body);
    through.end('through the pipe');
    const [text] = await Promise.all([sink.setEncoding('utf8').toArray(), pipeline(through, sink)]);
    return text.join('');
  });
  await attempt('dump', async () => {
    const answer = await undici.request(`${url}/big?pieces=1`);
    await answer.body.dump();
    return answer.body.bodyUsed;
  });
}

async function failures(url) {
  await attempt('head time-out', () => undici.request(`${url}/never`, { headersTimeout: 50 }));
  await attempt('body time-out', async () => (await undici.request(`${url}/stalls`, { bodyTimeout: 50 })).body.text());
  await attempt('abort', () => undici.request(`${url}/never`, { signal: AbortSignal.timeout(50) }));
  await attempt('abort in the body', async () => {
    const control = new AbortController();
    const { body } = await undici.request(`${url}/stalls`, { signal: control.signal });
    setImmediate(() => control.abort());
    return body.text();
  });
  await attempt('cut', async () => (await undici.request(`${url}/cut`)).body.text());
  await attempt('reset', () => undici.request(`${url}/reset`));
  await attempt('refused', () => undici.request('http://127.0.0.1:1/'));
  await attempt('bad address', () => undici.request('nonsense'));
  const picky = new undici.Agent().compose(undici.interceptors.responseError());
  await attempt('status', () => undici.request(`${url}/status?code=500`, { dispatcher: picky }));
}

async function connections(origin) {
  const before = origin.connections;
  const pool = new undici.Pool(origin.url, { connections: 2, pipelining: 4 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      pool.request({ path: `/echo?n=${n}`, method: 'GET' }).then(({ body }) => body.json()),
    ),
  );
  console.log(answers.map(({ url }) => url).join(' '), 'over', origin.connections - before);
  await pool.close();
  await attempt('closed', () => pool.request({ path: '/echo', method: 'GET' }));
  const agent = new undici.Agent().compose(
    undici.interceptors.redirect({ maxRedirections: 4 }),
    undici.interceptors.retry({ minTimeout: 1, maxTimeout: 2, statusCodes: [503] }),
  );
  await attempt('redirects', async () =>
    (await agent.request({ origin: origin.url, path: '/redirect?n=3', method: 'GET' })).body.text(),
  );
  await attempt('retries', async () =>
    (await agent.request({ origin: origin.url, path: '/flaky', method: 'GET' })).body.text(),
  );
  await agent.close();
}

async function fetches(url) {
  const { fetch, FormData } = undici;
  await attempt('fetch', async () => (await fetch(`${url}/redirect?n=2`)).json());
  for (const by of ['gzip', 'br', 'deflate'])
    await attempt(by, async () => (await (await fetch(`${url}/packed?by=${by}`)).text()).length);
  const form = new FormData();
  form.append('field', 'value');
  form.append('file', new Blob(['contents']), 'name.txt');
  await attempt('form', async () => (await (await fetch(`${url}/echo`, { method: 'POST', body: form })).json()).body);
  await attempt('loop', () => fetch(`${url}/loop`));
  await attempt('no redirect', async () => (await fetch(`${url}/redirect`, { redirect: 'manual' })).status);
  await attempt('abort', () => fetch(`${url}/never`, { signal: AbortSignal.timeout(50) }));
  await attempt('cut', async () => (await fetch(`${url}/cut`)).text());
  await attempt('refused', () => fetch('http://127.0.0.1:1/'));
}

async function mocks() {
  const mock = new undici.MockAgent();
  mock.disableNetConnect();
  mock
    .get('http://shop.test')
    .intercept({ path: '/price', method: 'POST' })
    .reply(200, ({ body }) => ({ got: body }));
  await attempt('mock', async () =>
    (await undici.request('http://shop.test/price', { method: 'POST', body: 'lamp', dispatcher: mock })).body.json(),
  );
  await attempt('not mocked', () => undici.request('http://shop.test/other', { dispatcher: mock }));
  await mock.close();
}

async function main() {
  const origin = await openOrigin();
  await requests(origin.url);
  await failures(origin.url);
  await connections(origin);
  await fetches(origin.url);
  await mocks();
  origin.close();
  await undici.getGlobalDispatcher().close();
}
main();
