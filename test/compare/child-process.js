'use strict';
// spawn, exec, fork without messages to a handle, spawnSync: results, errors, stdio in all forms.
const { spawn, exec, execFile, spawnSync, execSync, execFileSync, fork } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'child-'));

// The directory's name differs from run to run.
function print(...values) {
  console.log(...values.map((v) => typeof v === 'string' ? v.replaceAll(dir, 'DIR') : v));
}
function show(name, err) {
  print(name, err.name, err.message, err.code, err.errno, err.syscall, err.path, err.spawnargs);
}

function collect(child, done) {
  const log = [];
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (d) => out += d);
  child.stderr?.setEncoding('utf8').on('data', (d) => err += d);
  child.on('error', (e) => show('error', e));
  child.on('exit', (code, signal) => log.push(`exit ${code} ${signal}`));
  child.on('close', (code, signal) => {
    log.push(`close ${code} ${signal}`);
    print(log.join(', '), JSON.stringify(out), JSON.stringify(err), child.exitCode,
                child.signalCode, child.killed, child.spawnfile);
    done();
  });
}

const steps = [
  (next) => {
    const child = spawn('sh', ['-c', 'cat; echo err >&2; exit 7']);
    console.log(child.pid > 0, child.spawnargs);
    child.stdin.end('input');
    collect(child, next);
  },
  (next) => {
    const child = spawn('sleep', ['100']);
    collect(child, next);
    console.log('kill', child.kill());
  },
  (next) => {
    const child = spawn('sleep', ['100']);
    collect(child, next);
    console.log('kill', child.kill('SIGKILL'), child.kill(0));
  },
  (next) => {
    const child = spawn(path.join(dir, 'none'), ['a']);
    child.on('error', (err) => {
      show('no program', err);
      console.log(child.pid);
      next();
    });
  },
  (next) => {
    fs.writeFileSync(path.join(dir, 'plain'), 'echo from plain $1\n');
    spawn(path.join(dir, 'plain')).on('error', (err) => {
      show('not executable', err);
      fs.chmodSync(path.join(dir, 'plain'), 0o755);
      collect(spawn(path.join(dir, 'plain'), ['arg']), next);
    });
  },
  (next) => {
    collect(spawn('pwd', { cwd: dir }), next);
  },
  (next) => {
    spawn('pwd', { cwd: path.join(dir, 'none') }).on('error', (err) => {
      show('no directory', err);
      next();
    });
  },
  (next) => {
    collect(spawn('sh', ['-c', 'echo $A $B'], { env: { A: '1', B: 'zwei', PATH: process.env.PATH } }), next);
  },
  (next) => {
    const file = path.join(dir, 'out');
    const fd = fs.openSync(file, 'w');
    const child = spawn('sh', ['-c', 'echo to fd 1; echo to fd 3 >&3; cat'], {
      stdio: ['ignore', fd, 'inherit', 'pipe'],
    });
    let extra = '';
    child.stdio[3].on('data', (d) => extra += d);
    child.on('close', (code) => {
      console.log(code, fs.readFileSync(file, 'utf8'), extra, child.stdin, child.stdout);
      fs.closeSync(fd);
      next();
    });
  },
  (next) => {
    exec('echo out; echo err >&2; exit 4', (err, stdout, stderr) => {
      console.log(err.code, err.killed, err.signal, err.cmd, stdout, stderr);
      next();
    });
  },
  (next) => {
    exec('sleep 50', { timeout: 50 }, (err) => {
      console.log(err.code, err.killed, err.signal);
      next();
    });
  },
  (next) => {
    execFile('sh', ['-c', 'yes | head -c 300000'], { maxBuffer: 1000 }, (err, stdout) => {
      console.log(err.code, err.message, stdout.length);
      next();
    });
  },
  (next) => {
    execFile('sh', ['-c', 'yes | head -c 3000000'], { maxBuffer: 1e7 }, (err, stdout) => {
      console.log(err, stdout.length);
      next();
    });
  },
  (next) => {
    const child = spawn('cat');
    const data = Buffer.alloc(1 << 20, 'some text');
    const parts = [];
    child.stdout.on('data', (d) => parts.push(d));
    child.stdin.end(data);
    child.on('close', () => {
      console.log('a megabyte through', Buffer.concat(parts).equals(data));
      next();
    });
  },
  (next) => {
    const child = fork(__filename, ['child'], { silent: true });
    collect(child, next);
    child.on('message', (m) => {
      console.log('parent got', m);
      if (m.answer === 3) child.disconnect();
      else child.send({ question: m.answer + 1 });
    });
    child.send({ question: 1, text: 'ä€' });
  },
  (next) => {
    let r = spawnSync('sh', ['-c', 'cat; echo e >&2; exit 2'], { input: 'in' });
    console.log(r.status, r.signal, String(r.stdout), String(r.stderr), r.output.length, r.error);
    r = spawnSync(path.join(dir, 'none'), ['x']);
    show('sync', r.error);
    console.log(r.status, r.signal, r.output, r.pid);
    r = spawnSync('sleep', ['50'], { timeout: 50, killSignal: 'SIGKILL' });
    console.log(r.status, r.signal, r.error.code, r.error.message);
    r = spawnSync('sh', ['-c', 'yes | head -c 100000'], { maxBuffer: 1000, encoding: 'utf8' });
    console.log(r.error.code, r.stdout.length >= 1000);
    r = spawnSync('sh', ['-c', 'yes | head -c 3000000'], { maxBuffer: Infinity });
    console.log(r.error, r.stdout.length, r.status);
    const big = Buffer.alloc(3000000, 'xy');
    console.log(execFileSync('cat', { input: big, maxBuffer: 1e7 }).equals(big));
    console.log(execSync('echo $0 sync', { encoding: 'utf8' }));
    try {
      execSync('echo bad >&2; exit 9', { stdio: 'pipe' });
    } catch (err) {
      console.log(err.status, err.message, String(err.stderr));
    }
    next();
  },
  () => fs.rmSync(dir, { recursive: true }),
];

if (process.argv[2] === 'child') {
  process.on('message', (m) => {
    console.log('child got', JSON.stringify(m));
    process.send({ answer: m.question });
  });
  process.on('disconnect', () => console.log('child disconnected'));
} else {
  (function next() {
    steps.shift()?.(next);
  })();
}
