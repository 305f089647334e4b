'use strict';
// What programs do to the objects: other prototypes, other classes, sockets looked at early and late; who watches.
const dc = require('diagnostics_channel');
const http = require('http');
const { AsyncLocalStorage, AsyncResource, executionAsyncId } = require('async_hooks');
const { PerformanceObserver } = require('perf_hooks');
const { run, scenario } = require('../../common/http-log');

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const CLOSING = 'GET /a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n';

scenario('prototypes swapped as frameworks do', async (t) => {
  const request = Object.create(http.IncomingMessage.prototype, {
    agent: { get() { return this.headers['user-agent'] ?? 'none'; } },
  });
  const response = Object.create(http.ServerResponse.prototype);
  response.send = function(text) {
    this.setHeader('X-Sent', 'by send');
    this.end(text);
  };
  await t.serve((req, res) => {
    Object.setPrototypeOf(req, request);
    Object.setPrototypeOf(res, response);
    req.res = res;
    res.req = req;
    t.log(`${req.agent} ${req instanceof http.IncomingMessage} ${res instanceof http.ServerResponse}`);
    res.send(`${req.headers['x-a']} ${req.socket.remoteAddress}`);
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('own classes', async (t) => {
  class Request extends http.IncomingMessage {
    constructor(socket) {
      super(socket);
      this.own = `made with ${socket?.constructor.name}`;
    }

    get first() { return this.rawHeaders[0]; }
  }
  class Response extends http.ServerResponse {
    constructor(req, options) {
      super(req, options);
      this.own = req.own;
    }

    end(...args) {
      t.log(`end of the subclass ${typeof args[0]}`);
      return super.end(...args);
    }

    writeHead(...args) {
      t.log(`writeHead of the subclass ${args[0]}`);
      return super.writeHead(...args);
    }
  }
  await t.serve((req, res) => {
    t.log(`${req.constructor.name} ${req.own} ${req.first} ${res.constructor.name} ${res.own}`);
    res.end('x');
  }, { options: { IncomingMessage: Request, ServerResponse: Response } });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('functions of the response replaced', async (t) => {
  await t.serve((req, res) => {
    const { write, end, writeHead, setHeader } = res;
    for (const [name, fn] of Object.entries({ write, end, writeHead, setHeader })) {
      res[name] = function(...args) {
        t.log(`${name} ${typeof args[0] === 'function' ? '' : String(args[0])}`);
        return fn.apply(this, args);
      };
    }
    res.setHeader('X-A', '1');
    res.write('one');
    res.end('two');
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('emit replaced', async (t) => {
  await t.serve((req, res) => {
    for (const [name, object] of Object.entries({ req, res })) {
      const { emit } = object;
      object.emit = function(event, ...args) {
        t.log(`${name} emits ${event}`);
        return emit.call(this, event, ...args);
      };
    }
    res.end('x');
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('own keys and what they hold', async (t) => {
  const shown = (object, names) => names.map((name) => `${name} ${JSON.stringify(object[name])}`);
  const ofRequest = [
    'httpVersion', 'httpVersionMajor', 'httpVersionMinor', 'complete', 'rawHeaders', 'rawTrailers', 'aborted',
    'upgrade', 'url', 'method', 'statusCode', 'statusMessage', 'headers', 'headersDistinct', 'trailers',
    'trailersDistinct', 'readable', 'readableFlowing', 'readableLength', 'readableObjectMode', 'destroyed'];
  const ofResponse = [
    'statusCode', 'statusMessage', 'headersSent', 'sendDate', 'shouldKeepAlive', 'chunkedEncoding', 'finished',
    'writable', 'useChunkedEncodingByDefault', 'writableEnded', 'writableFinished', 'destroyed',
    'maxRequestsOnConnectionReached', 'strictContentLength', 'writableCorked', 'writableObjectMode'];
  const common = ['client', 'socket', '_events', '_readableState', '_header', 'outputData'];
  await t.serve((req, res) => {
    for (const line of [...shown(req, ofRequest), ...shown(res, ofResponse)]) t.log(line);
    const { socket } = req;
    t.log(`${socket === req.connection} ${res.socket === socket} ${res.connection === socket} ${res.req === req}`);
    for (const object of [req, res]) t.log(common.map((key) => key in object).join());
    res.end('x');
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
}, { only: ['plain'] });

for (const when of ['in the handler', 'in the next turn', 'when all is over']) {
  scenario(`the socket looked at ${when}`, async (t) => {
    const look = (req, res) => {
      const { socket } = req;
      t.log(`socket ${socket?.constructor.name} ${socket?.remoteFamily} ${socket?.readable} ${socket?.writable} ` +
        `${socket === res.socket} ${socket?.server === t.server} ${socket?._httpMessage === res}`);
      socket?.once('close', t.done('socket close'));
    };
    await t.serve((req, res) => {
      if (when === 'in the handler') look(req, res);
      if (when === 'in the next turn') {
        setImmediate(() => {
          look(req, res);
          res.end('x');
        });
        return;
      }
      if (when === 'when all is over') res.on('close', () => look(req, res));
      res.end('x');
    });
    const raw = await t.raw(CLOSING);
    await raw.closed;
    await t.seen('socket close');
  });
}

scenario('the response detached and written on another socket', async (t) => {
  await t.serve((req, res) => {
    const { socket } = res;
    res.detachSocket(socket);
    t.log(`${res.socket} ${socket._httpMessage}`);
    res.assignSocket(socket);
    res.end('x', t.done('end'));
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

scenario('listeners of the socket', async (t) => {
  await t.serve((req, res) => {
    const { socket } = req;
    t.log(socket.eventNames().map((name) => `${String(name)} ${socket.listenerCount(name)}`).sort().join());
    res.end('x');
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
}, { only: ['plain'] });

// ---- those who watch ----

scenario('AsyncLocalStorage', async (t) => {
  const storage = new AsyncLocalStorage();
  const seen = (what) => t.log(`${what} ${storage.getStore()}`);
  await t.serve((req, res) => storage.run(req.url, () => {
    req.on('data', () => seen('data'));
    req.on('end', () => {
      seen('end');
      setImmediate(() => {
        seen('immediate');
        res.end('x', () => seen('end callback'));
      });
    });
    res.on('finish', () => seen('finish'));
    res.on('close', () => seen('close'));
    Promise.resolve().then(() => seen('promise'));
    process.nextTick(() => seen('tick'));
  }));
  const post = (url) => `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n`;
  const raw = await t.raw(post('/1'));
  await t.seen('request 1');
  raw.write('abc');
  await raw.got(/x$/);
  await t.seen('req 1 close');
  raw.write(`${post('/2')}abc${post('/3')}def`);
  await raw.got(/x[^]*x[^]*x$/);
  await t.seen('req 3 close');
  storage.enterWith(undefined);
});

scenario('AsyncLocalStorage, entered in the handler', async (t) => {
  const storage = new AsyncLocalStorage();
  await t.serve((req, res) => {
    t.log(`before ${storage.getStore()}`);
    storage.enterWith(req.url);
    res.on('finish', () => t.log(`finish ${storage.getStore()}`));
    res.end('x');
  });
  const raw = await t.raw('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  await t.seen('req 2 close');
  raw.write('GET /3 HTTP/1.1\r\nHost: a\r\n\r\n');
  await raw.got(/x[^]*x[^]*x$/);
  await t.seen('req 3 close');
});

scenario('a bound resource', async (t) => {
  await t.serve((req, res) => {
    const id = executionAsyncId();
    t.log(`id ${id > 0}`);
    res.on('finish', AsyncResource.bind(() => t.log(`finish ${executionAsyncId() > 0}`)));
    res.end('x');
  });
  const raw = await t.raw(CLOSING);
  await raw.closed;
});

const CHANNELS = ['http.server.request.start', 'http.server.response.created', 'http.server.response.finish'];
scenario('diagnostics_channel', async (t) => {
  const listeners = CHANNELS.map((name) => {
    const listener = ({ request, response, socket, server }) =>
      t.log(`${name} ${request?.url} ${response?.statusCode} ${socket === request?.socket} ${server === t.server}`);
    dc.subscribe(name, listener);
    return listener;
  });
  await t.serve((req, res) => {
    req.resume();
    res.statusCode = 201;
    res.end('x', t.done('end'));
  });
  const raw = await t.raw(GET + CLOSING);
  await raw.closed;
  CHANNELS.forEach((name, i) => dc.unsubscribe(name, listeners[i]));
});

scenario('perf_hooks', async (t) => {
  const observer = new PerformanceObserver((list) => {
    for (const { name, entryType, detail, duration } of list.getEntries()) {
      const { req, res } = detail;
      t.log(`${entryType} ${name} ${duration >= 0} ${req.method} ${req.url} ${JSON.stringify(req.headers)} ` +
        `${res.statusCode} ${res.statusMessage} ${Object.keys(res.headers)}`);
    }
  });
  observer.observe({ entryTypes: ['http'] });
  await t.serve((req, res) => res.writeHead(202, { 'X-A': '1' }).end('x'));
  const raw = await t.raw(CLOSING);
  await raw.closed;
  await t.seen('http HttpRequest');
  observer.disconnect();
}, { only: ['plain'] });

// ---- options of the server ----

const options = {
  'joinDuplicateHeaders': { joinDuplicateHeaders: true },
  'uniqueHeaders': { uniqueHeaders: ['x-b', 'set-cookie'] },
  'maxHeaderSize': { maxHeaderSize: 60 },
  'requireHostHeader': { requireHostHeader: false },
  'insecureHTTPParser': { insecureHTTPParser: true },
  'keepAlive and noDelay': { keepAlive: true, keepAliveInitialDelay: 1000, noDelay: false },
};
for (const [name, value] of Object.entries(options)) {
  scenario(`option ${name}`, async (t) => {
    await t.serve((req, res) => {
      t.log(JSON.stringify([req.headers, req.rawHeaders.length]));
      res.setHeader('X-B', ['1', '2']);
      res.setHeader('Set-Cookie', ['a=1', 'b=2']);
      res.end('x');
    }, { options: value });
    const raw = await t.raw(name === 'requireHostHeader' ? 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n' :
      'GET / HTTP/1.1\r\nHost: a\r\nAge: 1\r\nAge: 2\r\nX-Bad: a\x01b\r\nConnection: close\r\n\r\n'
        .replace(/X-Bad.*\r\n/, (bad) => (name === 'insecureHTTPParser' ? bad : '')));
    await raw.closed;
  });
}

scenario('maxHeadersCount', async (t) => {
  await t.serve((req, res) => {
    t.log(JSON.stringify([req.headers, req.rawHeaders]));
    res.end('x');
  }, { setup: (server) => { server.maxHeadersCount = 2; } });
  const raw = await t.raw('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-A: 1\r\nX-B: 2\r\n\r\n');
  await raw.closed;
});

run();
