'use strict';
// A FileHandle may be transferred: it works at the other end and is closed at this one.

const fs = require('fs/promises');
const { MessageChannel } = require('worker_threads');

async function main() {
  const handle = await fs.open(__filename);
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage({ handle }, [handle]);
  const { handle: moved } = await arrived;
  console.log(handle.fd, moved.constructor.name, (await moved.readFile('utf8')).slice(0, 12));
  await moved.close();
  for (const [what, list] of [['closed', [moved]], ['not listed', []]]) {
    const other = what === 'closed' ? moved : await fs.open(__filename);
    try {
      port1.postMessage(other, list);
      console.log(what, 'passes');
    } catch (error) {
      console.log(what, error.name, error.message);
    }
    await other.close();
  }
  port1.close();
}

main();
