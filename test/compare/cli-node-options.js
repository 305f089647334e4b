'use strict';
// NODE_OPTIONS: words and quotes, what is allowed, and that the command line comes after it.
const { command, file } = require('../common/command');

file('r.js', 'console.log("preloaded")');
const show = ['-p', 'JSON.stringify([process.title, process.execArgv])'];

for (const NODE_OPTIONS of [
  '--title=abc', '--title="a b"', '--title "a b"', '"--title=a \\"q\\" b"', '--title=a\\b', "--title='a b'", '   ',
  '--title=x a.js', '-', '-r ./r.js --title=y', '--no-warnings --title=z', '--max-old-space-size=200 --title=m',
  '--abort_on_uncaught_exception --title=u', '--conditions=a -C b --title=c',
]) command(NODE_OPTIONS.includes('title') ? show : ['-p', '1'], { env: { NODE_OPTIONS } });

for (const NODE_OPTIONS of [
  '--foo', '-e 1', '--eval=1', '--', '-p', '-i', '--version', '--use-strict', '--require', '"--title=x', '"--title=x\\',
  '--inspect-port=80', '--unhandled-rejections=bad',
]) command(show, { env: { NODE_OPTIONS } });

command(['--title=line', ...show], { env: { NODE_OPTIONS: '--title=env' } });
