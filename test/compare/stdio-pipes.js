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
    process.stdin.once('data', (d) => {
      console.log('first', d.length > 0);
      process.stdin.pause();
    });
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
  sh(`(sleep 0.2; echo late) | ${self} untouched | cat`);
  sh(`(echo one; sleep 2; echo two) | timeout 1 ${self} paused | cat`);
  sh(`${self} finish | cat`);
  sh(`${self} big | head -c 10 | wc -c`);
  const child = spawn(process.execPath, [__filename, 'upper'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (d) => {
    text += d;
    if (text === 'X') child.stdin.end('y');
  });
  child.on('close', (code) => {
    console.log(code, text);
    fs.rmSync(dir, { recursive: true });
  });
  child.stdin.write('x');
}
