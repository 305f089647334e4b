'use strict';

// How the bench looks into the server's processes: each preloads this function's text and then answers on a Unix
// socket in dir, when asked, with its counters. It does nothing between.

function probe(dir) {
  const net = require('net');
  net.createServer((socket) => {
    socket.on('error', () => {}); // Whoever asked is gone.
    socket.end(JSON.stringify(process.torc.io()));
  }).listen(`${dir}/${process.pid}.sock`).unref();
}

const fs = require('fs');
const net = require('net');
const path = require('path');

const ENDING = '.sock';
const ANSWER_LIMIT_MS = 2000;

// The file to preload. Answers will be in dir.
function write(dir) {
  const file = path.join(dir, 'probe.cjs');
  fs.writeFileSync(file, `'use strict';\n(${probe})(${JSON.stringify(dir)});\n`);
  return file;
}

function ask(file) {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(file).setEncoding('utf8');
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error('the server did not tell its counters')));
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('error', reject);
    socket.on('end', () => resolve(JSON.parse(text)));
  });
}

// The counters of all processes that preloaded it and still run.
async function counters(dir) {
  const all = [];
  for (const name of fs.readdirSync(dir)) {
    if (!name.endsWith(ENDING) || !fs.existsSync(`/proc/${name.slice(0, -ENDING.length)}`)) continue;
    all.push(await ask(path.join(dir, name)));
  }
  return all;
}

module.exports = { counters, write };
