'use strict';
// What a session itself says: settings and their acknowledgement, pings, altsvc, goaway, its state.
const http2 = require('http2');

const server = http2.createServer({ settings: { maxConcurrentStreams: 7, customSettings: { 4242: 11 } } });
server.on('session', (session) => {
  session.on('ping', (payload) => console.log('server ping', payload.toString('latin1')));
  session.on('goaway', (code, last, data) => console.log('server goaway', code, last, data?.toString()));
  session.on('close', () => console.log('server session closed'));
  session.on('remoteSettings', (s) => console.log('server sees', s.initialWindowSize, s.enablePush));
});
server.on('stream', (stream) => {
  const { session } = stream;
  session.altsvc('h2=":8000"', stream.id);
  session.altsvc('h2=":8001"', 'https://example.org');
  stream.respond();
  stream.end('ok');
  console.log('server state', session.state.nextStreamID, session.state.lastProcStreamID,
              session.state.localWindowSize, stream.state.state, stream.state.remoteClose);
});

server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`, {
    remoteCustomSettings: [4242], settings: { initialWindowSize: 100000, enablePush: false },
  });
  client.on('altsvc', (alt, origin, id) => console.log('altsvc', alt, origin, id));
  client.on('close', () => {
    console.log('client closed', client.state, client.destroyed);
    server.close();
  });
  client.once('remoteSettings', async (s) => {
    console.log('client sees', s.maxConcurrentStreams, s.customSettings);
    console.log('client says', client.localSettings.initialWindowSize, client.pendingSettingsAck);
    await new Promise((r) => client.settings({ maxFrameSize: 20000 }, (err, settings, ms) => {
      console.log('acknowledged', err, settings.maxFrameSize, typeof ms);
      r();
    }));
    await new Promise((r) => client.ping(Buffer.from('12345678'), (err, ms, payload) => {
      console.log('pong', err, typeof ms, payload.toString());
      r();
    }));
    const req = client.request({ ':path': '/' });
    console.log('ids', req.id, client.state.nextStreamID, client.setNextStreamID(9));
    req.resume();
    await new Promise((r) => req.on('close', r));
    client.setLocalWindowSize(2 ** 20);
    console.log('window', client.state.effectiveLocalWindowSize, client.state.localWindowSize);
    const last = client.request({ ':path': '/' });
    console.log('next id', last.id);
    last.resume();
    await new Promise((r) => last.on('close', r));
    client.goaway(0, 0, Buffer.from('bye'));
    client.close();
  });
});
