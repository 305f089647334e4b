'use strict';
// Alone
// Bodies of requests: paused, resumed, not read, iterated, chunked, with trailers.
const { Readable, Writable, pipeline } = require('stream');
const { pipeline: pipelined } = require('stream/promises');
const { run, scenario } = require('../../common/http-log');

const post = (length) => `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
const CHUNKED = 'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n';
const SHORT = { options: { keepAliveTimeout: 50, keepAliveTimeoutBuffer: 0 } };
const BIG = 300_000; // more than the kernel and the stream buffer for a server that does not read

const collect = (req, done) => {
  let text = '';
  req.on('data', (chunk) => { text += chunk; });
  req.on('end', () => done(text));
};

scenario('body read with the head', async (t) => {
  await t.serve((req, res) => {
    req.on('data', t.done('data'));
    req.on('end', () => {
      t.log('end listener');
      res.end('ok', t.done('end'));
    });
    t.log('handler is over');
  });
  const raw = await t.raw(`${post(5)}hello`);
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('body in pieces', async (t) => {
  await t.serve((req, res) => {
    req.setEncoding('utf8');
    req.on('data', t.done('data'));
    req.on('end', () => res.end('ok'));
  });
  const raw = await t.raw(post(6));
  await t.seen('request');
  for (let i = 0; i < 3; i++) {
    raw.write(`${i}x`);
    await t.seen('data', i + 1);
  }
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('listeners added a turn later', async (t) => {
  await t.serve((req, res) => setImmediate(() => {
    t.log('later');
    collect(req, (text) => res.end(text));
  }));
  const raw = await t.raw(`${post(5)}hello`);
  await raw.got(/hello/);
  await t.seen('req 1 close');
});

scenario('paused and resumed', async (t) => {
  await t.serve((req, res) => {
    req.on('data', (chunk) => {
      t.log(`data ${chunk.length}`);
      req.pause();
      setImmediate(() => req.resume());
    });
    req.on('end', () => res.end('ok'));
  });
  const raw = await t.raw(`${post(3)}abc`);
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('a paused body holds the client back', async (t) => {
  await t.serve((req, res) => {
    let length = 0;
    req.pause();
    req.on('data', (chunk) => { length += chunk.length; });
    req.on('end', () => {
      t.log(`all ${length}`);
      res.end('ok');
    });
    t.request1 = req;
  });
  const raw = await t.raw(post(BIG));
  await t.seen('request');
  raw.write('x'.repeat(BIG));
  await new Promise(setImmediate);
  t.log(`complete ${t.request1.complete}`);
  t.request1.resume();
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

for (const length of [5, BIG]) {
  scenario(`answered without reading a body of ${length} bytes`, async (t) => {
    await t.serve((req, res) => res.end('early', t.done('end')));
    const raw = await t.raw(post(length));
    await raw.got(/early/);
    raw.write('x'.repeat(length));
    await t.seen('req 1 close');
    raw.write('GET /b HTTP/1.1\r\nHost: a\r\n\r\n');
    await raw.got(/early[^]*early/);
    await t.seen('req 2 close');
  });
}

scenario('answered in the middle of the body, which is read on', async (t) => {
  await t.serve((req, res) => {
    req.on('data', (chunk) => {
      t.log(`data ${chunk}`);
      if (!res.writableEnded) res.end('early', t.done('end'));
    });
    req.on('end', t.done('end of request'));
  });
  const raw = await t.raw(`${post(6)}abc`);
  await raw.got(/early/);
  raw.write('def');
  await t.seen('req 1 close');
});

scenario('read by readable events', async (t) => {
  await t.serve((req, res) => {
    req.on('readable', () => {
      for (let chunk; (chunk = req.read()) !== null;) t.log(`read ${chunk}`);
    });
    req.on('end', () => res.end('ok'));
  });
  const raw = await t.raw(`${post(5)}hello`);
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('iterated', async (t) => {
  await t.serve(async (req, res) => {
    for await (const chunk of req) t.log(`chunk ${chunk}`);
    t.log('over');
    res.end('ok', t.done('end'));
  });
  const raw = await t.raw(post(6));
  await t.seen('request');
  raw.write('abc');
  await t.seen('chunk');
  raw.write('def');
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('iterated without a body', async (t) => {
  await t.serve(async (req, res) => {
    for await (const chunk of req) t.log(`chunk ${chunk}`);
    res.end('ok');
  });
  const raw = await t.raw('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
  await raw.got(/ok/);
  await t.seen('req 1 close');
});

scenario('iteration left early', async (t) => {
  await t.serve(async (req, res) => {
    for await (const chunk of req) {
      t.log(`chunk ${chunk}`);
      break;
    }
    t.log(`left, destroyed ${req.destroyed}`);
    res.end('ok', t.done('end'));
  }, SHORT);
  const raw = await t.raw(`${post(6)}abc`);
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('iterated while the client goes away', async (t) => {
  await t.serve(async (req) => {
    try {
      for await (const chunk of req) t.log(`chunk ${chunk}`);
    } catch (error) {
      t.log(`caught ${error.code} ${error.message}`);
    }
  });
  const raw = await t.raw(`${post(6)}abc`);
  await t.seen('chunk');
  raw.destroy();
  await t.seen('caught');
  await t.seen('req 1 close');
});

scenario('chunked both ways, with trailers', async (t) => {
  await t.serve((req, res) => {
    res.setHeader('Trailer', 'X-Back');
    req.on('data', (chunk) => {
      t.log(`data ${chunk}`);
      res.write(chunk);
    });
    req.on('end', () => {
      t.log(`trailers ${JSON.stringify([req.trailers, req.rawTrailers, req.trailersDistinct])}`);
      res.addTrailers({ 'X-Back': 'trailer' });
      res.end('last', t.done('end'));
    });
  });
  const raw = await t.raw(CHUNKED);
  await t.seen('request');
  raw.write('3\r\nabc\r\n');
  await t.seen('data');
  raw.write('2;ext=1\r\nde\r\n0\r\nX-T: one\r\nX-U: two\r\n\r\n');
  await raw.got(/trailer\r\n\r\n$/);
  await t.seen('req 1 close');
});

scenario('an empty chunked body', async (t) => {
  await t.serve((req, res) => collect(req, (text) => res.end(`<${text}>`)));
  const raw = await t.raw(`${CHUNKED}0\r\n\r\n`);
  await raw.got(/<>/);
  await t.seen('req 1 close');
});

scenario('piped into the response', async (t) => {
  await t.serve((req, res) => req.pipe(res));
  const raw = await t.raw(post(6));
  await t.seen('request');
  raw.write('abc');
  await raw.got(/abc/);
  raw.write('def');
  await raw.got(/def\r\n0\r\n\r\n$/);
  await t.seen('req 1 close');
});

scenario('pipeline into a writable that fails', async (t) => {
  await t.serve((req, res) => {
    const target = new Writable({ write: (chunk, encoding, done) => done(new Error('no')) });
    pipeline(req, target, (error) => {
      t.log(`pipeline ${error.message}`);
      res.end('failed', t.done('end'));
    });
  }, SHORT);
  const raw = await t.raw(`${post(6)}abc`);
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('pipeline into the response', async (t) => {
  await t.serve(async (req, res) => {
    await pipelined(Readable.from(['one ', 'two ', 'three']), res);
    t.log('pipeline is over');
  });
  const raw = await t.raw('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
  await raw.got(/three\r\n0\r\n\r\n$/);
  await t.seen('req 1 close');
});

scenario('pipeline of a failing source into the response', async (t) => {
  await t.serve(async (req, res) => {
    const source = async function* () {
      yield 'one';
      throw new Error('source');
    };
    await pipelined(Readable.from(source()), res).catch((error) => t.log(`pipeline ${error.message}`));
  });
  const raw = await t.raw('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('destroyed when all is read', async (t) => {
  await t.serve((req, res) => {
    collect(req, () => {
      req.destroy();
      t.log('destroyed');
      res.end('ok', t.done('end'));
    });
  }, SHORT);
  const raw = await t.raw(`${post(3)}abc`);
  await raw.closed;
  await t.seen('res 1 close');
});

scenario('unpiped, then piped elsewhere', async (t) => {
  await t.serve((req, res) => {
    const first = new Writable({
      write(chunk, encoding, done) {
        t.log(`first ${chunk}`);
        req.unpipe(first);
        req.pipe(res);
        done();
      },
    });
    req.pipe(first);
  });
  const raw = await t.raw(`${post(6)}abc`);
  await t.seen('first');
  raw.write('def');
  await raw.got(/def\r\n0\r\n\r\n$/);
  await t.seen('req 1 close');
});

run();
