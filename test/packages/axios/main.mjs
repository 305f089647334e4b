// An axios client: methods and bodies, interceptors, redirects, keep-alive, compression, progress, streams,
// time-outs and aborts, failing statuses, connections that break. Both of its adapters that Node has.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import axios, { AxiosError, AxiosHeaders } from 'axios';
import { openOrigin } from './common/origin.js';

const origin = await openOrigin();
const hide = (value) =>
  String(value)
    .replaceAll(origin.url, 'ORIGIN')
    .replace(/:\d{4,5}\b/, ':PORT');

async function attempt(title, promise) {
  try {
    const { status, data } = await promise;
    console.log(title, '->', status, data);
  } catch (error) {
    console.log(
      title,
      '->',
      error instanceof AxiosError,
      error.name,
      error.code,
      error.response?.status,
      hide(error.message),
    );
  }
}

async function exercise(adapter) {
  console.log(`## ${adapter}`);
  const api = axios.create({ baseURL: origin.url, adapter, headers: { 'X-Own': 'yes' }, timeout: 5000 });
  api.interceptors.request.use((config) => {
    config.headers = new AxiosHeaders(config.headers).set('X-Own', `${config.headers['X-Own']}, twice`);
    return config;
  });
  api.interceptors.response.use((response) => ({
    ...response,
    data: response.data.url
      ? { ...response.data, body: response.data.body.replaceAll(/--formdata.*?\d+/g, '--boundary'), seen: true }
      : response.data,
  }));

  await attempt(
    'get',
    api.get('/echo', { params: { a: 1, list: ['x', 'y'], date: new Date(0) }, auth: { username: 'u', password: 'ü' } }),
  );
  await attempt('post json', api.post('/echo', { name: 'Zoë', nested: { list: [1, 2] } }));
  await attempt('post form', api.post('/echo', new URLSearchParams({ a: 'b c', d: '&' })));
  const form = new FormData();
  form.set('field', 'value');
  form.set('file', new Blob(['contents'], { type: 'text/plain' }), 'name.txt');
  await attempt('multipart', api.post('/echo', form));
  await attempt('put', api.put('/echo', 'text', { headers: { 'content-type': 'text/plain' } }));
  await attempt('delete', api.delete('/echo'));
  for (const by of ['gzip', 'br', 'deflate'])
    await attempt(by, api.get('/packed', { params: { by }, transformResponse: (data) => data.length }));
  await attempt('redirects', api.get('/redirect', { params: { n: 3 } }));
  for (const code of [301, 303, 307])
    await attempt(`post ${code}`, api.post('/redirect', { moved: true }, { params: { code } }));
  for (const code of [404, 500]) await attempt(`status ${code}`, api.get('/status', { params: { code } }));
  await attempt(
    'own idea of failure',
    api.get('/status', { params: { code: 404 }, validateStatus: (code) => code < 500 }),
  );
  await attempt('time-out', api.get('/never', { timeout: 40 }));
  await attempt('stalled', api.get('/stalls', { timeout: 40 }));
  await attempt('abort', api.get('/never', { signal: AbortSignal.timeout(40) }));
  await attempt('cancelled before', api.get('/echo', { signal: AbortSignal.abort() }));
  await attempt('loop', api.get('/loop', { maxRedirects: 4 }));
  await attempt('too much', api.get('/big', { params: { pieces: 4 }, maxContentLength: 1000 }));
}

async function streams() {
  console.log('## streams');
  let progress = 0;
  const { data } = await axios.get(`${origin.url}/big?pieces=64`, { responseType: 'stream', adapter: 'http' });
  const hash = createHash('sha256');
  for await (const piece of data) hash.update(piece);
  console.log('big:', hash.digest('hex').slice(0, 16));
  const { data: bytes } = await axios.get(`${origin.url}/big?pieces=8`, {
    responseType: 'arraybuffer',
    onDownloadProgress: ({ loaded }) => {
      progress = loaded;
    },
  });
  console.log('bytes:', bytes.length, 'progress:', progress);
  await attempt(
    'upload',
    axios.post(`${origin.url}/echo`, Readable.from(['from ', 'a ', 'stream']), {
      headers: { 'content-type': 'text/plain' },
    }),
  );
}

async function connections() {
  console.log('## connections');
  const httpAgent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  const before = origin.connections;
  const sum = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      axios.get(`${origin.url}/echo?n=${n}`, { httpAgent }).then(({ data }) => data.url.length),
    ),
  );
  console.log(
    sum.reduce((a, b) => a + b),
    'over',
    origin.connections - before,
    'connections',
  );
  httpAgent.destroy();
  await attempt('broken', axios.get(`${origin.url}/cut`));
  await attempt('reset', axios.get(`${origin.url}/reset`));
  await attempt('refused', axios.get('http://127.0.0.1:1/'));
}

await exercise('http');
await exercise('fetch');
await streams();
await connections();
origin.close();
