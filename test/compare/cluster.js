'use strict';
// cluster: the primary hands connections to its workers; they end, disconnect, and share a port.
const cluster = require('cluster');
const http = require('http');

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  let listening = 0;
  const answers = new Map();
  cluster.on('online', (w) => w.send({ hello: w.id }));
  cluster.on('listening', (w, address) => {
    if (++listening < 2) return;
    console.log('both listen', address.addressType);
    let left = 20;
    for (let i = 0; i < 20; i++) {
      http.get({ port: address.port, agent: false }, (res) => {
        let text = '';
        res.on('data', (d) => text += d);
        res.on('end', () => {
          answers.set(text, (answers.get(text) ?? 0) + 1);
          if (--left > 0) return;
          console.log([...answers.keys()].sort(), [...answers.values()].reduce((a, b) => a + b));
          workers[0].disconnect();
          workers[1].kill();
        });
      });
    }
  });
  const log = [];
  cluster.on('exit', (w, code, signal) => {
    log.push(`worker ${w.id} ${code} ${signal} ${w.exitedAfterDisconnect}`);
    if (log.length === 2) console.log(log.sort());
  });
  workers[0].on('message', (m) => console.log('message', m));
} else {
  process.on('message', (m) => {
    if (m.hello === 1) process.send({ echo: m });
  });
  http.createServer((req, res) => res.end(`worker ${cluster.worker.id}`)).listen(0);
}
