'use strict';
// curl, whose HTTP/2 is neither ours nor Node's, gets and posts bodies larger than any window.
const assert = require('assert');
const { execFile, spawnSync } = require('child_process');
const http2 = require('http2');

const version = spawnSync('curl', ['--version'], { encoding: 'utf8' });
if (version.error || !version.stdout.includes('HTTP2')) process.exit(77);

const SIZE = 3_000_000;
const server = http2.createServer();
server.on('stream', (stream, headers) => {
  stream.respond({ 'x-method': headers[':method'] });
  if (headers[':method'] === 'POST') stream.pipe(stream);
  else stream.end(Buffer.alloc(SIZE, 'got '));
});

function curl(args, input, expected) {
  return new Promise((resolve) => {
    const child = execFile('curl', [
      '-s', '-S', '--http2-prior-knowledge', '-w', '%{http_version} %{http_code}', ...args,
      `http://127.0.0.1:${server.address().port}/`,
    ], { maxBuffer: 2 * SIZE, encoding: 'latin1' }, (err, stdout) => {
      assert.ifError(err);
      assert.ok(stdout === `${expected}2 200`, `${stdout.length} bytes`);
      resolve();
    });
    child.stdin.end(input);
  });
}

server.listen(0, '127.0.0.1', async () => {
  const put = 'put '.repeat(SIZE / 4);
  await curl([], '', 'got '.repeat(SIZE / 4));
  await curl(['-H', 'Expect:', '--data-binary', '@-'], put, put);
  server.close();
});
