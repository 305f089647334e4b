'use strict';
// TextDecoder's encodings that ICU decodes: pieces, errors, byte order marks.
const { step, run } = require('../common/show');

const encodings = ['utf-16le', 'utf-16be', 'gb18030', 'gbk', 'big5', 'euc-jp', 'shift_jis', 'euc-kr', 'iso-2022-jp',
                   'x-user-defined', 'replacement', 'no-such-encoding'];
const pieces = [[0x41], [0x42, 0], [0xfe, 0xff, 0, 0x41], [0xff, 0xfe, 0x41, 0], [0xa4, 0xa2], [0x81],
                [0x81, 0x30, 0x81, 0x30], [0x1b, 0x24, 0x42, 0x24, 0x22], [0x88, 0x62], []];

// Node 24 throws for no input while some is pending, although the decoder is not fatal: it has no room.
const isTooMuchForNode = (encoding, piece) => encoding.startsWith('gb') && piece.length === 0;

for (const encoding of encodings) {
  for (const options of [{}, { fatal: true }, { ignoreBOM: true }]) {
    for (const stream of [true, false]) {
      let decoder;
      step(`${encoding} ${JSON.stringify(options)}`, () => {
        decoder = new TextDecoder(encoding, options);
        return [decoder.encoding, decoder.fatal, decoder.ignoreBOM];
      });
      for (const piece of pieces) {
        if (isTooMuchForNode(encoding, piece)) continue;
        step(`${encoding} ${piece} ${stream}`, () => decoder?.decode(new Uint8Array(piece), { stream }));
      }
      step('end', () => decoder?.decode());
      step('ArrayBuffer', () => decoder?.decode(new Uint8Array([0x41, 0x41]).buffer));
      step('DataView', () => decoder?.decode(new DataView(new ArrayBuffer(4))));
      step('string', () => decoder?.decode('x'));
    }
  }
}
run();
