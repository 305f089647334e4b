'use strict';
var foo = require('fs');
let never = 1;
if (foo == null) console.log(never);
module.exports = function (a, b) {
  if (a) { if (b) { return 1; } else if (a > b) { return 2; } }
  return a ? b : foo;
};
