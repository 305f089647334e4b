'use strict';
// URLPattern: what patterns mean is ada's business on both sides; this is about arguments, results and errors.
const p = new URLPattern('https://:sub.example.com/books/:id(\\d+)?');
const q = new URLPattern({ pathname: '/:id?' });

console.log(p, p.exec('https://a.example.com/books/12'), p.exec('https://a.example.com/books/x'));
for (const part of ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'])
  console.log(part, p[part], q[part]);
console.log(p.hasRegExpGroups, q.hasRegExpGroups);
console.log(q.exec({ pathname: '/a' }).inputs, q.exec('/a', 'https://y').inputs);
console.log(q.exec({ search: 'x', pathname: '/a', hash: 'y', baseURL: 'https://q', other: 1, port: undefined }));
console.log(new URLPattern({ pathname: '{/:id}?' }).exec({ pathname: '' }).pathname);
console.log(new URLPattern({ pathname: '/é' }).pathname, new URLPattern('https://a.b/c?d#e').hash);
console.log(new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test({ pathname: '/a' }));
console.log(new URLPattern({ pathname: '/A' }).test({ pathname: '/a' }));
console.log(new URLPattern({ pathname: '/([\\p{L}--a]+)' }).test({ pathname: '/b' }));
console.log(Object.getOwnPropertyNames(URLPattern.prototype), URLPattern.length);

const wrong = [
  () => URLPattern(), () => new URLPattern(1), () => new URLPattern({}, 1), () => new URLPattern({}, '', 1),
  () => new URLPattern('https://a', null, null), () => new URLPattern(Symbol('s')), () => new URLPattern('/a', '/b'),
  () => new URLPattern('/a', { ignoreCase: true }), () => new URLPattern('/(('),
  () => new URLPattern({ pathname: '/([z-a])' }), () => new URLPattern({ get pathname() { throw new Error('boom'); } }),
  () => new URLPattern('/a', 'https://x', { get ignoreCase() { throw new Error('boom'); } }),
  () => p.exec(1), () => p.exec('', 1), () => p.test(null, null), () => p.exec(null, null),
  () => p.test.call({}), () => Object.getOwnPropertyDescriptor(URLPattern.prototype, 'hash').get.call({}),
];
for (const fn of wrong) {
  try {
    console.log(`${fn}`, fn());
  } catch (error) {
    console.log(`${fn}`, error.code, error.name, error.message);
  }
}
