'use strict';
// Sessions and streams destroyed inside each kind of event, on either side, while nghttp2 is on the
// stack: all of it comes to an end, and nothing is called that was destroyed.
const assert = require('assert');
const http2 = require('http2');

const victims = {
  'stream': (o) => o.stream?.destroy(),
  'stream with error': (o) => o.stream?.destroy(new Error('on purpose')),
  'stream closed': (o) => o.stream?.close(http2.constants.NGHTTP2_CANCEL),
  'session': (o) => o.session.destroy(),
  'session with error': (o) => o.session.destroy(new Error('on purpose')),
  'socket': (o) => o.session.socket?.destroy(),
};
const serverEvents = ['session', 'stream', 'data', 'end', 'trailers', 'remoteSettings', 'ping', 'wantTrailers',
                      'write', 'stream close'];
const clientEvents = ['connect', 'ready', 'response', 'data', 'end', 'trailers', 'localSettings', 'ping', 'push',
                      'wantTrailers', 'stream close'];

function watch(o, event, act, server) {
  const { session } = o;
  const ignore = () => {};
  session.on('error', ignore);
  for (const name of ['connect', 'remoteSettings', 'localSettings', 'ping'])
    if (event === name) session.on(name, act);
  if (server && event === 'session') act();
}

function watchStream(stream, event, act) {
  stream.on('error', () => {});
  for (const name of ['ready', 'response', 'data', 'end', 'trailers', 'push'])
    if (event === name) stream.on(name, act);
  stream.on('wantTrailers', () => {
    if (event === 'wantTrailers') act();
    if (!stream.destroyed && !stream.closed) stream.sendTrailers({ 'x-t': '1' });
  });
  if (event === 'stream close') stream.on('close', act);
  stream.resume();
}

function run(side, event, victim) {
  return new Promise((resolve) => {
    let open = 2;
    const over = () => --open || server.close(resolve);
    const server = http2.createServer();
    server.on('sessionError', () => {});
    server.on('session', (session) => {
      const o = { session };
      const mine = side === 'server' ? event : null;
      const act = () => victims[victim](o);
      session.on('close', over);
      watch(o, mine, act, true);
      session.on('stream', (stream) => {
        o.stream = stream;
        watchStream(stream, mine, act);
        if (mine === 'stream') act();
        if (stream.destroyed || stream.closed) return;
        stream.respond({}, { waitForTrailers: true });
        stream.write(Buffer.alloc(50000), () => mine === 'write' && act());
        if (stream.pushAllowed)
          stream.pushStream({ ':path': '/p' }, (err, push) => {
            if (err) return;
            push.on('error', () => {});
            push.respond();
            push.end('pushed');
          });
        stream.end('end');
      });
      if (!session.destroyed) session.ping(() => {});
    });
    server.listen(0, () => {
      const session = http2.connect(`http://localhost:${server.address().port}`);
      const o = { session };
      const mine = side === 'client' ? event : null;
      const act = () => victims[victim](o);
      session.on('close', over);
      watch(o, mine, act, false);
      session.on('stream', (push) => {
        push.on('error', () => {});
        push.resume();
        if (mine === 'push') act();
      });
      session.once('connect', () => session.destroyed || session.ping(() => {}));
      o.stream = session.request({ ':method': 'POST' }, { waitForTrailers: true });
      watchStream(o.stream, mine, act);
      o.stream.on('close', () => session.close());
      o.stream.write(Buffer.alloc(50000));
      o.stream.end('end');
    });
  });
}

let runs = 0;
(async () => {
  for (const victim of Object.keys(victims)) {
    for (const event of serverEvents) await run('server', event, victim).then(() => runs++);
    for (const event of clientEvents) await run('client', event, victim).then(() => runs++);
  }
})();
process.on('exit', () => {
  const all = (serverEvents.length + clientEvents.length) * Object.keys(victims).length;
  assert.strictEqual(runs, all);
});
