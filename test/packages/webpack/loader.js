'use strict';
module.exports = function (source) {
  const done = this.async();
  setImmediate(() => done(null, `export default ${JSON.stringify(source.toUpperCase().trim())};`));
};
