'use strict';
// One HTTP request with node:http, answered by { status, headers, body }. Scenarios print what they choose of
// it: dates, ports and other values that differ from run to run stay out.

const http = require('node:http');
const { once } = require('node:events');

async function request(url, { body, ...options } = {}) {
  const req = http.request(url, options);
  req.end(body);
  const [res] = await once(req, 'response');
  return { status: res.statusCode, headers: res.headers, body: await text(res) };
}

async function text(stream) {
  stream.setEncoding('utf8');
  let all = '';
  for await (const piece of stream) all += piece;
  return all;
}

// Prints one answer: status, the named headers, the body.
function show(title, { status, headers, body }, names = ['content-type']) {
  const chosen = names.map((name) => `${name}: ${headers[name]}`);
  console.log(`${title} -> ${[status, ...chosen].join(', ')}`);
  if (body !== '') console.log(body.replace(/^/gm, '    '));
}

// Start listening on a port that the kernel chooses, and give the address.
async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

module.exports = { request, text, show, listen };
