'use strict';
// Streams and sessions that end early: which code each side sees, and which error.
const http2 = require('http2');
const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = http2.constants;

const acts = {
  '/server-closes': (s) => s.close(NGHTTP2_ENHANCE_YOUR_CALM),
  '/server-cancels': (s) => s.close(NGHTTP2_CANCEL),
  '/server-answers-early': (s) => {
    s.respond();
    s.end('enough');
    s.close(NGHTTP2_NO_ERROR);
  },
  '/server-fails': (s) => s.destroy(new Error('failed')),
  '/client-closes': (s) => s.respond(),
  '/client-aborts': (s) => s.respond(),
  '/session-destroyed': (s) => s.session.destroy(),
  '/session-fails': (s) => s.session.destroy(new Error('all is lost'), NGHTTP2_ENHANCE_YOUR_CALM),
};

function one(path) {
  return new Promise((done) => {
    const lines = [];
    const note = (...what) => lines.push(what.join(' '));
    const server = http2.createServer();
    let open = 2;
    const over = () => {
      if (--open > 0) return;
      console.log(`${path}\n  ${lines.sort().join('\n  ')}`);
      done();
    };
    server.on('session', (session) => session.on('close', over));
    server.on('sessionError', (e) => note('server session error', e.code, e.message));
    server.on('stream', (stream) => {
      stream.on('aborted', () => note('server aborted'));
      stream.on('error', (e) => note('server error', e.code, e.message));
      stream.on('close', () => note('server closed', stream.rstCode));
      stream.resume();
      acts[path](stream);
    });
    server.listen(0, () => {
      const client = http2.connect(`http://localhost:${server.address().port}`);
      client.on('error', (e) => note('client session error', e.code, e.message));
      client.on('close', () => server.close(over));
      const abort = new AbortController();
      const req = client.request({ ':path': path, ':method': 'POST' }, { signal: abort.signal });
      req.on('aborted', () => note('client aborted'));
      req.on('error', (e) => note('client error', e.code, e.message));
      req.on('end', () => note('client end'));
      req.on('close', () => {
        note('client closed', req.rstCode);
        client.close();
      });
      req.on('response', () => {
        if (path === '/client-closes') req.close(NGHTTP2_ENHANCE_YOUR_CALM);
        if (path === '/client-aborts') abort.abort();
      });
      req.resume();
      req.write('some');
    });
  });
}

(async () => {
  for (const path of Object.keys(acts)) await one(path);
})();
