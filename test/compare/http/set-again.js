'use strict';
// Headers in the order in which they are sent: some set again, removed, appended to, or named like indices.
const http = require('http');

const changes = {
  plain: (res) => res.setHeader('X-A', '1').setHeader('x-b', '2').setHeader('X-C', '3'),
  again: (res) => res.setHeader('X-A', '1').setHeader('x-b', '2').setHeader('x-a', '3'),
  removed: (res) => {
    res.setHeader('X-A', '1').setHeader('x-b', '2').setHeader('X-C', '3');
    res.removeHeader('X-B');
  },
  readded: (res) => {
    res.setHeader('X-A', '1').setHeader('x-b', '2');
    res.removeHeader('x-a');
    res.setHeader('X-A', '3');
  },
  appended: (res) => res.setHeader('X-A', '1').setHeader('x-b', '2').appendHeader('X-A', '3').appendHeader('X-C', '4'),
  list: (res) => res.setHeader('X-A', '1').setHeader('x-b', ['2', '3']).setHeader('X-C', '4'),
  number: (res) => res.setHeader('x-b', 2).setHeader('X-A', '1'),
  indices: (res) => res.setHeader('X-A', '1').setHeader('20', '2').setHeader('3', '3'),
  many: (res) => res.setHeaders(new Map([['X-A', '1'], ['x-b', '2']])).setHeader('X-A', '3'),
  none: () => {},
};

const server = http.createServer((req, res) => {
  res.sendDate = false;
  changes[req.url.slice(1)](res);
  if (req.headers.how === 'head') res.writeHead(200, { 'x-b': 'head', 'X-D': 'head' });
  res.end(JSON.stringify(res.getHeaders()));
});

function ask(name, how) {
  return new Promise((resolve) => {
    http.get({ port: server.address().port, path: `/${name}`, headers: { how } }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => { text += chunk; });
      res.on('end', () => resolve(`${name} ${how}: ${res.rawHeaders.join(' ')} | ${text}`));
    });
  });
}

server.listen(0, async () => {
  for (let round = 0; round < 2; round++) {
    for (const name in changes) {
      for (const how of ['end', 'head']) console.log(await ask(name, how));
    }
  }
  server.close();
});
