'use strict';
// --env-file and process.loadEnvFile(): what a file may hold, and files that are not there.
const { command, file } = require('../common/command');

file('.env', `A=1
NODE_OPTIONS=--title=fromfile
B="x
y"
C=\`q\`
# comment
export D = d # comment
E='s # not a comment'
F=$A
G="a\\nb"
H=
I
J= sp ${''}
=x
K="unclosed
L=1
M="two" words
 N=indented
A=2
`);
file('second.env', 'A=second\nZ=z\n');
const print = 'console.log(process.title, JSON.stringify(Object.entries(process.env).filter(([k]) => k.length === 1)))';

command(['--env-file=.env', '-e', print]);
command(['--env-file', '.env', '-e', print]);
command(['-e', print, '--env-file=.env']);
command(['--env-file=.env', '--env-file=second.env', '-e', print]);
command(['--env-file=.env', '-e', print], { env: { A: 'kept', NODE_OPTIONS: '--title=kept' } });
command(['--env-file=missing', '-e', print]);
command(['--env-file-if-exists=missing', '-e', print]);
command(['--env-file']);
command(['-e', `process.loadEnvFile(); process.title = 'x'; ${print}`]);
command(['-e', `process.env.A = 'kept'; process.loadEnvFile('second.env'); process.title = 'x'; ${print}`]);
command(['-e', 'try { process.loadEnvFile("missing") } catch (e) { console.log(e.message, e.code, e.syscall) }']);
