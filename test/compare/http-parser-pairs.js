'use strict';
// parser.maxHeaderPairs counts names and values: more are an error in requests, not in responses.
const { HTTPParser } = require('_http_common');

function run(type, max, count, head) {
  const parser = new HTTPParser();
  let got;
  parser.initialize(type, {});
  parser.maxHeaderPairs = max;
  parser[HTTPParser.kOnHeaders | 0] = () => {};
  parser[HTTPParser.kOnHeadersComplete | 0] = (major, minor, headers) => { got = headers?.length; };
  parser[HTTPParser.kOnMessageComplete | 0] = () => {};
  const headers = Array.from({ length: count }, (_, i) => `X${i}: y\r\n`).join('');
  const res = parser.execute(Buffer.from(`${head}${headers}\r\n`));
  console.log(type, max, count, res instanceof Error ? `${res.code} ${res.bytesParsed}` : res, got);
}
for (const [max, count] of [[2, 1], [2, 2], [4, 3], [3, 1], [40, 20], [40, 21], [1, 1], [0.5, 1],
                            [2.5, 2], [0, 5], [-1, 5], [200, 40]]) {
  run(HTTPParser.REQUEST, max, count, 'GET / HTTP/1.1\r\n');
  run(HTTPParser.RESPONSE, max, count, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n');
}
