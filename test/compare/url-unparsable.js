'use strict';
// A URL whose text the parser writes and then refuses: nothing that reads it again may crash.

const url = require('url');

const text = 'http:\u{1F600}xn-';
const values = { hostname: 'example.com', port: '8080', search: '?search', hash: '#hash' };
for (const [name, value] of Object.entries(values)) {
  const object = new URL(text);
  object[name] = value;
  console.log(name, typeof object.href);
}
console.log(url.format(new URL(text)));
