'use strict';
// Variables that stand for options.
const { command } = require('../common/command');

const warn = 'process.emitWarning("careful"); new Buffer(1); Buffer.from([]).parent';
command(['-e', warn]);
command(['-e', warn], { env: { NODE_NO_WARNINGS: '1' } });
command(['--no-warnings', '-e', warn]);
command(['--no-deprecation', '-e', warn]);
command(['--throw-deprecation', '-e', warn], { show: [] });
command(['--disable-warning=DEP0005', '-e', warn]);
command(['-e', 'process.env.X = {}; console.log(process.env.X)'], { env: { NODE_PENDING_DEPRECATION: '1' } });
command(['-e', 'process.env.X = {}; console.log(process.env.X)']);
command(['-e', `${warn}; process.on("exit", () => console.log(fs.readFileSync("w.txt", "utf8").length > 0))`],
        { env: { NODE_REDIRECT_WARNINGS: 'w.txt' } });
command(['-p', 'new Date(0).getHours()'], { env: { TZ: 'Asia/Tokyo' } });
command(['-p', '[new Date(0).getHours(), process.env.TZ = "UTC", new Date(0).getHours()].join()'],
        { env: { TZ: 'Asia/Tokyo' } });
command(['-p', 'util.debuglog("x").enabled'], { env: { NODE_DEBUG: 'x' } });
