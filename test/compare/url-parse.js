'use strict';
// WHATWG URLs: parsing with and without a base, every setter, formatting, origins, file URLs, domains.
const url = require('url');
const { run, step } = require('../common/show');

const inputs = [
  'http://user:pa%20ss@EXAMPLE.com:81/a/../b/./c%2e?q=1#h', 'https://x:443/', 'https://x:80', 'ftp://a:21/b',
  'ws://a:80', 'wss://a', 'file:///C:/x/..',
  'file://host/p', 'file:a', 'data:text/plain,hi there#x', 'javascript:alert(1)', 'blob:https://a.b/c', 'blob:d',
  'mailto:a@b', 'http:/a', 'http:a',
  'http://[::1]:8/', 'http://[1::2:3]', 'http://[::1', 'http://0x7f.1/', 'http://256.1.1.1', 'http://1.2.3',
    'http://a b/', 'http://a%00b/', 'http://测试.com/é?é#é',
  'http://a\tb/c\nd', '  http://a/  ', '', '/', '//x/y', '?q', '#h', '..', 'x:', 'x:/', 'x://', 'x://h:0',
  'http://a:65535', 'http://a:65536', 'http://:80',
  'http://a@b@c', 'http://a/\ud800', 'http://a/%', 'http://a/?%zz', 'http://a/b c?d e#f g', 'http://a/`{}|^~[]',
  'non-special://a b', 'http://a..b', 'http://-a', 'http://a_b',
  'http://' + 'a'.repeat(300) + '.com', 'h' + 'x'.repeat(500) + ':', 'http://a/' + '😀'.repeat(200),
];
const bases = [undefined, 'http://base/x/y?z#w', 'file:///b/c', 'data:x', 'about:blank', 'bad'];
const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
  'hash'];
const all = (u) => parts.map((p) => u[p]);

for (const input of inputs) {
  for (const base of bases) {
    const name = `${JSON.stringify(input.slice(0, 40))} ${base}`;
    step(`new ${name}`, () => all(new URL(input, base)));
    step(`canParse ${name}`, () => [URL.canParse(input, base), URL.parse(input, base)?.href]);
  }
  step(`error ${input.slice(0, 40)}`, () => {
    try {
      return new URL(input, 'bad').href;
    } catch (e) {
      return [e.code, e.input, e.base, Object.keys(e)];
    }
  });
}

const values = ['', 'x', 'https', 'file', 'ftp:', 'bad protocol', 'y.com', 'y.com:90', '[::2]:3', '8080', '99999',
  'abc', '80', '/p q', 'a?b#c', '?q=1', '#f', '%', 'é', 'a@b:c', '..', '\ud800', '\\x'];
for (const start of ['http://u:p@ex.com:81/a/b?c#d', 'file:///a', 'data:x?y#z', 'x://h', 'https://a']) {
  for (const part of parts) {
    for (const value of values) {
      step(`${start} ${part}=${JSON.stringify(value)}`, () => {
        const u = new URL(start);
        u[part] = value;
        return all(u);
      });
    }
  }
}

for (const href of ['http://u:p@测试.com:81/a?b#c', 'http://a/#', 'file:///x?y', 'data:x?y#z',
  'http://u@xn--mgba3gch31f.com/']) {
  for (const options of [undefined, {}, { unicode: true }, { auth: false }, { fragment: false }, { search: false },
                         { auth: false, fragment: false, search: false, unicode: true }]) {
    step(`format ${href} ${JSON.stringify(options)}`, () => url.format(new URL(href), options));
  }
}

const paths = ['/a b', '/#?%\\', '/\n\t\r', '/é😀', '/a//b/', '/[]{}|^~`"<>', '/%41', '/..', '/\ud800',
  '/:;=@&+$,!\'()*-._', '/\x01\x7f'];
for (const path of paths) {
  step(`path ${JSON.stringify(path)}`, () => [url.pathToFileURL(path).href,
    url.fileURLToPath(url.pathToFileURL(path))]);
  step(`windows path ${JSON.stringify(path)}`, () => [url.pathToFileURL(path, { windows: true }).href,
    url.pathToFileURL(`C:\\x${path}`, { windows: true }).href,
                                                      url.pathToFileURL(`\\\\srv\\share${path}`,
                                                        { windows: true }).href]);
}
step('bad UNC', () => url.pathToFileURL('\\\\srv', { windows: true }));
step('bad host', () => url.pathToFileURL('\\\\a b\\c', { windows: true }).href);

for (const domain of ['español.com', 'xn--espaol-zwa.com', 'xn--iñvalid.com', 'a b', '', 'EXAMPLE.com', 'a:80', '1.2',
  'ß.de', '☃', 'a..b', 'x/y', '[::1]', '\ud800']) {
  step(`domain ${JSON.stringify(domain)}`, () => [url.domainToASCII(domain), url.domainToUnicode(domain)]);
}

step('search params', () => {
  const u = new URL('http://a/?a=1&b=2');
  u.searchParams.append('c', 'd e+&');
  u.searchParams.delete('a');
  u.search = '?x';
  u.searchParams.sort();
  return [u.href, [...u.searchParams], JSON.stringify(u), String(u)];
});
step('inspect', () => [require('util').inspect(new URL('http://u:p@a:1/b?c#d')),
  require('util').inspect(new URLSearchParams('a=1&b'))]);
step('legacy', () => [url.parse('http://u:p@测试.com:81/a b?c=d#e', true), url.resolve('http://a/b/c', '../d'),
  url.urlToHttpOptions(new URL('http://u:p@a:1/b?c#d'))]);
step('not a URL', () => [URL.canParse(), url.format({ protocol: 'http', host: 'a', pathname: '/b c', query: { x: ['1',
  '2'] } })]);
run();
