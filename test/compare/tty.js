'use strict';
// A terminal made by script(1): stream types, size, raw mode, restoring, output in order.
const { spawn, execSync } = require('child_process');

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
  const self = `'${process.execPath}' '${__filename}'`;
  // Types what is typed when the program has printed the prompt.
  const run = (command, prompt, typed) => new Promise((resolve) => {
    const child = spawn('script', ['-qec', `stty rows 30 cols 100; ${command}`, '/dev/null'],
                        { stdio: [prompt ? 'pipe' : 'ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (d) => {
      text += d;
      if (!prompt || !text.includes(prompt)) return;
      prompt = '';
      child.stdin.write(typed);
    });
    child.on('close', (code) => {
      console.log(command.replaceAll(self, 'self'), code);
      console.log(text.length > 3000 ? [text.length, text.slice(-20)] : JSON.stringify(text));
      resolve();
    });
  });
  run(`${self} types`)
    .then(() => run(`stty -echo; ${self} raw`, 'READY', 'q'))
    .then(() => run(`${self} leave; echo $?; stty -a | grep -o -e '-*icanon' -e '-*echo\\b'`))
    .then(() => run(`${self} big`))
    .then(() => run(`${self} line`, 'name? ', 'you\r'));
}
