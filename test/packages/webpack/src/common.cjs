exports.name = 'common';
exports.fail = () => {
  throw new Error('on purpose');
};
