'use strict';
// Wrong arguments of `torc bench` end it with code 9 and a sentence that names what is wrong.
const assert = require('assert');
const fs = require('fs');
const { server, torc } = require('../common/bench');

const URL_GIVEN = ['--url', 'http://127.0.0.1:1/'];

const wrong = [
  [[], /which server\?/],
  [[server], /--url is missing/],
  [[server, '--url', 'nonsense'], /--url is not a URL: 'nonsense'/],
  [[server, '--url', 'https://localhost/'], /--url must begin with http:\/\/, not https:/],
  [['nowhere.js', ...URL_GIVEN], /there is no 'nowhere\.js'/],
  [[server, server, ...URL_GIVEN], /one server at a time/],
  [[server, ...URL_GIVEN, '--conections', '1'], /Unknown option '--conections'/],
  [[server, ...URL_GIVEN, '--connections', '1,many'], /--connections must be a whole number .* not 'many'/],
  [[server, ...URL_GIVEN, '--connections', '0'], /--connections must be a whole number from 1 /],
  [[server, ...URL_GIVEN, '--rounds=-1'], /--rounds must be a whole number from 1 /],
  [[server, ...URL_GIVEN, '--seconds=0.5'], /--seconds must be a whole number/],
  [[server, ...URL_GIVEN, '--loader', 'ab'], /--loader must be one of auto, wrk, oha, own, not 'ab'/],
  [[server, ...URL_GIVEN, '--cpus', '2-0'], /--cpus must be like/],
  [[server, ...URL_GIVEN, '--cpus', '4000'], /there is no processor 4000 here/],
  [[server, ...URL_GIVEN, '--output', '/nowhere/page.html'], /cannot write to the directory '\/nowhere'/],
  [[server, ...URL_GIVEN, '--output', '/'], /'\/' is a directory/],
];

(async () => {
  for (const [args, pattern] of wrong) {
    const { status, stdout, stderr } = await torc(args);
    assert.match(stderr, pattern);
    assert.match(stderr, /^torc bench: [^\n]+\ntorc bench --help shows/);
    assert.strictEqual(status, 9, args.join(' '));
    assert.strictEqual(stdout, '');
  }
  const help = await torc(['--help']);
  assert.strictEqual(help.status, 0);
  assert.match(help.stdout, /^usage: torc bench APP --url URL/);
  assert.deepStrictEqual(fs.readdirSync('.'), []);
})();
