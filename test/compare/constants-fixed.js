'use strict';
// Programs can neither change nor delete what the system's constants are.

const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const zlib = require('zlib');

const objects = {
  'fs.constants': fs.constants, 'os.constants.signals': os.constants.signals,
  'os.constants.errno': os.constants.errno, 'crypto.constants': crypto.constants,
  'zlib.constants': zlib.constants,
};
for (const [name, object] of Object.entries(objects)) {
  const kinds = new Set(Object.values(Object.getOwnPropertyDescriptors(object))
    .map((item) => `writable ${item.writable}, configurable ${item.configurable}, enumerable ${item.enumerable}`));
  console.log(name, [...kinds].sort());
}
