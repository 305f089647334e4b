
// torc: a class for each code is a tenth of the heap that each start reads, and few are ever asked for. Those without
// variants are made when a module first takes them from `codes`, in the way E() makes them.
{
  const { ObjectGetPrototypeOf, ObjectPrototype, ObjectSetPrototypeOf, Proxy, ReflectGet, ReflectHas } = primordials;
  const bases = new SafeMap();

  // How many arguments a message takes. Without a regular expression: RegExp.$1 and the like are the program's by now.
  getExpectedArgumentLength = (message) => {
    let count = 0;
    for (let i = StringPrototypeIndexOf(message, '%'); i !== -1; i = StringPrototypeIndexOf(message, '%', i + 1)) {
      const letter = message[i + 1];
      if (letter !== undefined && StringPrototypeIncludes('dfijoOs', letter)) count++;
    }
    return count;
  };

  for (const code of new SafeArrayIterator(ObjectKeys(codes))) {
    if (ObjectKeys(codes[code]).length !== 0) continue;
    bases.set(code, ObjectGetPrototypeOf(codes[code]));
    delete codes[code];
  }

  ObjectSetPrototypeOf(codes, new Proxy(ObjectPrototype, {
    __proto__: null,
    get(target, code, receiver) {
      const Base = bases.get(code);
      if (Base === undefined) return ReflectGet(target, code, receiver);
      bases.delete(code);
      codes[code] = Base === SystemError ? makeSystemErrorWithCode(code) : makeNodeErrorWithCode(Base, code);
      return codes[code];
    },
    has(target, code) {
      return bases.has(code) || ReflectHas(target, code);
    },
  }));
}
