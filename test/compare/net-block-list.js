'use strict';
// net.BlockList and net.SocketAddress, and their clones.
const { BlockList, SocketAddress } = require('net');
const { inspect } = require('util');
const { run, step } = require('../common/show');

const probes = [['1.2.3.4'], ['1.2.3.5'], ['10.0.0.5'], ['10.0.0.10'], ['192.168.4.4'], ['255.255.255.255'],
  ['0.0.0.0'], ['::1', 'ipv6'], ['::ffff:1.2.3.4', 'ipv6'],
                ['::ffff:a00:5', 'ipv6'], ['fe80::1', 'ipv6'], ['fe80:0:0:1::', 'ipv6'], ['1:2::', 'ipv6'], ['bad'],
                ['1.2.3.4', 'ipv6'], ['::1']];
const checks = (list) => probes.map((p) => list.check(...p));

const rules = [
  ['addAddress', '1.2.3.4'], ['addAddress', '::1', 'ipv6'], ['addAddress', '::ffff:1.2.3.4', 'ipv6'], ['addRange',
    '10.0.0.1', '10.0.0.9'],
  ['addRange', '10.0.0.9', '10.0.0.1'], ['addRange', '10.0.0.9', '10.0.0.9'], ['addRange', '::ffff:10.0.0.1',
    '::ffff:10.0.0.9', 'ipv6'], ['addRange', '::', 'ffff::', 'ipv6'],
  ['addSubnet', '192.168.0.0', 16], ['addSubnet', '1.2.3.4', 0], ['addSubnet', '1.2.3.4', 31], ['addSubnet', '1.2.3.4',
    13], ['addSubnet', 'fe80::', 64, 'ipv6'],
  ['addSubnet', '::', 0, 'ipv6'], ['addSubnet', '::ffff:1.2.0.0', 112, 'ipv6'], ['addSubnet', 'fe80::', 129, 'ipv6'],
  ['addSubnet', '1.1.1.1', 33], ['addSubnet', '1.1.1.1', -1],
  ['addAddress', 'bad'], ['addAddress', 5], ['addAddress', '::1'], ['addAddresses', ['5.5.5.5']], ['addAddresses', 'x'],
  ['addCIDR', '10.0.0.0/8'], ['addCIDR', 'fe80::/10'],
  ['addCIDR', '1.1.1.1'], ['addCIDRs', ['1.0.0.0/8', 'fc00::/7']],
];
for (const [method, ...args] of rules) {
  step(`${method} ${args}`, () => {
    const list = new BlockList();
    list[method](...args);
    return [list.rules, list.size, checks(list)];
  });
}
step('all', () => {
  const list = new BlockList();
  list.addSubnet('10.0.0.0', 8);
  list.addRange('1::', '2::', 'ipv6');
  list.addAddress('9.9.9.9');
  list.addAddress('9.9.9.9');
  list.addRange('1.1.1.1', '1.1.1.9');
  list.addSubnet('fe80::', 10, 'ipv6');
  const before = list.rules;
  list.removeAddress?.('9.9.9.9');
  list.removeRange?.('1.1.1.1', '1.1.1.8');
  list.removeRange?.('1.1.1.1', '1.1.1.9');
  list.removeSubnet?.('10.1.0.0', 8);
  list.removeSubnet?.('fe80::', 10, 'ipv6');
  const after = list.rules;
  const json = list.toJSON();
  const copy = new BlockList();
  copy.fromJSON(json);
  list.clear?.();
  return [before, after, copy.rules, list.rules];
});
step('a clone shares the rules', () => {
  const list = new BlockList();
  const copy = structuredClone(list);
  copy.addAddress('9.9.9.9');
  return [list.rules, copy.check('9.9.9.9'), BlockList.isBlockList(copy), inspect(copy)];
});
for (const options of [undefined, {}, { address: '1.2.3.4', port: 80 }, { family: 'ipv6' },
  { address: '0:0:0:0:0:0:0:1', family: 'ipv6', port: 65535, flowlabel: 7 },
                       { address: '::ffff:1.2.3.4', family: 'ipv6' }, { address: '1.2.3', port: 1 }, { address: '::1' },
                       { port: 65536 }, { family: 'x' }, { flowlabel: -1 }]) {
  step(`SocketAddress ${JSON.stringify(options)}`, () => {
    const address = new SocketAddress(options);
    return [address.address, address.port, address.family, address.flowlabel, inspect(address), address.toJSON(),
      inspect(structuredClone(address))];
  });
}
for (const text of ['1.2.3.4', '1.2.3.4:80', '[::1]:8', '[::1]', '::1', 'x', '']) step(`parse ${text}`,
  () => SocketAddress.parse(text)?.toJSON());
run();
