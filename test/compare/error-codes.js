// Flags: --expose-internals
'use strict';
// The classes behind error codes: of a few bases, with variants, for the system's errors; whoever asks first.
const { codes, E, SystemError } = require('internal/errors');

function show(name, ErrClass, ...args) {
  const error = new ErrClass(...args);
  console.log(name, ErrClass.name, Object.keys(ErrClass), Object.getPrototypeOf(ErrClass).name);
  console.log(String(error), error.code, error.name, error.constructor.name, Object.keys(error));
  console.log(error instanceof ErrClass);
}

const asked = {
  ERR_INVALID_ARG_TYPE: ['name', 'string', 1],
  ERR_INVALID_ARG_VALUE: ['name', 1],
  ERR_HTTP_HEADERS_SENT: ['set'],
  ERR_HTTP2_STREAM_CANCEL: [new Error('cause')],
  ERR_UNKNOWN_ENCODING: ['none'],
  ERR_TLS_PROTOCOL_VERSION_CONFLICT: ['a', 'b'],
  ERR_OUT_OF_RANGE: ['n', '> 0', 0],
  ERR_FALSY_VALUE_REJECTION: ['no'],
};
/(.)b/.exec('abc');
console.log(codes.ERR_VM_MODULE_STATUS.name, codes.ERR_METHOD_NOT_IMPLEMENTED.name, RegExp.$1, RegExp.input);
for (const [name, args] of Object.entries(asked)) {
  console.log(name in codes, codes[name] === codes[name]);
  show(name, codes[name], ...args);
  if (codes[name].HideStackFramesError) show(`${name}, hidden`, codes[name].HideStackFramesError, ...args);
}
show('RangeError', codes.ERR_INVALID_ARG_VALUE.RangeError, 'name', 1);

const context = { code: 'ENOENT', message: 'no file', syscall: 'open', errno: 2, path: 'a' };
const { ERR_FS_CP_EINVAL } = codes;
const error = new ERR_FS_CP_EINVAL(context);
console.log(error instanceof SystemError, error.message, error.info);

console.log(codes.ERR_NOT_THERE, 'ERR_NOT_THERE' in codes, codes.toString === Object.prototype.toString);
E('ERR_NOT_THERE', 'now %s', TypeError);
show('ERR_NOT_THERE', codes.ERR_NOT_THERE, 'it is');
console.log(Object.keys(codes).includes('ERR_NOT_THERE'));
