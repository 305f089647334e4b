// Flags: --expose-internals --no-warnings
'use strict';
// Terminal columns of every character (as runs of equal width), and of joined emoji.
const { internalBinding } = require('internal/test/binding');
const { getStringWidth } = internalBinding('icu');

let first = 0;
let last;
for (let c = 0; c <= 0x110000; c++) {
  const widths = c < 0x110000 ? [false, true].map((wide) => getStringWidth(String.fromCodePoint(c),
    wide)).join() : 'end';
  if (widths === last) continue;
  if (c > 0) console.log(first.toString(16), (c - 1).toString(16), last);
  first = c;
  last = widths;
}
for (const s of ['👨‍👩‍👧', 'a\u200db', '👨‍🏽', '👨🏽', '❤️‍🔥', '🏳️‍🌈',
  '🇩🇪', '1️⃣', '\ud800', '\u200d\u200d👨', 'é\u200d👨', '']) {
  console.log(s, [undefined, true, false].flatMap((wide) => [undefined, true, false].map((parts) => getStringWidth(s,
    wide, parts))).join());
}
