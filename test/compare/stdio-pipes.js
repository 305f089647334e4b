'use strict';
// stdin and stdout as pipes, files, sockets: types, order, large output, end of input.
const { spawnSync, spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const kinds = {
  print() {
    for (let i = 0; i < 5; i++) {
      console.log(`out ${i}`);
      console.error(`err ${i}`);
    }
    process.stdout.write('no newline');
    process.exit(5);
  },
  types() {
    const show = (s) => `${s.constructor.name} ${s._type} ${s.fd} ${s.isTTY} ${s.writable} ${s.readable}`;
    console.log(`${show(process.stdin)}\n${show(process.stdout)}\n${show(process.stderr)}`);
    process.stdin.destroy();
  },
  big() {
    process.stdout.write('b'.repeat(3000000), () => process.stdout.write('done'));
  },
  upper() {
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (d) => process.stdout.write(d.toUpperCase()));
    process.stdin.on('end', () => console.log('END'));
  },
  untouched() {
    console.log('stdin is left alone');
  },
  paused() {
    let paused = false;
    process.stdin.on('data', (d) => {
      console.log(String(d), paused);
      if (String(d) !== 'x') return;
      process.stdin.pause();
      paused = true;
      setTimeout(() => {
        paused = false;
        process.stdin.resume();
      }, 20);
    });
    process.stdin.on('end', () => console.log('end'));
  },
  finish() {
    process.stdout.on('finish', () => console.error('never'));
    try {
      process.stdout.end('bye', () => console.error('ended'));
    } catch (err) {
      console.error(err.code);
    }
  },
};

if (process.argv[2]) {
  kinds[process.argv[2]]();
} else {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'stdio-'));
  const file = path.join(dir, 'file');
  const self = `'${process.execPath}' '${__filename}'`;
  const sh = (command, input) => {
    const r = spawnSync('sh', ['-c', command], { input, maxBuffer: 1e8, encoding: 'utf8' });
    const out = r.stdout.length > 2000 ? `${r.stdout.length} bytes, ${r.stdout.slice(-10)}` : r.stdout;
    console.log(`$ ${command.replaceAll(self, 'self').replaceAll(dir, 'DIR')}\n${out}`, r.status, r.stderr);
  };
  sh(`${self} print 2>&1 | cat`);
  sh(`${self} print > ${file} 2>&1; cat ${file}`);
  sh(`cat /dev/null | ${self} types 2>&1 | cat`);
  sh(`${self} types < ${file} > ${file}.2 2>&1; cat ${file}.2`);
  sh(`${self} types < /dev/null 2> /dev/null`);
  sh(`${self} big | cat`);
  sh(`${self} big | (sleep 0.2; cat)`);
  sh(`${self} big > ${file}; wc -c < ${file}`);
  sh(`printf 'a b' | ${self} upper | cat`);
  sh(`${self} upper < ${file}.2 | cat`);
  sh(`${self} upper`, 'through a socket');
  sh(`${self} finish | cat`);
  sh(`${self} big | head -c 10 | wc -c`);
  // The first ends although its stdin is still open.
  const piped = (kind, onData) => new Promise((resolve) => {
    const child = spawn(process.execPath, [__filename, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (d) => {
      text += d;
      onData?.(text, child.stdin);
    });
    child.on('close', (code) => {
      console.log(kind, code, text);
      resolve();
    });
    child.stdin.on('error', () => {}); // it may be gone before it has read this
    child.stdin.write('x');
  });
  piped('untouched')
    .then(() => piped('paused', (text, stdin) => { if (text === 'x false\n') stdin.end('y'); }))
    .then(() => piped('upper', (text, stdin) => { if (text === 'X') stdin.end('y'); }))
    .then(() => fs.rmSync(dir, { recursive: true }));
}
