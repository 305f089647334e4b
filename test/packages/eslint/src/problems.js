'use strict';
function unused() { return undefinedName; }
const twice = { a: 1, a: 2 };
for (const x of []) {}
while (true) { break; debugger }
try { JSON.parse('{'); } catch (e) { }
const regexp = /[/;
