'use strict';
// Signal events; a watched signal does not kill, an unwatched one does; they keep nothing alive.
const { spawn } = require('child_process');

process.on('SIGUSR2', (name, number) => {
  console.log('got', name, number);
  process.kill(process.pid, 'SIGHUP');
});
process.once('SIGHUP', (name) => {
  console.log('once', name);
  process.on('SIGTERM', () => {
    console.log('term 1');
    process.removeAllListeners('SIGTERM');
    const child = spawn(process.execPath, ['-e',
      'process.on("SIGTERM", () => {}); process.removeAllListeners("SIGTERM");' +
      'console.log("ready"); setInterval(() => {}, 1000)']);
    child.stdout.once('data', () => child.kill());
    child.on('exit', (code, signal) => {
      console.log('child', code, signal);
      clearInterval(timer);
    });
  });
  process.kill(process.pid, 'SIGTERM');
});
const timer = setInterval(() => {}, 1000);
process.kill(process.pid, 'SIGUSR2');
try {
  process.on('SIGKILL', () => {});
} catch (err) {
  console.log(err.message, err.code, err.syscall);
}
