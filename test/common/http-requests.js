'use strict';
// Random requests for tests that try many: the same number brings the same requests.

// A small generator of numbers: mulberry32's mixing.
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit) => Math.floor(next() * limit);
  return { below, next, of: (list) => list[below(list.length)] };
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'M-SEARCH'];
const NAMES = ['Accept', 'X-Long-Name-Of-A-Header', 'cookie', 'COOKIE', 'a', 'Range', 'Set-Cookie', 'If-None-Match'];
const SIZES = [0, 1, 2, 15, 16, 17, 255, 4096, 70_000];

// { text, expected }: expected is what the server says of it. sizes: of bodies.
function makeRequest(random, number, sizes = SIZES) {
  const method = random.of(METHODS);
  const lines = [`${method} /${'p'.repeat(random.of([0, 1, 8, 500]))}${number} HTTP/1.1`, 'Host: fuzz'];
  for (let i = random.below(12); i > 0; i--)
    lines.push(`${random.of(NAMES)}:${random.of(['', ' ', '\t', '  '])}${'v'.repeat(random.of([0, 1, 10, 300]))}`);
  const headers = lines.length - 1;
  const size = random.below(3) === 0 ? random.of(sizes) : 0;
  const body = String.fromCharCode(97 + random.below(26)).repeat(size);
  let framed = body;
  if (random.below(2)) {
    lines.push('Transfer-Encoding: chunked');
    framed = '';
    for (let from = 0; from < size;) {
      const part = 1 + random.below(size - from);
      framed += `${part.toString(16)}${random.of(['', ';x', ';x="y"'])}\r\n${body.slice(from, from + part)}\r\n`;
      from += part;
    }
    framed += `0\r\n${random.of(['', 'X-Trailer: t\r\n'])}\r\n`;
  } else if (size) {
    lines.push(`Content-Length: ${size}`);
  }
  const count = headers + (framed !== body || size ? 1 : 0);
  return {
    method, text: `${lines.join('\r\n')}\r\n\r\n${framed}`,
    expected: `${lines[0].split(' ')[1].length} ${count} ${size} ${body.slice(0, 1)}`,
  };
}

const BAD_BYTES = [
  '\0', '\r', '\n', ' ', ':', '\xff', ',', '0', 'f', '\t', '\r\n', '\r\n\r\n', ';', 'chunked', '99999',
];

function mutate(random, text) {
  for (let i = 1 + random.below(4); i > 0; i--) {
    const at = random.below(text.length + 1);
    const rest = at + random.below(1 + random.of([0, 1, 4, 40]));
    const instead = random.of(['', random.of(BAD_BYTES), text.slice(at, rest).repeat(2)]);
    text = text.slice(0, at) + instead + text.slice(rest);
  }
  return text;
}

module.exports = { generator, makeRequest, mutate };
