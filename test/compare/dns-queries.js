'use strict';
// Queries of every kind against a server of our own; errors, cancel, time-outs, order of lookup().
const dgram = require('dgram');
const dns = require('dns');

function name(text) {
  return Buffer.concat([...text.split('.').map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])),
                        Buffer.from([0])]);
}
const u16 = (n) => Buffer.from([n >> 8, n & 255]);
const u32 = (n) => Buffer.concat([u16(n >>> 16), u16(n & 0xffff)]);
const str = (s) => Buffer.concat([Buffer.from([s.length]), Buffer.from(s)]);
const records = {
  1: [[1, Buffer.from([1, 2, 3, 4])], [1, Buffer.from([5, 6, 7, 8])]],
  2: [[2, name('ns.example')]],
  5: [[5, name('alias.example')]],
  6: [[6, Buffer.concat([name('ns.example'), name('admin.example'), u32(1), u32(2), u32(3), u32(4), u32(5)])]],
  12: [[12, name('host.example')]],
  15: [[15, Buffer.concat([u16(10), name('mail.example')])]],
  16: [[16, Buffer.concat([str('one'), str('two')])], [16, str('three')]],
  28: [[28, Buffer.from('20010db8000000000000000000000001', 'hex')]],
  33: [[33, Buffer.concat([u16(1), u16(2), u16(80), name('srv.example')])]],
  35: [[35, Buffer.concat([u16(1), u16(2), str('s'), str('SIP'), str(''), name('n.example')])]],
  52: [[52, Buffer.from([3, 1, 1, 9, 8, 7])]],
  257: [[257, Buffer.concat([Buffer.from([0]), str('issue'), Buffer.from('ca.example')])]],
};
records[255] = [1, 2, 6, 12, 15, 16, 28, 33, 35, 257].flatMap((t) => records[t]);

const server = dgram.createSocket('udp4');
server.on('message', (query, info) => {
  let end = 12;
  while (query[end]) end += query[end] + 1;
  const type = query.readUInt16BE(end + 1);
  const host = query.toString('latin1', 13, 13 + query[12]);
  if (host === 'silent') return;
  const answers = host === 'empty' ? [] : records[type] ?? [];
  const code = { nx: 3, broken: 2, refused: 5 }[host] ?? 0;
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(code ? 0 : answers.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const body = code ? [] : answers.map(([t, data]) =>
    Buffer.concat([Buffer.from([0xc0, 12]), u16(t), u16(1), u32(60), u16(data.length), data]));
  server.send(Buffer.concat([head, query.subarray(12, end + 5), ...body]), info.port, info.address);
});
server.bind(0, '127.0.0.1', async () => {
  const [resolver, impatient] = [{}, { tries: 1, timeout: 200 }].map((options) => {
    const made = new dns.promises.Resolver(options);
    made.setServers([`127.0.0.1:${server.address().port}`]);
    return made;
  });
  console.log(resolver.getServers().length);
  for (const type of ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV', 'TLSA', 'TXT', 'ANY'])
    console.log(type, await resolver.resolve('host.example', type).catch((e) => e.message));
  console.log(await resolver.resolve4('host.example', { ttl: true }));
  console.log(await resolver.resolve6('host.example', { ttl: true }));
  console.log(await resolver.reverse('9.9.9.9').catch((e) => e.code));
  for (const host of ['empty.example', 'nx.example', 'broken.example', 'refused.example', 'silent.example']) {
    await (host === 'silent.example' ? impatient : resolver).resolve4(host).catch((e) =>
      console.log(e.name, e.message, e.code, e.errno, e.syscall, e.hostname));
  }
  const slow = resolver.resolve4('silent.example').catch((e) => console.log(e.code));
  try {
    resolver.setServers(['1.1.1.1']);
  } catch (err) {
    console.log(err.code, err.message);
  }
  resolver.cancel();
  await slow;
  try {
    resolver.reverse('not an address').catch((e) => console.log(e.code));
  } catch (err) {
    console.log(err.name, err.code, err.syscall);
  }
  console.log(await dns.promises.lookup('localhost', { family: 4 }));
  console.log(await dns.promises.lookup('localhost', { all: true, order: 'ipv4first' }).then((l) => l[0]));
  await dns.promises.lookup('does-not-exist.invalid').catch((e) => console.log(e.code, e.syscall, e.hostname));
  console.log(await dns.promises.lookupService('127.0.0.1', 80).then((r) => r.service));
  server.close();
});
