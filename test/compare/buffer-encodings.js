'use strict';
// Buffer's reading, writing, filling and searching in all encodings, with awkward strings and ranges.
const { run, step } = require('../common/show');

const encodings = ['utf8', 'ucs2', 'utf16le', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url', 'UTF-8',
  'nope'];
const strings = ['', 'a', 'abc', 'é', '€', '😀', '\ud800', '\udc00x', 'a\ud83d', 'ÿ\u0100', '00ff', '00f', 'xyz',
  '0g11', 'ŁŁ',
                 'YWJj', 'YWJjZA', 'YWJjZA==', 'YW Jj\n', 'YW=Jj', 'YW*Jj', '-_+/', 'Y', '=', 'YWJjYR', 'a'.repeat(100),
                 'é'.repeat(100), '😀€é'.repeat(30), 'x'.repeat(31) + 'é', 'QUJD'.repeat(20) + '=='];
const bytes = Buffer.from([0, 1, 0x41, 0x7f, 0x80, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xfe,
  0xc3]);

for (const encoding of encodings) {
  for (const s of strings) {
    const name = `${encoding} ${JSON.stringify(s.slice(0, 12))}${s.length}`;
    step(`from ${name}`, () => Buffer.from(s, encoding));
    step(`byteLength ${name}`, () => Buffer.byteLength(s, encoding));
    for (const [offset, length] of [[0, undefined], [3, undefined], [0, 3], [9, 5], [10, undefined], [11, 1], [-1, 2],
      [1, -1]]) {
      step(`write ${name} ${offset} ${length}`, () => {
        const b = Buffer.alloc(10, 0xee);
        return [b.write(s, offset, length, encoding), b.toString('hex')];
      });
    }
    step(`fill ${name}`, () => Buffer.alloc(11, 0xee).fill(s, 1, 10, encoding));
    step(`alloc ${name}`, () => Buffer.alloc(5, s, encoding));
    // Node 24 aborts when it looks for half a surrogate pair.
    if (s.isWellFormed()) step(`indexOf ${name}`, () => [bytes.indexOf(s, encoding), bytes.indexOf(s, 3, encoding),
      bytes.lastIndexOf(s, encoding),
                                   bytes.lastIndexOf(s, -4, encoding), bytes.includes(s, 1, encoding)]);
  }
  for (const [start, end] of [[0], [1], [2, 5], [5, 2], [-3], [0, 100], [7, 9], [17], ['1', '3'], [NaN, Infinity]]) {
    step(`toString ${encoding} ${start} ${end}`, () => bytes.toString(encoding, start, end));
    step(`slice ${encoding} ${start} ${end}`, () => bytes[`${encoding}Slice`]?.(start, end));
  }
}

const hay = Buffer.from('abcabcabXabc');
const wide = Buffer.from('abcabc€Xabc', 'ucs2');
for (const needle of ['abc', 'X', 'bX', '', 'abcabcabXabcd', Buffer.from('ab'), Buffer.alloc(0), 0x62, 0x162, -1,
  3.7]) {
  for (const offset of [undefined, 0, 1, 5, 11, 12, 50, -1, -3, -12, -50, NaN, '2', null, {}, 1e12, -1e12]) {
    step(`find ${needle} from ${offset}`, () => [hay.indexOf(needle, offset), hay.lastIndexOf(needle, offset),
      hay.includes(needle, offset),
                                                 hay.indexOf(needle, offset, 9), hay.lastIndexOf(needle, offset, 4)]);
    step(`wide ${needle} from ${offset}`, () => [wide.indexOf(needle, offset, 'ucs2'), wide.lastIndexOf(needle, offset,
      'ucs2'),
                                                 wide.indexOf(needle, offset, 15, 'ucs2')]);
  }
}

for (const length of [34, 36, 48, 56, 64]) {
  const b = Buffer.from(Array.from({ length }, (_, i) => i));
  for (const swap of ['swap16', 'swap32', 'swap64']) step(`${swap} ${length}`, () => Buffer.from(b)[swap]());
}

const { atob, btoa, isAscii, isUtf8, transcode } = require('buffer');
for (const s of strings) {
  step(`atob ${JSON.stringify(s.slice(0, 12))}`, () => atob(s));
  step(`btoa ${JSON.stringify(s.slice(0, 12))}`, () => btoa(s));
  for (const [from, to] of [['utf8', 'latin1'], ['utf8', 'ascii'], ['utf8', 'ucs2'], ['ucs2', 'utf8'], ['latin1',
    'utf8'], ['latin1', 'ucs2'],
                            ['ascii', 'utf8'], ['ucs2', 'latin1'], ['hex', 'utf8'], ['utf8', 'utf8']]) {
    step(`transcode ${from} ${to} ${JSON.stringify(s.slice(0, 12))}`, () => transcode(Buffer.from(s, from), from, to));
  }
}
for (const b of [bytes, Buffer.from('é'), Buffer.from('a'), new Uint16Array([0x41]), new ArrayBuffer(3),
  new Uint8Array(0)]) {
  step('isUtf8 isAscii', () => [isUtf8(b), isAscii(b)]);
}

const left = Buffer.from('abcdef');
for (const args of [['bcd'], ['bcd', 0, 2], ['bcd', 1, 3, 2], ['bcd', 1, 3, 2, 4], ['bcd', 9], ['bcd', 0, 9], ['bcd', 0,
  3, 9], ['', 0, 0]]) {
  const [text, ...rest] = args;
  step(`compare ${args}`, () => [left.compare(Buffer.from(text), ...rest), Buffer.compare(left, Buffer.from(text))]);
  step(`copy ${args}`, () => {
    const target = Buffer.from('........');
    return [left.copy(target, ...rest), target.toString()];
  });
}
step('overlap', () => {
  const b = Buffer.from('abcdefgh');
  b.copy(b, 2, 0, 5);
  return b.toString();
});
step('fill values', () => [Buffer.alloc(5).fill(257), Buffer.alloc(5).fill(-1), Buffer.alloc(5).fill(true),
  Buffer.alloc(5).fill(new Uint8Array([1, 2]), 1),
                           Buffer.alloc(6).fill('abc', 4), Buffer.alloc(4).fill(1.9)].map((b) => b.toString('hex')));
step('fill with nothing', () => Buffer.alloc(5).fill(Buffer.alloc(0)));
step('fill outside', () => Buffer.alloc(5).fill('a', 6));
step('fill bad hex', () => Buffer.alloc(5).fill('zz', 'hex'));
step('too large', () => Buffer.allocUnsafe(2 ** 52));
step('too long a string', () => Buffer.alloc(2 ** 29).toString('latin1'));
step('too long in hex', () => Buffer.alloc(2 ** 28).toString('hex'));
run();
