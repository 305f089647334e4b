'use strict';
// Pushed streams: with a body, refused by a reset, without a body; and a client that wants none.
const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream) => {
  if (!stream.pushAllowed) {
    try {
      stream.pushStream({ ':path': '/p' }, () => {});
    } catch (e) {
      console.log('push', e.code);
    }
    stream.respond();
    stream.end('no push');
    return;
  }
  for (const path of ['/one', '/two', '/refused']) {
    stream.pushStream({ ':path': path }, (err, push, headers) => {
      console.log('pushed', err, push.id, headers[':path'], push.pushAllowed);
      push.on('error', (e) => console.log('push error', path, e.code, e.message));
      push.on('close', () => console.log('push closed', path, push.rstCode));
      push.respond({ ':status': 200, 'x-for': path }, { endStream: path === '/two' });
      if (path !== '/two') push.end(`body of ${path}`);
    });
  }
  stream.respond();
  stream.end('parent');
});

function run(settings, done) {
  const client = http2.connect(`http://localhost:${server.address().port}`, { settings });
  const lines = [];
  let open = settings.enablePush ? 4 : 1;
  const closed = () => {
    if (--open > 0) return;
    console.log(lines.sort().join('\n'));
    client.close(done);
  };
  const read = (stream, name) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (d) => text += d);
    stream.on('error', (e) => lines.push(`${name} error ${e.code}`));
    stream.on('close', () => {
      lines.push(name === '/refused' ? `${name} ${stream.rstCode}` : `${name}: ${text}`);
      closed();
    });
  };
  client.on('stream', (stream, headers) => {
    const path = headers[':path'];
    if (path !== '/refused') stream.on('push', (h) => lines.push(`${path} ${h[':status']} ${h['x-for']}`));
    if (path === '/refused') stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    read(stream, path);
  });
  read(client.request({ ':path': '/' }), 'parent');
}

server.listen(0, () => {
  run({ enablePush: true }, () => run({ enablePush: false }, () => server.close()));
});
