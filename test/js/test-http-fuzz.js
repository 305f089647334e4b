'use strict';
// Random requests, whole and mutated, in random pieces: nothing crashes, each valid request is answered with what it
// carried, and the server serves on. The same numbers in every run; FUZZ_SEED and FUZZ_SECONDS choose others, and how
// long. Fuzzing: FUZZ_SECONDS=1800 with the asan build, and with TORC_HTTP=classic.
const assert = require('assert');
const http = require('http');
const net = require('net');
const main = require('../common/main');
const { generator, makeRequest, mutate } = require('../common/http-requests.js');

const seconds = Number(process.env.FUZZ_SECONDS ?? 3);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const CONNECTIONS = 16; // at a time
const REQUESTS_MAX = 6; // of a connection
const MUTATED_PART = 0.5; // of the connections
const LARGE = 40_000; // bytes: sent from where they are
const QUIET_MS = 20; // a mutated request may be one that waits for more
const ANSWER_LIMIT_MS = 60_000;

function piecesOf(random, text) {
  const pieces = [];
  const most = random.of([1, 3, 100, 5000, Infinity]);
  for (let from = 0; from < text.length;) {
    // Byte by byte takes its time: not for large bodies.
    const part = text.length > 2000 && most < 100 ? 5000 : Math.min(most, 1 + random.below(text.length));
    pieces.push(text.slice(from, from + part));
    from += part;
  }
  return pieces;
}

// As an access log does.
function glance({ socket }, res) {
  const ignore = () => {};
  assert(socket.remoteAddress === '127.0.0.1' && socket.readable);
  for (const event of ['close', 'error']) socket.on(event, ignore);
  res.on('finish', () => {
    for (const event of ['close', 'error']) socket.removeListener(event, ignore);
  });
}

function handler(req, res) {
  const act = req.url.length % 9; // ways to read and to answer
  let size = 0;
  let first = '';
  const answer = () => {
    const text = `${req.url.length} ${req.rawHeaders.length / 2} ${size} ${first}`;
    if (act === 1) res.writeHead(200, { 'X-Answer': text });
    else res.setHeader('X-Answer', text);
    if (act === 2) setImmediate(() => res.end(text));
    else if (act === 3) {
      res.write(text);
      res.end();
    } else if (act === 7) {
      res.write(text);
      setImmediate(() => {
        res.write(Buffer.alloc(LARGE));
        setImmediate(() => res.end(text));
      });
    } else if (act === 8) {
      res.write(Buffer.alloc(LARGE));
      if (size % 2) req.socket.setTimeout(0);
      res.end(text);
    } else if (act === 4) process.nextTick(() => res.end(Buffer.from(text)));
    else res.end(text);
    if (act === 5) req.socket.setTimeout(0);
  };
  if (req.rawHeaders.length % 4 === 0) glance(req, res);
  req.on('error', () => {});
  req.on('data', (chunk) => {
    if (size === 0) first = String.fromCharCode(chunk[0]);
    size += chunk.length;
  });
  req.on('end', answer);
  if (act === 6) {
    req.pause();
    setImmediate(() => req.resume());
  }
}

// One connection. Resolves with the answers' X-Answer headers.
async function talk(port, pieces, isOver, limitMs) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let text = '';
  let alive = true;
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => { text += chunk; });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve)).then(() => { alive = false; });
  const answers = () => [...text.matchAll(/X-Answer: (.*)\r\n/g)].map(([, answer]) => answer);
  for (const piece of pieces) {
    if (!alive) break;
    await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
    await new Promise(setImmediate);
  }
  for (const end = Date.now() + limitMs; alive && !isOver(answers()) && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 1));
  socket.destroy();
  await closed;
  return { answers: answers(), text };
}

async function connection(port, seed) {
  const random = generator(seed);
  const requests = Array.from({ length: 1 + random.below(REQUESTS_MAX) }, (_, i) => makeRequest(random, i));
  const text = requests.map((request) => request.text).join('');
  if (random.next() < MUTATED_PART) {
    await talk(port, piecesOf(random, mutate(random, text)), () => false, QUIET_MS);
    return;
  }
  const expected = requests.map((request) => request.expected);
  const isOver = (answers) => answers.length >= expected.length;
  const result = await talk(port, piecesOf(random, text), isOver, ANSWER_LIMIT_MS);
  assert.deepStrictEqual(result.answers, expected, `FUZZ_SEED=${seed}: ${result.text.slice(0, 500)}`);
}

main(async () => {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  let seed = firstSeed;
  const end = Date.now() + seconds * 1000;
  const worker = async () => {
    do await connection(port, seed++); while (Date.now() < end);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  console.log(`seeds ${firstSeed} to ${seed - 1}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
