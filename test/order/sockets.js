'use strict';
// One connection, every event of both sides, with ticks, microtasks and immediates between them. Only what one side
// causes is ordered, so each side keeps a log of its own; and whether data and the end that follows it come in one turn
// depends on the network, so those two queue no immediate.
const net = require('net');
const logs = { server: [], client: [] };

function watch(side, socket) {
  const log = (s) => logs[side].push(s);
  for (const event of ['connect', 'ready', 'data', 'drain', 'end', 'finish', 'close']) {
    socket.on(event, (arg) => {
      log(event === 'data' ? `data ${arg}` : event === 'close' ? `close ${arg}` : event);
      process.nextTick(log, `tick of ${event}`);
      Promise.resolve().then(() => log(`microtask of ${event}`));
      if (event !== 'data' && event !== 'end') setImmediate(log, `immediate of ${event}`);
    });
  }
}

const server = net.createServer((socket) => {
  watch('server', socket);
  socket.on('data', () => socket.end('pong', () => logs.server.push('end callback')));
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  watch('client', client);
  client.write('ping', () => logs.client.push('write callback'));
  client.on('close', () => server.close());
});
process.on('exit', () => {
  for (const [side, lines] of Object.entries(logs)) console.log(`${side}:\n  ${lines.join('\n  ')}`);
});
