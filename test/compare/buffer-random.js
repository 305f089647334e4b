'use strict';
// Random strings through base64, hex and UTF-8 and back; the generator is seeded, so that both runtimes
// see the same ones. Prints a digest for each round: what differs is found by printing more.
let state = 42;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >> 8) % n;
};
const alphabet = [...'AZaz09+/-_= \n*.\0', 'é', 'Ł', '€', '😀', '\ud800', 'ﾊ', '\udfff'];
const digest = (parts) => {
  let h = 0;
  for (const c of parts.join('|')) h = (Math.imul(h, 31) + c.codePointAt(0)) | 0;
  return h;
};

for (let round = 0; round < 100; round++) {
  const parts = [];
  for (let i = 0; i < 200; i++) {
    let s = '';
    const kinds = [10, 13, 16, alphabet.length][random(4)];
    for (let n = random(random(5) === 0 ? 150 : 20); n > 0; n--) s += alphabet[random(kinds)];
    for (const encoding of ['utf8', 'latin1', 'ascii', 'ucs2', 'hex', 'base64', 'base64url']) {
      const whole = Buffer.from(s, encoding);
      const part = Buffer.alloc(random(20), 0xee);
      const written = part.write(s, 0, random(20) % (part.length + 1), encoding);
      parts.push(whole.toString('hex'), written, part.toString('hex'), Buffer.byteLength(s, encoding),
        whole.toString(encoding),
                 new Uint8Array(part).length);
    }
  }
  console.log(round, digest(parts));
}
