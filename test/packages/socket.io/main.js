'use strict';
// socket.io: long polling, the upgrade to WebSocket, rooms, acknowledgements, binary data, namespaces,
// refused connections, volatile and broadcast messages, disconnects from both sides.

const { once } = require('node:events');
const http = require('node:http');
const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const { request, listen } = require('./common/client.js');

const server = http.createServer((req, res) => res.end('not socket.io'));
const sockets = new Server(server, { pingInterval: 2000, serveClient: false, cors: { origin: 'http://shop.test' } });

sockets.on('connection', (socket) => {
  socket.on('echo', (...args) => {
    const ack = args.pop();
    ack(...args);
  });
  socket.on('join', async (room, ack) => {
    await socket.join(room);
    sockets.to(room).except(socket.id).emit('joined', room);
    ack([...socket.rooms].length);
  });
  socket.on('leave me', () => socket.disconnect(true));
});
sockets
  .of('/admin')
  .use((socket, next) => {
    next(
      socket.handshake.auth.token === 'secret'
        ? undefined
        : Object.assign(new Error('no entry'), { data: { why: 'token' } }),
    );
  })
  .on('connection', (socket) => socket.emit('hello', socket.handshake.auth.user));

const connect = async (url) => {
  const socket = io(url, { reconnection: false, forceNew: true });
  await once(socket, 'connect');
  return socket;
};

async function transports(base) {
  for (const list of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const socket = io(base, { reconnection: false, forceNew: true, transports: list });
    const { engine } = socket.io;
    const first = once(engine, 'open').then(() => engine.transport.name);
    const upgraded = list.length === 2 && once(engine, 'upgrade');
    await Promise.all([once(socket, 'connect'), upgraded]);
    console.log(list.join('+'), 'starts with', await first, 'goes on with', engine.transport.name);
    console.log(await socket.emitWithAck('echo', ['text', { deep: [1, null, 'ü'] }, Buffer.from('bytes')]));
    const big = 'x'.repeat(200_000);
    console.log('big:', (await socket.emitWithAck('echo', big)) === big);
    console.log(await Promise.all([1, 2, 3].map((n) => socket.emitWithAck('echo', n))));
    socket.emit('leave me');
    console.log('disconnected:', (await once(socket, 'disconnect'))[0]);
  }
}

async function rooms(base) {
  const [ann, bob] = await Promise.all([connect(base), connect(base)]);
  console.log('rooms of ann:', await ann.emitWithAck('join', 'red'));
  const joined = once(ann, 'joined');
  console.log('rooms of bob:', await bob.emitWithAck('join', 'red'));
  console.log('ann hears:', await joined);
  console.log('in red:', (await sockets.in('red').fetchSockets()).length);
  const heard = Promise.all([once(ann, 'news'), once(bob, 'news')]);
  sockets.to('red').emit('news', new Uint8Array([1, 2, 3]));
  console.log('news:', await heard);
  const silent = sockets
    .timeout(100)
    .emitWithAck('nobody answers')
    .catch((error) => error.message);
  console.log('no acknowledgement:', await silent);
  ann.close();
  bob.close();
}

async function namespaces(base) {
  const admin = io(`${base}/admin`, { auth: { token: 'secret', user: 'zoë' }, forceNew: true });
  console.log('admin hears:', await once(admin, 'hello'));
  admin.close();
  const refused = io(`${base}/admin`, { auth: { token: 'wrong' }, forceNew: true, reconnection: false });
  const [error] = await once(refused, 'connect_error');
  console.log('refused:', error.message, error.data);
  refused.close();
}

async function main() {
  const base = await listen(server);
  await transports(base);
  await rooms(base);
  await namespaces(base);
  console.log((await request(base)).body);
  const bad = await request(`${base}/socket.io/?EIO=4&transport=carrier-pigeon`);
  console.log(bad.status, bad.body);
  const cors = await request(`${base}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'http://shop.test' } });
  console.log(cors.status, cors.headers['access-control-allow-origin'], cors.body.replace(/"sid":"[^"]*"/, 'sid'));
  await sockets.close();
}
main();
