'use strict';
// What bodies in pieces are for the engine: connections that it keeps from the first request to the last.
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const { once } = require('events');
const { Readable, pipeline } = require('stream');
const main = require('../common/main');

const turn = () => new Promise((resolve) => setImmediate(resolve));

const handlers = {
  '/writes': async (req, res) => {
    res.write('one ');
    res.write(Buffer.from('two '));
    await turn();
    res.end('three');
  },
  '/length': (req, res) => {
    res.writeHead(200, { 'Content-Length': 6 });
    res.write('one');
    res.end('two');
  },
  '/large': (req, res) => {
    res.write(Buffer.alloc(300_000, 'l'));
    res.write(Buffer.alloc(20_000, 'm'));
    res.end(Buffer.alloc(20_000, 'n'));
  },
  '/events': async (req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Connection': 'keep-alive' }).flushHeaders();
    await turn();
    res.end('data: 1\n\n');
  },
  '/coding': (req, res) => {
    res.setHeader('Transfer-Encoding', 'chunked');
    res.write('coded');
    res.end();
  },
  '/trailers': (req, res) => {
    res.setHeader('Trailer', 'X-T');
    res.write('body');
    res.addTrailers({ 'X-T': 'u' });
    res.end();
  },
  '/pipe': (req, res) => { Readable.from(['one ', 'two']).pipe(res); },
  '/upload': (req, res) => { req.pipe(res); },
  '/file': (req, res) => { pipeline(fs.createReadStream(__filename), res, assert.ifError); },
};
const expected = {
  '/writes': 'one two three',
  '/length': 'onetwo',
  '/large': 'l'.repeat(300_000) + 'm'.repeat(20_000) + 'n'.repeat(20_000),
  '/events': 'data: 1\n\n',
  '/coding': 'coded',
  '/trailers': 'body',
  '/pipe': 'one two',
  '/upload': 'up in chunks',
  '/file': fs.readFileSync(__filename, 'latin1'),
};

// Set while a connection is the engine's.
const symbols = (object) => Object.getOwnPropertySymbols(object);
const connectionOf = (res) => res[symbols(res).find((key) => key.description === 'torc.connection')];

main(async () => {
  const engines = new Set();
  const server = http.createServer((req, res) => {
    engines.add(connectionOf(res));
    const { end } = res;
    res.end = function(...args) {
      if (process.env.TORC_HTTP !== 'classic') assert(connectionOf(res), `${req.url} has left the engine`);
      return end.apply(this, args);
    };
    handlers[req.url](req, res);
  });
  server.listen(0);
  await once(server, 'listening');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let round = 0; round < 3; round++) {
    for (const path of Object.keys(handlers)) {
      const client = http.request({ port: server.address().port, path, agent, method: 'POST' });
      if (path === '/upload') client.write('up in ');
      client.end(path === '/upload' ? 'chunks' : '');
      const [res] = await once(client, 'response');
      let text = '';
      for await (const chunk of res.setEncoding('latin1')) text += chunk;
      assert.strictEqual(text, expected[path], path);
      if (path === '/trailers') assert.strictEqual(res.trailers['x-t'], 'u');
    }
  }
  assert.strictEqual(engines.size, 1);
  agent.destroy();
  server.close();
});
