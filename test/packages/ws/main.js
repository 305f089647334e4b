'use strict';
// WebSockets with ws: text and binary echo both ways, compression, fragments, ping, a broadcast, refused
// upgrades, close codes, broken frames, two paths on one HTTP server, a duplex stream, Node's own client.

const { createHash } = require('node:crypto');
const { once } = require('node:events');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const WebSocket = require('ws');
const { listen } = require('./common/client.js');

const { WebSocketServer, createWebSocketStream } = WebSocket;
const closes = []; // on the server's side, which may come before or after the client's
const digest = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);

function makeServer() {
  const server = http.createServer((req, res) => res.end('plain http'));
  const paths = {
    '/echo': new WebSocketServer({
      noServer: true,
      maxPayload: 1 << 20,
      perMessageDeflate: { threshold: 100, serverNoContextTakeover: true },
    }),
    '/chat': new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered].at(-1) }),
  };
  paths['/echo'].on('connection', (ws) => {
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    ws.on('error', (error) => closes.push(`server error: ${error.code} ${error.message}`));
    ws.on('close', (code, reason) => closes.push(`server saw close: ${code} ${reason}`));
  });
  paths['/chat'].on('connection', (ws, req) => {
    ws.name = new URL(req.url, 'http://x').searchParams.get('name');
    ws.on('message', (text) => {
      for (const other of paths['/chat'].clients) other.send(`${ws.name}: ${text}`);
    });
  });
  server.on('upgrade', (req, socket, head) => {
    const wss = paths[req.url.split('?')[0]];
    if (!wss) return socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    if (req.headers.authorization === 'no') return socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
    wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req));
  });
  return server;
}

async function open(url, ...rest) {
  const ws = new WebSocket(url, ...rest);
  await once(ws, 'open');
  return ws;
}

async function next(ws) {
  const [data, isBinary] = await once(ws, 'message');
  return isBinary ? `binary ${data.length} ${digest(data)}` : `text ${data}`;
}

async function echoes(base) {
  const ws = await open(`${base}/echo`, { perMessageDeflate: true });
  console.log('extensions:', ws.extensions);
  ws.send('hello, wörld');
  console.log(await next(ws));
  ws.send('a'.repeat(10_000));
  console.log((await next(ws)).length);
  ws.send(Buffer.alloc(300_000, 'abcdefg'));
  console.log(await next(ws));
  ws.send(new Uint8Array([0, 255, 7]).buffer, { compress: false });
  console.log(await next(ws));
  ws.send('part 1, ', { fin: false });
  ws.send('part 2', { fin: true });
  console.log(await next(ws));
  ws.ping('are you there');
  console.log('pong:', String((await once(ws, 'pong'))[0]));
  for (let i = 0; i < 100; i++) ws.send(`message ${i}`);
  let seen = 0;
  await new Promise((resolve) =>
    ws.on('message', () => {
      if (++seen === 100) resolve();
    }),
  );
  console.log('messages:', seen);
  ws.close(4001, 'enough');
  console.log('client saw close:', ...(await once(ws, 'close')).map(String));
}

async function streams(base) {
  const ws = await open(`${base}/echo`);
  const duplex = createWebSocketStream(ws, { encoding: 'utf8' });
  const sent = pipeline(Readable.from(['one ', 'two ', 'three']), duplex, { end: false });
  let all = '';
  for await (const piece of duplex) {
    all += piece;
    if (all.endsWith('three')) break;
  }
  await sent;
  console.log('stream:', all, ws.readyState >= WebSocket.CLOSING);
}

async function chat(base) {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => open(`${base}/chat?name=${name}`, ['v1', 'v2'])));
  console.log('protocol:', ann.protocol, bob.protocol);
  const heard = Promise.all([next(ann), next(bob)]);
  ann.send('hi all');
  console.log(await heard);
  const native = new globalThis.WebSocket(`${base}/chat?name=native`);
  await new Promise((resolve) => {
    native.onopen = resolve;
  });
  native.send('from the built-in client');
  console.log(
    await Promise.all([
      next(ann),
      new Promise((resolve) => {
        native.onmessage = (e) => resolve(e.data);
      }),
    ]),
  );
  native.close(1000, 'bye');
  const closed = await new Promise((resolve) => {
    native.onclose = resolve;
  });
  console.log('native close:', closed.code, closed.reason, closed.wasClean);
  ann.terminate();
  bob.close();
  console.log(
    'codes:',
    (await Promise.all([once(ann, 'close'), once(bob, 'close')])).map(([code]) => code),
  );
}

async function refusals(base) {
  for (const [path, options] of [['/none'], ['/echo', { headers: { authorization: 'no' } }]]) {
    const [error] = await once(new WebSocket(base + path, options), 'error');
    console.log('refused:', error.message);
  }
  const tooLong = await open(`${base}/echo`);
  tooLong.send(Buffer.alloc((1 << 20) + 1));
  console.log('too long:', ...(await once(tooLong, 'close')).map(String));
  const broken = await open(`${base}/echo`);
  broken._socket.write(Buffer.from([0xff, 0x00]));
  console.log('broken frame:', ...(await once(broken, 'close')).map(String));
}

async function main() {
  const server = makeServer();
  const base = (await listen(server)).replace('http', 'ws');
  await echoes(base);
  await streams(base);
  await chat(base);
  await refusals(base);
  server.close();
  await once(server, 'close');
  console.log(closes.join('\n'));
}
main();
