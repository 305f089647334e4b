'use strict';
// The server that HTTP clients talk to: echo, redirects, compression, slow and broken answers. It counts the
// connections it got, so that a client's keep-alive shows.

const http = require('node:http');
const zlib = require('node:zlib');
const { text, listen } = require('./client.js');

const PACKERS = { gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync };
const TEXT = 'compressed '.repeat(50);

const routes = {
  async '/echo'(req, res) {
    const body = await text(req);
    const { 'content-type': type, 'transfer-encoding': coding, authorization, 'x-own': own } = req.headers;
    const plainType = type?.replace(/boundary=.*/, 'boundary');
    json(res, {
      method: req.method,
      url: req.url,
      type: plainType,
      coding,
      authorization,
      own,
      body: plainType === type ? body : body.split('\r\n').filter((line) => !line.startsWith('--')),
    });
  },
  '/redirect'(req, res, query) {
    const left = Number(query.get('n') ?? 1);
    const location = left > 1 ? `/redirect?n=${left - 1}` : '/echo';
    res.writeHead(Number(query.get('code') ?? 302), { location }).end();
  },
  '/loop'(req, res) {
    res.writeHead(302, { location: '/loop' }).end();
  },
  '/packed'(req, res, query) {
    const packed = PACKERS[query.get('by')](TEXT);
    res.writeHead(200, { 'content-encoding': query.get('by'), 'content-type': 'text/plain' }).end(packed);
  },
  '/status'(req, res, query) {
    res.writeHead(Number(query.get('code'))).end('{"failed":true}');
  },
  '/never'() {},
  '/stalls'(req, res) {
    res.writeHead(200, { 'content-length': 100 }).write('the first piece');
  },
  '/cut'(req, res) {
    res.writeHead(200, { 'content-length': 100 });
    res.write('the first piece', () => res.socket.destroy());
  },
  '/reset'(req) {
    req.socket.resetAndDestroy();
  },
  '/flaky'(req, res, query, origin) {
    origin.tries++;
    if (origin.tries % 3 !== 0) res.writeHead(503, { 'retry-after': 0 }).end();
    else json(res, { tries: origin.tries });
  },
  '/big'(req, res, query) {
    const piece = Buffer.alloc(64 * 1024, 'x');
    let left = Number(query.get('pieces'));
    const more = () => {
      while (left > 0) {
        left--;
        if (!res.write(piece)) return void res.once('drain', more);
      }
      res.end();
    };
    more();
  },
};

function json(res, value) {
  res.writeHead(200, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] }).end(JSON.stringify(value));
}

// Gives { url, connections, tries, close() }.
async function openOrigin() {
  const server = http.createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url, 'http://origin');
    if (routes[pathname]) routes[pathname](req, res, searchParams, origin);
    else res.writeHead(404).end('nothing here');
  });
  const origin = {
    connections: 0,
    tries: 0,
    url: await listen(server),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  server.on('connection', () => {
    origin.connections++;
  });
  return origin;
}

module.exports = { openOrigin };
