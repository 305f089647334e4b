'use strict';
// A terminal made by script(1): stream types, size, raw mode, restoring, output in order.
const { spawnSync, execSync } = require('child_process');

const kinds = {
  types() {
    for (const name of ['stdin', 'stdout', 'stderr']) {
      const s = process[name];
      console.log(name, s.constructor.name, s.isTTY, s.fd, s.isRaw, s.columns, s.rows);
    }
    console.error('to stderr');
    console.log(process.stdout.getWindowSize(), process.stdout.getColorDepth({ TERM: 'xterm-256color' }));
    process.stdin.destroy();
  },
  raw() {
    process.stdin.setRawMode(true);
    console.log('raw', process.stdin.isRaw, execSync('stty -a', { stdio: [0, 'pipe', 'pipe'] })
      .toString().match(/-?(icanon|isig)\b/g));
    console.log('READY');
    process.stdin.once('data', (d) => {
      console.log('got', JSON.stringify(String(d)));
      process.stdin.setRawMode(false);
      console.log('cooked', process.stdin.isRaw);
      process.exit(0);
    });
  },
  leave() {
    process.stdin.setRawMode(true);
    process.exit(4);
  },
  big() {
    for (let i = 0; i < 200; i++) process.stdout.write(`${i}:${'x'.repeat(500)}\n`);
    process.exit(0);
  },
  line() {
    const rl = require('readline').createInterface({ input: process.stdin, output: process.stdout });
    rl.question('name? ', (answer) => {
      console.log(`hello ${answer}`);
      rl.close();
    });
  },
};

if (process.argv[2]) {
  kinds[process.argv[2]]();
} else {
  const run = (command, input) => {
    const r = spawnSync('script', ['-qec', `stty rows 30 cols 100; ${command}`, '/dev/null'],
                        { input, encoding: 'utf8' });
    const text = r.stdout;
    console.log(command.replaceAll(self, 'self'), r.status, r.error?.code);
    console.log(text.length > 3000 ? [text.length, text.slice(-20)] : JSON.stringify(text));
  };
  const self = `'${process.execPath}' '${__filename}'`;
  run(`${self} types`);
  run(`(sleep 1; printf q) | script -qec "stty -echo; ${self} raw" /dev/null`);
  run(`${self} leave; echo $?; stty -a | grep -o -e '-*icanon' -e '-*echo\\b'`);
  run(`${self} big`);
  run(`(sleep 1; printf 'you\\r') | script -qec "${self} line" /dev/null`);
}
