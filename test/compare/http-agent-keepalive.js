'use strict';
// An agent reuses connections; the counters of sockets say so; a refused one is an error.
const http = require('http');

let connections = 0;
const server = http.createServer((req, res) => {
  res.end(`${req.url} ${req.socket.bytesRead > 0}`);
});
server.on('connection', () => connections++);
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
  const get = (path) => new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path, agent }, (res) => {
      let text = '';
      res.on('data', (d) => text += d);
      res.on('end', () => resolve(`${res.statusCode} ${text}`));
    }).on('error', reject);
  });
  for (let i = 0; i < 3; i++) console.log(await get(`/${i}`));
  console.log('connections', connections);
  console.log(await Promise.all(Array.from({ length: 6 }, (_, i) => get(`/p${i}`))));
  console.log('connections', connections);
  agent.destroy();
  server.close(async () => {
    await get('/late').catch((err) => {
      console.log(err.code, err.syscall, err.address, err.port === port, err.message.replace(port, 'PORT'));
    });
  });
});
