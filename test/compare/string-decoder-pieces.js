'use strict';
// StringDecoder and TextDecoder fed at every split of awkward bytes; the decoder's visible state.
const { StringDecoder } = require('string_decoder');

const inputs = [
  [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0x62],
  [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xf0, 0x9f, 0x41], [0xe2, 0x41, 0x82], [0x80, 0x80, 0x80, 0x80, 0x80],
  [0xff, 0xc0, 0x80, 0xf8, 0x88],
  [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf, 0x41], [0xef, 0xbb], [0xc3, 0xc3, 0xa9],
  [0x3d, 0xd8, 0x4d, 0xdc, 0x41, 0], [0x3d, 0xd8, 0x3d, 0xd8, 0x4d, 0xdc], [0x00, 0xdc, 0x41], [0x3d, 0xd8, 0x41],
  [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7],
];
const encodings = ['utf8', 'ucs2', 'base64', 'base64url', 'latin1', 'ascii', 'hex'];
const stateOf = (d) => `${d.lastNeed} ${d.lastTotal} ${Buffer.from(d.lastChar).toString('hex')}`;

for (const encoding of encodings) {
  for (const input of inputs) {
    const bytes = Buffer.from(input);
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) {
        const d = new StringDecoder(encoding);
        const out = [d.write(bytes.subarray(0, i)), d.write(bytes.subarray(i, j)), stateOf(d),
          d.write(bytes.subarray(j)), stateOf(d),
                     d.end(), d.lastNeed, d.write(Buffer.from('ab')), d.end(bytes.subarray(0, i))];
        console.log(encoding, input.join(), i, j, JSON.stringify(out));
      }
    }
    const d = new StringDecoder(encoding);
    console.log(JSON.stringify([...bytes].map((b) => d.write(Buffer.of(b))).concat(d.end())));
  }
}
for (const bad of [undefined, null, 1, {}, 'text']) {
  for (const use of [(x) => new StringDecoder('utf8').write(x), (x) => new StringDecoder(x),
    (x) => new StringDecoder('utf8').end(x)]) {
    try {
      console.log(use(bad));
    } catch (e) {
      console.log(e.name, e.code, e.message);
    }
  }
}
console.log(new StringDecoder('utf8').write(new DataView(Buffer.from('abc').buffer, 0, 1)).length,
  new StringDecoder().text(Buffer.from('xabc'), 1));

for (const options of [{}, { fatal: true }, { ignoreBOM: true }, { fatal: true, ignoreBOM: true }]) {
  for (const input of inputs) {
    const bytes = Buffer.from(input);
    for (let i = 0; i <= bytes.length; i++) {
      const d = new TextDecoder('utf-8', options);
      const out = [];
      for (const [piece, stream] of [[bytes.subarray(0, i), true], [bytes.subarray(i), true], [undefined, false],
        [bytes, false]]) {
        try {
          out.push(d.decode(piece, { stream }));
        } catch (e) {
          out.push(`${e.name} ${e.code} ${e.message}`);
        }
      }
      console.log(JSON.stringify(options), input.join(), i, JSON.stringify(out));
    }
  }
}
const encoder = new TextEncoder();
for (const text of ['', 'abc', 'é€😀', '\ud800', 'a\udc00b', '😀'.repeat(20)]) {
  console.log(encoder.encode(text));
  for (const room of [0, 1, 2, 3, 4, 5, 100]) {
    const to = new Uint8Array(room);
    console.log(encoder.encodeInto(text, to), to);
  }
}
