// A got client: instances with hooks, retries, pagination, redirects, compression, streams, time-outs for each
// phase, aborts, cookies and errors by class.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import got from 'got';
import { openOrigin } from './common/origin.js';

const origin = await openOrigin();
const hide = (value) =>
  String(value)
    .replaceAll(origin.url, 'ORIGIN')
    .replace(/:\d{4,5}\b/, ':PORT');
const retried = [];
const api = got.extend({
  prefixUrl: origin.url,
  responseType: 'json',
  retry: { limit: 0 },
  headers: { 'x-own': 'yes', 'user-agent': 'scenario' },
  hooks: {
    beforeRequest: [
      (options) => {
        options.headers['x-own'] += ', twice';
      },
    ],
    beforeRetry: [
      (error, count) => {
        retried.push(`${error.code} ${count}`);
      },
    ],
    beforeError: [(error) => Object.assign(error, { scenario: 'was here' })],
  },
});

async function attempt(title, promise) {
  try {
    const { statusCode, body, redirectUrls, retryCount } = await promise;
    console.log(title, '->', statusCode, body, redirectUrls.map(hide), retryCount);
  } catch (error) {
    console.log(title, '->', error.name, error.code, error.response?.statusCode, error.scenario, hide(error.message));
  }
}

await attempt('get', api('echo', { searchParams: { a: 1, b: 'ü' }, username: 'u', password: 'p' }));
await attempt('post json', api.post('echo', { json: { name: 'Zoë' } }));
await attempt('post form', api.post('echo', { form: { a: 'b c', d: '&' } }));
const form = new FormData();
form.set('field', 'value');
form.set('file', new Blob(['contents']), 'name.txt');
await attempt('multipart', api.post('echo', { body: form }));
for (const by of ['gzip', 'br', 'deflate'])
  console.log(by, (await api('packed', { searchParams: { by }, responseType: 'text' }).text()).length);
await attempt('redirects', api('redirect', { searchParams: { n: 3 } }));
await attempt('redirect of a post', api.post('redirect', { json: {}, searchParams: { code: 303 } }));
await attempt('no redirect', api('redirect', { followRedirect: false, responseType: 'text' }));
await attempt('loop', api('loop', { maxRedirects: 3 }));
await attempt('status 404', api('status', { searchParams: { code: 404 } }));
await attempt('not thrown', api('status', { searchParams: { code: 500 }, throwHttpErrors: false }));
await attempt('not json', api('big', { searchParams: { pieces: 0 } }));
await attempt(
  'bad json',
  api('packed', { searchParams: { by: 'gzip' } }).then(() => null),
);
await attempt(
  'retries',
  api('flaky', { retry: { limit: 3, calculateDelay: ({ computedValue }) => computedValue && 1 } }),
);
console.log('retried:', retried);
await attempt('time-out of the response', api('never', { timeout: { response: 50 } }));
await attempt('time-out of the request', api('stalls', { timeout: { request: 50 } }));
await attempt('abort', api('never', { signal: AbortSignal.timeout(50) }));
await attempt('broken', api('cut'));
await attempt('reset', api('reset'));
await attempt('refused', got('http://127.0.0.1:1/', { retry: { limit: 0 } }));

const pages = await api.paginate.all('echo', {
  searchParams: { page: 1 },
  pagination: {
    transform: ({ body }) => [body.url],
    paginate: ({ response }) => {
      const page = Number(new URL(response.url).searchParams.get('page'));
      return page < 3 ? { searchParams: { page: page + 1 } } : false;
    },
  },
});
console.log('pages:', pages);

const hash = createHash('sha256');
let progress;
const download = got.stream(`${origin.url}/big?pieces=32`).on('downloadProgress', (p) => {
  progress = p.transferred;
});
await pipeline(download, hash);
console.log('stream:', hash.digest('hex').slice(0, 16), progress);
const upload = got.stream.post(`${origin.url}/echo`, { headers: { 'content-type': 'text/plain' } });
let answer = '';
await pipeline(Readable.from(['from ', 'a ', 'stream']), upload, async (pieces) => {
  for await (const piece of pieces) answer += piece;
});
console.log('upload:', answer);
const failing = got.stream(`${origin.url}/status?code=404`, { retry: { limit: 0 } });
await pipeline(failing, createHash('sha256')).catch((error) => console.log('stream fails:', error.name, error.code));

const agent = { http: new http.Agent({ keepAlive: true, maxSockets: 1 }) };
const before = origin.connections;
for (let i = 0; i < 5; i++) await api('echo', { agent });
console.log('connections for five:', origin.connections - before);
const { timings } = await got(`${origin.url}/echo`);
const { phases } = timings;
console.log(
  'phases:',
  Object.keys(phases)
    .filter((name) => phases[name] >= 0)
    .join(' '),
);
agent.http.destroy();
origin.close();
