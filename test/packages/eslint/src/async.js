'use strict';
const twice = { a: 1, a: 2 };
// eslint-disable-next-line no-unused-vars
async function never() { await 1; return; console.log('unreachable'); }
class A { constructor() { this.x = 1; } get y() {} }
switch (twice.a) { case 1: let z = 1; case 1: console.log(z); }
