'use strict';
// Datagrams: sizes, senders, connected sockets, lists of buffers, errors, options.
const dgram = require('dgram');

function show(name, err) {
  console.log(name, err.name, err.code, err.syscall, err.address);
}
const server = dgram.createSocket('udp4');
const got = [];
server.on('message', (data, info) => {
  got.push([data.length, String(data.subarray(0, 10)), info.family, info.address, info.size]);
  if (String(data) !== 'echo') return;
  server.send('answer', info.port, info.address);
});
server.bind(0, '127.0.0.1', () => {
  const { address, family, port } = server.address();
  console.log(address, family, port > 0);
  const client = dgram.createSocket('udp4');
  client.on('message', (data, info) => {
    console.log('client got', String(data), info.port === port);
    errors(client, port);
  });
  client.send('text', port, '127.0.0.1', (err, bytes) => {
    console.log(err, bytes);
    client.send([Buffer.from('a'), 'bc', new Uint8Array([100])], port, '127.0.0.1', () => {
      client.send(Buffer.alloc(60000, 'big'), 100, 50000, port, '127.0.0.1', () => {
        client.send('', port, '127.0.0.1', () => {
          client.connect(port, '127.0.0.1', () => {
            console.log(client.remoteAddress().address);
            client.send('connected', () => client.send('echo'));
          });
        });
      });
    });
  });
});

function errors(client, port) {
  client.disconnect();
  client.setTTL(10);
  client.setBroadcast(true);
  client.setMulticastTTL(3);
  client.setMulticastLoopback(false);
  for (const bad of [() => client.setTTL(0), () => client.setMulticastInterface('nowhere'),
                     () => client.addMembership('1.2.3.4'), () => client.remoteAddress()]) {
    try {
      bad();
      console.log('no error');
    } catch (err) {
      console.log(err.name, err.code, err.syscall, err.message);
    }
  }
  client.send(Buffer.alloc(70000), port, '127.0.0.1', (err) => {
    show('too big', err);
    const second = dgram.createSocket('udp4');
    second.on('error', (err) => {
      show('in use', err);
      second.close();
      client.close(() => console.log('client closed'));
      server.close(() => {
        console.log(got);
        const v6 = dgram.createSocket({ type: 'udp6', ipv6Only: true });
        v6.on('error', (err) => show('v6', err));
        v6.bind(0, '::1', () => {
          console.log(v6.address().address, v6.address().family);
          v6.on('message', (d, info) => {
            console.log(String(d), info.address);
            v6.unref();
            filters();
          });
          v6.send('to myself', v6.address().port, '::1');
        });
      });
    });
    second.bind(port, '127.0.0.1');
  });
}

// What setters and disconnect() change is seen in what arrives.
function filters() {
  const group = '224.0.0.114';
  const log = [];
  const member = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  const other = dgram.createSocket('udp4');
  member.on('message', (d) => {
    log.push(String(d));
    if (log.at(-1) === 'after disconnect') member.send('end', other.address().port, '127.0.0.1');
    if (log.at(-1) !== 'end') return;
    console.log(log);
    member.close();
    other.close();
  });
  member.bind(0, () => {
    const { port } = member.address();
    member.addMembership(group, '127.0.0.1');
    other.send('not allowed', port, '127.255.255.255', (err) => {
      console.log(err.code);
      other.setBroadcast(true);
      other.setMulticastInterface('127.0.0.1');
      other.send('broadcast', port, '127.255.255.255', () => {
        other.send('to the group', port, group, () => {
          other.connect(9, '127.0.0.1', () => {
            other.disconnect();
            other.on('message', (d) => member.emit('message', d));
            other.send('after disconnect', port, '127.0.0.1');
          });
        });
      });
    });
  });
}
