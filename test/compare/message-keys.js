'use strict';
// Secret keys of both kinds in messages: through a channel, to a thread and back, to other readers, into another
// context, and again after the first was cloned.
const { createSecretKey, createHmac, KeyObject, subtle } = require('crypto');
const {
  BroadcastChannel, MessageChannel, Worker, moveMessagePortToContext, receiveMessageOnPort,
} = require('worker_threads');
const { createContext } = require('vm');
const { isKeyObject, isCryptoKey } = require('util').types;

const hmac = (key) => createHmac('sha256', key).update('text').digest('hex');
const sign = async (key) => Buffer.from(await subtle.sign('HMAC', key, Buffer.from('text'))).toString('hex');

function throughChannel(value, transfer) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value, transfer);
  const { message } = receiveMessageOnPort(port2);
  port1.close();
  return message;
}

async function main() {
  const key = createSecretKey(Buffer.from('a secret'));
  const empty = createSecretKey(Buffer.alloc(0));
  const web = await subtle.importKey(
    'raw', Buffer.from('a web secret'), { name: 'HMAC', hash: 'SHA-384' }, false, ['sign']);

  const twice = throughChannel({ first: key, second: key, empty, web });
  console.log(twice.first === twice.second, twice.first === key, twice.first.equals(key), twice.empty.symmetricKeySize);
  console.log(isKeyObject(twice.first), isCryptoKey(twice.web), twice.first instanceof KeyObject);
  console.log(Reflect.ownKeys(twice.first), Reflect.ownKeys(twice.web));
  console.log(twice.web, hmac(twice.first) === hmac(key), await sign(twice.web) === await sign(web));
  console.log(throughChannel(throughChannel(key)).equals(key), structuredClone(web).usages);
  await subtle.exportKey('raw', structuredClone(web)).catch((error) => console.log(error.name, error.message));
  try {
    throughChannel(key, [key]);
  } catch (error) {
    console.log(error.name, error.message);
  }

  const worker = new Worker(`
    const { parentPort } = require('worker_threads');
    parentPort.once('message', ({ key, web }) => {
      parentPort.postMessage({ key, web, bytes: key.export(), algorithm: web.algorithm, usages: web.usages });
    });`, { eval: true });
  worker.postMessage({ key, web });
  const back = await new Promise((resolve) => worker.once('message', resolve));
  console.log(back.key.equals(key), await sign(back.web) === await sign(web), back.bytes, back.algorithm, back.usages);

  const from = new BroadcastChannel('keys'), reader = new BroadcastChannel('keys');
  const heard = new Promise((resolve) => { reader.onmessage = ({ data }) => resolve(data); });
  from.postMessage(key);
  console.log((await heard).equals(key));
  const other = new BroadcastChannel('keys');
  try {
    from.postMessage(key); // to two
  } catch (error) {
    console.log(error.name, error.message);
  }
  for (const channel of [from, reader, other]) channel.close();

  const { port1, port2 } = new MessageChannel();
  const moved = moveMessagePortToContext(port2, createContext());
  const failed = new Promise((resolve) => { moved.onmessageerror = ({ data }) => resolve(data); });
  moved.start();
  port1.postMessage(key);
  const error = await failed;
  console.log(error.code);
  port1.close();
}

main();
