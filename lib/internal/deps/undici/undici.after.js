
// torc: undici has V8 watch every response, to cancel a body that nobody can read any more. Whatever is watched lives
// through collections of the young generation, with all that it can see. Nearly all bodies are read as soon as they
// are there, and then there is nothing to cancel: what is watched are those that nobody has touched a tick later.
{
  const { isDisturbed } = require('node:stream');
  const { async_hook_fields: hookFields, constants: { kInit } } = internalBinding('async_wrap');
  const { streamRegistry } = require_body();
  const { register } = streamRegistry;
  const { nextTick } = process;
  let fresh = []; // response, WeakRef of its stream, ...

  const watchUntouched = () => {
    const list = fresh;
    fresh = [];
    for (let i = 0; i < list.length; i += 2) {
      if (!isDisturbed(list[i + 1].deref())) register.call(streamRegistry, list[i], list[i + 1]);
    }
  };

  streamRegistry.register = (response, stream) => {
    if (hookFields[kInit] > 0) {
      // Who watches ticks does not see ours.
      register.call(streamRegistry, response, stream);
      return;
    }
    if (fresh.push(response, stream) === 2) nextTick(watchUntouched);
  };
}
