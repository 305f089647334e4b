'use strict';
// Every way to answer: what goes over the wire, and in which order the events of request and response come.
const { close, exchange, listen, logEvents } = require('../common/http.js');

const forms = {
  'end()': (req, res) => res.end(),
  'end(text)': (req, res) => res.end('hello'),
  'end(text, latin1)': (req, res) => res.end('caf\xe9', 'latin1'),
  'end(text, hex)': (req, res) => res.end('414243', 'hex'),
  'end(utf8)': (req, res) => res.end('caf\xe9 \u2603 \u{1f600}'),
  'end(empty)': (req, res) => res.end(''),
  'end(buffer)': (req, res) => res.end(Buffer.from('bytes')),
  'end(large buffer)': (req, res) => res.end(Buffer.alloc(100_000, 'b')),
  'end(large text)': (req, res) => res.end('t'.repeat(70_000)),
  'end(callback)': (req, res, log) => res.end((error) => log.push(`called ${error}`)),
  'end(text, callback)': (req, res, log) => res.end('hello', (error) => log.push(`called ${error}`)),
  'end twice': (req, res, log) => res.end('a').end((error) => log.push(`called ${error?.code}`)),
  'end(text) twice': (req, res) => res.end('a').end('b'),
  'end(number)': (req, res, log) => {
    try {
      res.end(1);
    } catch (error) {
      log.push(error.code);
      res.end();
    }
  },
  'write after end': (req, res) => res.end('a').write('b'),
  'writeHead': (req, res) => res.writeHead(201, { 'X-A': 1, 'x-b': ['2', '3'] }).end(),
  'writeHead, end(text)': (req, res) => res.writeHead(200, { 'Content-Type': 'text/plain' }).end('hello'),
  'writeHead, end(large text)': (req, res) => res.writeHead(200).end('t'.repeat(70_000)),
  'writeHead with length': (req, res) => res.writeHead(200, { 'Content-Length': 5 }).end('hello'),
  'writeHead(reason)': (req, res) => res.writeHead(200, 'Very well', { a: 'b' }).end('x'),
  'writeHead(array)': (req, res) => res.writeHead(200, ['a', 'b', 'a', 'c']).end('x'),
  'writeHead(pairs)': (req, res) => res.writeHead(200, [['a', 'b'], ['a', 'c']]).end('x'),
  'writeHead over setHeader': (req, res) => res.setHeader('A', 'x').writeHead(200, { a: 'y', b: 'z' }).end(),
  'writeHead twice': (req, res, log) => {
    res.writeHead(200);
    try {
      res.writeHead(201);
    } catch (error) {
      log.push(error.message);
    }
    res.end();
  },
  'writeHead(99)': (req, res, log) => {
    try {
      res.writeHead(99);
    } catch (error) {
      log.push(error.message);
    }
    res.end();
  },
  'bad header': (req, res, log) => {
    for (const pair of [['a b', 'c'], ['a', 'b\n'], ['a', undefined]]) {
      for (const f of [() => res.setHeader(...pair), () => res.writeHead(200, { [pair[0]]: pair[1] })]) {
        try {
          f();
        } catch (error) {
          log.push(error.message);
        }
      }
    }
    res.end('x');
  },
  'status': (req, res) => {
    res.statusCode = 404;
    res.end('no');
  },
  'statusMessage': (req, res) => {
    res.statusMessage = 'Fine';
    res.end('x');
  },
  '204': (req, res) => res.writeHead(204).end('ignored'),
  '304': (req, res) => {
    res.statusCode = 304;
    res.end();
  },
  'no date': (req, res) => {
    res.sendDate = false;
    res.end();
  },
  'removed headers': (req, res) => {
    for (const name of ['date', 'connection', 'content-length']) res.removeHeader(name);
    res.end('x');
  },
  'Connection: close': (req, res) => res.setHeader('Connection', 'close').end('x'),
  'Keep-Alive': (req, res) => res.setHeader('Keep-Alive', 'timeout=7').end('x'),
  'shouldKeepAlive': (req, res) => {
    res.shouldKeepAlive = false;
    res.end('x');
  },
  'cookies': (req, res) => res.setHeader('Set-Cookie', ['a=1', 'b=2']).appendHeader('Set-Cookie', 'c=3').end(),
  'content-disposition': (req, res) => res.setHeader('Content-Disposition', 'attachment; filename="\xe9"').end('x'),
  'write': (req, res) => {
    res.write('a');
    res.end('b');
  },
  'write later': (req, res) => {
    res.setHeader('A', 'b');
    res.write('a');
    setImmediate(() => res.end());
  },
  'writeHead, write': (req, res) => {
    res.writeHead(200, 'Right', { 'A': ['b', 'c'], 'Content-Length': 2 });
    res.write('a');
    res.end('b');
  },
  'flushHeaders': (req, res) => {
    res.flushHeaders();
    setImmediate(() => res.end('x'));
  },
  'cork': (req, res) => {
    res.cork();
    res.write('a');
    res.write('b');
    res.uncork();
    res.end('c');
  },
  'trailers': (req, res, log) => {
    res.setHeader('Trailer', 'T');
    try {
      res.write('a');
      res.addTrailers({ T: 'u' });
    } catch (error) {
      log.push(error.code);
      res.removeHeader('Trailer');
    }
    res.end();
  },
  'early hints': (req, res) => res.writeEarlyHints({ link: '</a>; rel=preload' }) ?? res.end('x'),
  'setTimeout': (req, res) => res.setTimeout(1000).end('x'),
  'destroy': (req, res) => res.destroy(),
  'head text': (req, res, log) => {
    res.writeHead(200, { a: 'b' });
    log.push(res.headersSent, res._header.replace(/Date: .*\r\n/, ''));
    res.end('x');
    log.push(res.headersSent, res._header.replace(/Date: .*\r\n/, ''));
  },
  'own writeHead': (req, res) => {
    const { writeHead } = res;
    res.writeHead = function(...args) {
      res.setHeader('X-Late', '1');
      return writeHead.apply(this, args);
    };
    res.end('x');
  },
  'state': (req, res, log) => {
    const state = () => log.push([res.finished, res.writableEnded, res.writableFinished, res.destroyed, res.closed,
                                  res.headersSent, res.statusCode, res.writable, req.complete].join());
    state();
    res.end('x');
    state();
    process.nextTick(state);
    setImmediate(state);
  },
};

const heads = ['GET / HTTP/1.1', 'HEAD / HTTP/1.1', 'POST / HTTP/1.1\r\nContent-Length: 3', 'GET / HTTP/1.0'];
const events = ['prefinish', 'finish', 'close', 'error'];

async function run(name, head, listened) {
  const log = [];
  const server = await listen((req, res) => {
    if (listened) {
      logEvents(log, 'res', res, events);
      logEvents(log, 'req', req, ['end', 'close', 'error']);
    }
    process.nextTick(() => log.push('tick before'));
    forms[name](req, res, log);
    if (listened) process.nextTick(() => log.push('tick'));
    else res.on('error', () => {});
  });
  const body = head.startsWith('POST') ? 'abc' : '';
  const text = await exchange(server.address().port, [`${head}\r\nHost: a\r\nConnection: close\r\n\r\n${body}`]);
  await close(server);
  const sent = text.length > 1000 ? `${text.slice(0, 200)}... ${text.length}` : text;
  console.log(`--- ${name}, ${head.split('\r')[0]}${listened ? '' : ', unwatched'}\n${sent}\n${log.join('\n')}`);
}

(async () => {
  for (const name of Object.keys(forms)) {
    // When the end of a large answer is told depends on what the kernel takes at once.
    const listened = !name.includes('large');
    for (const head of heads) await run(name, head, listened);
    await run(name, heads[0], false);
  }
})();
